"""The real server, killed with SIGKILL at random moments under load: nothing acknowledged is lost, nothing is signed twice."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import sqlite3
import threading

from support.packages import npm_package
from support.server import JuratServer, wait_until
from support.signing import SigningKey, checkpoint, denial, roots

KILLS = 50


class AdminConnection(http.client.HTTPConnection):
    """The operator API over its Unix socket, as a client written from its documentation."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=20)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(20)
        self.sock.connect(self._path)


class Load:
    """Everything that goes on while the server runs: downloads that need verdicts, rulings, and readers of the head."""

    def __init__(self, server: JuratServer, packages, leaves, seen: set[bytes]) -> None:
        self.server = server
        self.packages = packages
        self.leaves = leaves
        self.seen = seen
        self.acknowledged: list[tuple[str, int]] = []
        self.served = 0
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(body,)) for body in (self.rule, self.rule, self.read)]
        self.threads += [threading.Thread(target=self.run, args=(self.fetch,)) for _ in range(3)]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def run(self, body) -> None:
        try:
            while not self.is_over.is_set() and body():
                pass
        except (OSError, http.client.HTTPException, ValueError):
            pass  # The server is gone: what it had not answered does not count.

    def rule(self) -> bool:
        connection = AdminConnection(str(self.server.folder / "data" / "admin.sock"))
        while not self.is_over.is_set():
            try:
                leaf, statement = self.leaves.pop()
            except IndexError:
                return False
            connection.request("POST", "/-/api/v1/dispositions", json.dumps({"leaf": leaf}))
            response = connection.getresponse()
            answer = json.loads(response.read())
            assert response.status == 200, answer
            assert answer["statement"] == statement
            self.acknowledged.append((statement, answer["logIndex"]))
        return False

    def read(self) -> bool:
        answer = self.server.get("/-/log/checkpoint")
        if answer.status == 200:
            self.seen.add(answer.body)
        return True

    def fetch(self) -> bool:
        try:
            package = self.packages.pop()
        except IndexError:
            return False
        answer = self.server.get(f"/{package.name}/-/{package.filename}", {"User-Agent": "npm/10.8.2 node/v20"})
        assert answer.status != 200 or answer.body == package.tarball
        self.served += answer.status == 200
        return True


def rows(server: JuratServer, query: str, *values) -> list[tuple]:
    with sqlite3.connect(f"file:{server.folder}/data/verdicts.db?mode=ro", uri=True) as connection:
        return connection.execute(query, values).fetchall()


def test_fifty_kills_under_load_lose_nothing_acknowledged_and_sign_no_index_twice(deploy, npm_upstream):
    seed = int(os.environ.get("JURAT_TEST_SEED") or random.SystemRandom().getrandbits(32))
    print(f"JURAT_TEST_SEED={seed}")
    chance = random.Random(seed)
    packages = [npm_package(f"kill-{number // 8}", f"1.0.{number % 8}") for number in range(240)]
    npm = npm_upstream(packages)
    server = deploy(npm=npm.url, workers=1)
    server.run("init", "--operator", "ana")
    key = SigningKey.from_file(server.folder / "data" / "keys" / "operator-ana.key")
    # Signed before, so that the rulings come as fast as the server takes them.
    leaves = [denial(f"ruled-{number}", "ana", key) for number in range(KILLS * 20)]
    chance.shuffle(packages)

    seen: set[bytes] = set()
    acknowledged: dict[str, int] = {}
    served = 0
    for kill in range(KILLS):
        server.restart()
        some = [packages.pop() for _ in range(min(4, len(packages)))]
        batch = [leaves.pop() for _ in range(20)]
        rulings, downloads = chance.randint(0, 18), chance.choice([0, 0, 1, 2])
        with Load(server, some, batch, seen) as load:
            wait_until(lambda: len(load.acknowledged) >= rulings, f"{rulings} rulings are acknowledged before kill {kill}")
            wait_until(lambda: load.served >= downloads, f"{downloads} artifacts are served before kill {kill}")
            for _ in range(chance.randint(0, 20_000)):
                pass
            server.kill()
        acknowledged.update(load.acknowledged)
        served += load.served
        seen.add((server.folder / "data.anchor").read_bytes())
        checked = server.run_json("log", "verify")
        assert checked["rootMatches"] is True
        seen.add(server.run_json("log", "head")["note"].encode())
        stored = dict(rows(server, "SELECT lower(hex(statement)), logIndex FROM statements"))
        lost = {statement: index for statement, index in acknowledged.items() if stored.get(statement) != index}
        assert not lost, f"after kill {kill}: {lost}"

    assert len(acknowledged) >= KILLS and served >= KILLS // 4
    verdicts = rows(server, "SELECT count(*) FROM statements WHERE verdict IS NOT NULL")[0][0]
    assert verdicts >= 2 * served, "what was served had its verdicts in the log first"
    history = roots([leaf for (leaf,) in rows(server, "SELECT leaf FROM entries ORDER BY logIndex")])
    for note in seen:
        _, size, root = checkpoint(note)
        assert size < len(history) and history[size] == root, f"a second history was signed at size {size}"
    assert len({checkpoint(note)[1] for note in seen}) >= KILLS // 2
    server.restart()
    assert server.get("/-/readyz").status in (200, 503)
    fsck = server.run_json("fsck")
    assert fsck["sound"], fsck
