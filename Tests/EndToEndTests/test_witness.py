"""Witnesses of the log: cosigned checkpoints, a witness that is away, and split views that are refused."""

from __future__ import annotations

import base64
import http.client
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from support.packages import npm_package
from support.server import BINARY, free_port, wait_until


class Witness:
    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.key = None

    def start(self, *logs: str) -> "Witness":
        self.logs = logs or self.logs
        command = [str(BINARY), "log", "witness", "serve", "--listen", f"127.0.0.1:{self.port}"]
        command += ["--state", str(self.folder), "--name", self.name]
        for log in self.logs:
            command += ["--log", log]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("witness "), line + self.process.stderr.read()
        self.key = line.split(" ")[1]
        return self

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(timeout=30) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=30)


@pytest.fixture
def witnesses(tmp_path):
    made: list[Witness] = []

    def make(name: str) -> Witness:
        made.append(Witness(tmp_path / name, f"{name}.example/witness"))
        return made[-1]

    yield make
    for witness in made:
        witness.stop()


def fetch(server, package) -> None:
    assert server.get(f"/{package.name}/-/{package.filename}", {"User-Agent": "npm/10"}).status == 200


def published(server) -> tuple[int, list[str]]:
    """The size of the checkpoint that is shown, and the names in its signatures; 0 while none is shown."""
    answer = server.get("/-/log/checkpoint")
    if answer.status == 503:
        return 0, []
    text, signatures = answer.body.decode().rsplit("\n\n", 1)
    return int(text.split("\n")[1]), [line.split(" ")[1] for line in signatures.splitlines()]


def configure(server, *witnesses: Witness, quorum: int = 1) -> None:
    """Names these witnesses in the configuration, or none."""
    entries = ", ".join(f'{{ url: "{w.url}", key: "{w.key}" }}' for w in witnesses)
    path = server.folder / "jurat.yaml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("log:")]
    lines += [f"log: {{ witnesses: [{entries}], quorum: {quorum} }}"] * bool(witnesses)
    path.write_text("\n".join(lines) + "\n")


def log_key(server) -> str:
    return server.run_json("log", "head")["keys"][0]


def is_up_to_date(server) -> bool:
    return published(server)[0] == server.head_of_log()


def test_only_what_the_quorum_has_seen_is_shown(deploy, npm_upstream, witnesses):
    packages = [npm_package(f"witnessed-{number}", "1.0.0") for number in range(4)]
    server = deploy(npm=npm_upstream(packages).url)
    server.run("init")
    one, two = witnesses("one").start(log_key(server)), witnesses("two").start(log_key(server))
    configure(server, one, two, quorum=2)
    server.start()
    wait_until(lambda: is_up_to_date(server), "the first checkpoint is cosigned")
    assert published(server)[1][1:] == [one.name, two.name]
    fetch(server, packages[0])
    wait_until(lambda: is_up_to_date(server), "the next checkpoint is cosigned")
    shown = published(server)[0]
    assert server.get("/-/readyz").json()["witnesses"] == "ok"

    two.kill()
    fetch(server, packages[1])
    wait_until(lambda: server.get("/-/readyz").json()["witnesses"] == "degraded", "the missing witness is noticed")
    assert server.get("/-/readyz").status == 200, "a witness that is away stops nothing"
    assert published(server)[0] == shown < server.head_of_log()
    # What is not shown is not proved either.
    assert server.get(f"/-/log/proof?index={shown}").status == 404
    assert server.get(f"/-/log/proof?index={shown - 1}").status == 200

    # Nor does what is given away in files speak of more: who requires the witnesses could not use it.
    assert f"\n{shown}\n" in server.run("log", "prove", "--index", "0").stdout
    server.run("log", "export", "--to", "exported")
    assert (server.folder / "exported" / "checkpoint").read_text().splitlines()[1] == str(shown)
    server.run("bundle", "export", "--output", "exported.jsonl")
    assert f"\\n{shown}\\n" in (server.folder / "exported.jsonl").read_text()
    assert "published" in server.run("log", "prove", "--index", str(shown), expect=6).stderr

    # The published checkpoint survives a restart, and so does what the witness has seen.
    server.stop()
    server.restart()
    assert published(server)[0] == shown
    two.start()
    wait_until(lambda: is_up_to_date(server), "the witness came back", 60)
    assert server.get("/-/readyz").json()["witnesses"] == "ok"

    configure(server)
    fetch(server, packages[2])
    origin = server.run_json("log", "head")["origin"]
    wait_until(lambda: published(server) == (server.head_of_log(), [origin]), "without witnesses the newest is shown")


def test_a_split_view_is_refused_by_the_witness(deploy, npm_upstream, witnesses, tmp_path):
    packages = [npm_package(f"split-{number}", "1.0.0") for number in range(4)]
    upstream = npm_upstream(packages)
    honest = deploy("honest", npm=upstream.url)
    honest.run("init")
    witness = witnesses("only").start(log_key(honest))
    configure(honest, witness, quorum=1)
    honest.start()
    fetch(honest, packages[0])
    wait_until(lambda: is_up_to_date(honest), "the shared beginning is cosigned")
    honest.stop()
    common = honest.head_of_log()

    # The same log with the same keys a second time, as an old copy that was put back would be.
    fork = deploy("fork", npm=upstream.url)
    for name in ("data", "data.anchor"):
        source, target = honest.folder / name, fork.folder / name
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    configure(fork, witness, quorum=1)

    honest.restart()
    fetch(honest, packages[1])
    wait_until(lambda: is_up_to_date(honest), "the honest view is cosigned")
    fork.start()
    for package in packages[2:]:
        fetch(fork, package)
    assert fork.head_of_log() > common
    wait_until(lambda: fork.get("/-/readyz").json()["witnesses"] == "degraded", "the fork is refused")
    assert published(fork)[0] == common, "the fork shows nothing that the witness has not seen"
    wait_until(lambda: "status 422" in fork.log() or "refuses the size" in fork.log(), "the refusal is on record")
    fetch(honest, packages[3])
    wait_until(lambda: is_up_to_date(honest), "the honest log goes on")

    # A witness that looks once at a time sees it too.
    def look(server) -> subprocess.CompletedProcess:
        command = [str(BINARY), "log", "witness", f"{server.url}/-/log", "--log", log_key(server)]
        command += ["--state", str(tmp_path / "second")]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    configure(fork)
    wait_until(lambda: is_up_to_date(fork), "the fork shows itself")
    first = look(honest)
    assert first.returncode == 0 and "jurat.local/witness" in first.stdout, first.stderr
    assert look(honest).returncode == 0, "the same checkpoint again"
    refused = look(fork)
    assert refused.returncode == 4 and "not cosigned" in refused.stderr, refused.stderr


def test_the_witness_answers_as_the_specification_says(deploy, witnesses, tmp_path):
    server = deploy(npm="http://127.0.0.1:9/").start()
    other = deploy("other", npm="http://127.0.0.1:9/").start()
    witness = witnesses("spec").start(log_key(server))

    def post(body: bytes, path: str = "/add-checkpoint", method: str = "POST"):
        connection = http.client.HTTPConnection("127.0.0.1", witness.port, timeout=30)
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read()

    note = server.get("/-/log/checkpoint").body
    size = server.head_of_log()
    status, _, line = post(b"old 0\n\n" + note)
    assert status == 200 and line.startswith("— spec.example/witness ".encode()) and line.count(b"\n") == 1
    assert len(base64.b64decode(line.split(b" ")[2])) == 4 + 8 + 64
    assert post(b"old 0\n\n" + note) == (409, "text/x.tlog.size", f"{size}\n".encode())
    assert post(f"old {size}\n\n".encode() + note)[0] == 200
    assert post(f"old {size + 1}\n\n".encode() + note)[0] == 400
    assert post(b"old x\n\n" + note)[0] == 400
    assert post(b"")[0] == 400
    # The same name and another key is not signed; another name is not known.
    foreign = other.get("/-/log/checkpoint").body
    assert post(b"old 0\n\n" + foreign)[0] == 403
    renamed = note.replace(note.split(b"\n")[0], b"elsewhere.example/log")
    assert post(b"old 0\n\n" + renamed)[0] == 404
    assert post(b"", "/add-checkpoint", "GET")[0] == 405
    assert post(note, "/elsewhere")[0] == 404
    witness.kill()
    witness.start()
    assert post(b"old 0\n\n" + note)[0] == 409, "what was seen survives being killed"
    assert (witness.folder / "witness.key").stat().st_mode & 0o777 == 0o600
