"""Everything that can go wrong with the source of advisories: the old snapshot stays, the reason is visible, nothing
crashes, and packages are judged as before."""

import hashlib
import io
import json
import os
import re
import socket
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.packages import malicious_record, npm_package, osv_bundle
from support.server import JuratServer, wait_until


def record(number: int, package: str = "bad", version: str = "1.0.0") -> dict:
    return malicious_record(f"MAL-2099-{number:04}", "npm", package, [version])


OLD = osv_bundle([record(1), *(record(n, f"filler-{n}") for n in range(2, 12))])
NEW = osv_bundle([record(1), record(99, "worse"), *(record(n, f"filler-{n}") for n in range(2, 12))])


class BundleSource:
    """A server of `npm/all.zip`. `answer` is a function of the handler, or None for the bundle by all rules of HTTP."""

    def __init__(self) -> None:
        self.bundle = OLD
        self.answer = None
        self.requests: list[dict[str, str]] = []
        self.gave_up = threading.Event()
        source = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments) -> None:
                pass

            def do_GET(self) -> None:
                source.requests.append({name.lower(): value for name, value in self.headers.items()})
                if source.answer is not None:
                    source.answer(self)
                else:
                    source.serve(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{self.base}/npm/all.zip"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def tag(self) -> str:
        return '"' + hashlib.sha256(self.bundle).hexdigest()[:16] + '"'

    def send(self, handler, status: int, body: bytes = b"", **headers: str) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        try:
            handler.wfile.write(body)
        except OSError:
            pass

    def serve(self, handler, cut_after: int | None = None) -> None:
        if handler.headers.get("If-None-Match") == self.tag:
            self.send(handler, 304, ETag=self.tag)
            return
        body, headers, status = self.bundle, {"ETag": self.tag}, 200
        wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        if wanted and handler.headers.get("If-Range") == self.tag:
            first = int(wanted[1])
            headers["Content_Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
            body, status = body[first:], 206
        if cut_after is None:
            self.send(handler, status, body, **headers)
            return
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body[:cut_after])
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    def hold(self, handler) -> None:
        """Sends nothing until the client has gone."""
        handler.connection.settimeout(60)
        handler.connection.recv(1)
        self.gave_up.set()
        handler.close_connection = True


@pytest.fixture
def source():
    server = BundleSource()
    yield server
    server.stop()


@pytest.fixture
def scene(deploy, npm_upstream, source):
    """A server that has loaded OLD, which knows bad@1.0.0, and does not look again by itself."""
    npm = npm_upstream([npm_package(name, "1.0.0") for name in ("bad", "good", "worse", "live")])

    def make(**options) -> JuratServer:
        settings = {
            "sources": f'{{ npm: "{source.url}" }}',
            "refresh": "24h",
            "timeout": "1s",
            **options.pop("settings", {}),
        }
        text = "{ " + ", ".join(f"{name}: {value}" for name, value in settings.items()) + " }"
        server = deploy(npm=npm.url, advisories=text, **options)
        server.run("init")
        server.run("advisories", "sync")
        server.start()
        wait_until(lambda: status_of(server, "bad") == 403, "the snapshot is used")
        return server

    make.npm = npm
    return make


def status_of(server: JuratServer, package: str) -> int:
    return server.get(f"/{package}/1.0.0").status


def artifact_of(server: JuratServer, package: str) -> int:
    return server.get(f"/{package}/-/{package}-1.0.0.tgz").status


def assert_judges_as_before(server: JuratServer) -> None:
    assert server.process.poll() is None
    assert status_of(server, "bad") == artifact_of(server, "bad") == 403
    assert status_of(server, "good") == 200
    assert artifact_of(server, "good") == 200
    assert "1.0.0" not in server.get("/bad").json()["versions"]


def npm_state(server: JuratServer) -> dict:
    return server.run_json("status", expect=None)["advisories"]["ecosystems"][0]


def assert_reason_visible(server: JuratServer, *words: str) -> None:
    """The reason of the last failure is in `advisories status`, `status`, `/-/readyz` and the metrics."""
    told = server.run("advisories", "status").stderr

    def degraded() -> dict | None:
        answer = server.get("/-/readyz").json()
        is_known = all(word in " ".join(answer["problems"]) for word in words)
        return answer if answer["advisories"] == "degraded" and is_known else None

    ready = wait_until(degraded, "readiness is degraded and says why")
    state = npm_state(server)
    for word in words:
        assert word in told, told
        assert word in state["failure"], state
        assert word in " ".join(ready["problems"]), ready
    assert metrics(server)['jurat_advisories_last_look_success{ecosystem="npm"}'] == 0
    assert state["state"] == "current"


def metrics(server: JuratServer) -> dict[str, float]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(server.folder / "data" / "admin.sock"))
        connection.sendall(b"GET /-/metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, body = answer.split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 200") and b"text/plain; version=0.0.4" in head
    lines = [line for line in body.decode().splitlines() if not line.startswith("#")]
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


def fails(server: JuratServer, *words: str) -> None:
    failed = server.run("advisories", "sync", expect=1)
    assert "stays in force" in failed.stderr
    for word in words:
        assert word in failed.stderr, failed.stderr
    assert_reason_visible(server, *words)
    assert_judges_as_before(server)
    left = server.folder / "data" / "advisories" / "incoming"
    assert [path.name for path in left.iterdir()] == [] if left.exists() else True


def bomb() -> bytes:
    """Four entries of 64 MiB of zeros in a few hundred kilobytes."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"MAL-{number}.json", bytes(64 << 20))
    return raw.getvalue()


@pytest.mark.parametrize(
    "bundle, word",
    [
        (NEW[: len(NEW) // 2], "cannot be read"),
        (NEW[:-4], "cannot be read"),
        (bomb(), "advisory bundle"),
        (osv_bundle([]), "advisory bundle"),
        (osv_bundle([record(1)]), "shrank"),
        (b"<!DOCTYPE html><title>Log in</title>", "web page"),
        (b'{"error":"no"}', "JSON"),
        (b"", "sent nothing"),
    ],
    ids=["half", "no end", "bomb", "empty", "shrunken", "web page", "json", "nothing"],
)
def test_a_bundle_that_cannot_be_used(scene, source, bundle, word):
    server = scene()
    source.bundle = bundle
    fails(server, word)
    source.bundle = NEW
    server.run("advisories", "sync")
    wait_until(lambda: status_of(server, "worse") == 403, "the next good bundle is used")
    wait_until(lambda: npm_state(server)["failure"] is None, "the failure is over")


@pytest.mark.parametrize(
    "status, word", [(500, "answered 500"), (404, "no bundle at this address"), (403, "it refuses"), (204, "answered 204")]
)
def test_a_server_that_refuses(scene, source, status, word):
    server = scene()
    source.answer = lambda handler: source.send(handler, status)
    before = len(source.requests)
    fails(server, word)
    # What may pass is tried again, what will not is not.
    assert len(source.requests) - before == (4 if status == 500 else 1)


def test_a_server_that_never_answers_is_given_up(scene, source):
    server = scene()
    source.answer = source.hold
    fails(server, "said nothing for 1 s")
    assert source.gave_up.wait(30)


def test_a_redirect_loop_ends_and_other_hosts_need_https(scene, source):
    server = scene()
    source.answer = lambda handler: source.send(handler, 302, Location=source.url)
    fails(server, "redirects more often than is followed")
    source.answer = lambda handler: source.send(handler, 302, Location="http://localhost:9/all.zip")
    fails(server, "neither https nor the http address")


def test_not_modified_confirms_and_installs_nothing(scene, source):
    server = scene()
    index = server.folder / "data" / "advisories" / "index"
    before = index.stat()
    confirmed = npm_state(server)["lastLookAt"]
    done = server.run("advisories", "sync")
    assert "npm: nothing new" in done.stdout
    assert source.requests[-1]["if-none-match"] == source.tag
    assert index.stat().st_ino == before.st_ino and index.stat().st_mtime_ns == before.st_mtime_ns
    wait_until(lambda: npm_state(server)["lastLookAt"] >= confirmed, "the look is known to the server")
    assert_judges_as_before(server)


def test_a_broken_connection_is_gone_on_from(scene, source):
    server = scene()
    source.bundle = NEW
    before = len(source.requests)

    def answer(handler) -> None:
        if len(source.requests) - before <= 3:
            source.serve(handler, cut_after=100)
        else:
            source.send(handler, 404)

    source.answer = answer
    failed = server.run("advisories", "sync", expect=1)
    assert "trying again" in failed.stderr
    assert_judges_as_before(server)
    # Each attempt went on where the one before broke; so does the next process.
    asked = source.requests[before:]
    assert [request.get("range") for request in asked] == [None, "bytes=100-", "bytes=200-", "bytes=300-"]
    assert all(request["if-range"] == source.tag for request in asked[1:])
    source.answer = None
    server.run("advisories", "sync")
    assert source.requests[-1]["range"] == "bytes=300-"
    wait_until(lambda: status_of(server, "worse") == 403, "the new snapshot is used")


def test_a_snapshot_damaged_while_running_changes_nothing_until_it_is_mended(scene, source):
    server = scene()
    # Judged before the damage: what is new afterwards is held, because a worker has nothing to judge it by.
    assert_judges_as_before(server)
    index = server.folder / "data" / "advisories" / "index"
    whole = index.read_bytes()
    for content in (whole[: len(whole) // 2], b"", whole[:64] + b"\xff" * 64 + whole[128:]):
        beside = index.with_name("half")
        beside.write_bytes(content)
        os.replace(beside, index)
        wait_until(
            lambda: any("cannot be used" in problem for problem in server.get("/-/readyz").json()["problems"]),
            "the damage is noticed",
        )
        assert_judges_as_before(server)
        assert server.run("advisories", "status", expect=1).stderr.count("index") >= 1
    beside.write_bytes(whole)
    os.replace(beside, index)
    wait_until(lambda: server.get("/-/readyz").json()["advisories"] == "ok", "the mended snapshot is taken over")
    assert_judges_as_before(server)


def test_a_snapshot_damaged_while_stopped_holds_everything_until_it_is_replaced(scene, source):
    server = scene()
    server.stop()
    index = server.folder / "data" / "advisories" / "index"
    index.write_bytes(index.read_bytes()[:200])
    server.restart()
    ready = server.get("/-/readyz")
    assert ready.status == 503 and ready.json()["advisories"] == "failed"
    assert "damaged" in " ".join(ready.json()["problems"])
    refused = server.get("/good/-/good-1.0.0.tgz")
    assert refused.status == 403 and refused.json()["code"] == "HELD_UNAVAILABLE"
    assert "--allow-shrink" in server.run("advisories", "sync", expect=1).stderr
    server.run("advisories", "sync", "--allow-shrink")
    wait_until(lambda: artifact_of(server, "good") == 200, "the replaced snapshot is used")
    assert_judges_as_before(server)


@pytest.mark.parametrize("action, good", [("hold", 403), ("allow", 200)])
def test_stale_advisories_follow_the_policy(scene, source, action, good):
    server = scene(
        screening=f"{{ cooldown: 0s, onAnalyzerUnavailable: {action} }}", settings={"maxAge": "1s"}
    )
    wait_until(
        lambda: server.get("/-/readyz").json()["advisories"] == "failed", "the records are older than a second"
    )
    assert "last confirmed" in " ".join(server.get("/-/readyz").json()["problems"])
    assert artifact_of(server, "good") == good
    listed = server.get("/good").json()["versions"]
    assert ("1.0.0" in listed) == (good == 200)
    # What is known stays known, whatever its age.
    assert status_of(server, "bad") == artifact_of(server, "bad") == 403
    assert npm_state(server)["state"] == "stale"
    assert server.run("advisories", "status", expect=6).stdout.count("stale") == 1
    assert metrics(server)['jurat_advisories_usable{ecosystem="npm"}'] == 0


def test_serve_refreshes_by_itself_goes_on_after_failures_and_follows_its_configuration(deploy, npm_upstream, source):
    npm = npm_upstream([npm_package(name, "1.0.0") for name in ("bad", "good", "worse")])
    text = '{{ sources: {{ npm: "{}" }}, refresh: 1s, timeout: 1s }}'
    server = deploy(npm=npm.url, advisories=text.format(source.url))
    source.answer = lambda handler: source.send(handler, 404)
    server.start()
    wait_until(lambda: npm_state(server)["failuresInARow"] >= 2, "failures are counted and tried again")
    assert "no bundle at this address" in npm_state(server)["failure"]
    assert status_of(server, "bad") == 200
    source.answer = None
    wait_until(lambda: status_of(server, "bad") == 403, "the first bundle is used")
    source.bundle = NEW
    wait_until(lambda: status_of(server, "worse") == 403, "the next bundle is used")
    # Another place in the configuration is looked at without a restart.
    other = BundleSource()
    try:
        other.bundle = osv_bundle([record(1), record(50, "good"), *(record(n, f"filler-{n}") for n in range(2, 12))])
        server.write_configuration(npm.url, None, "{}", text.format(other.url), 1, "")
        wait_until(lambda: status_of(server, "good") == 403, "the other place's bundle is used")
        assert other.requests[0].get("if-none-match") is None
        wait_until(lambda: npm_state(server)["source"] == other.url, "status names the other place")
    finally:
        other.stop()
    assert "advisories" in server.log()


def test_an_import_by_hand_is_taken_over_by_a_running_server(scene, source, tmp_path):
    server = scene()
    bundle = tmp_path / "bundle-without-a-name.zip"
    bundle.write_bytes(NEW)
    assert "would load npm" in server.run("advisories", "import", str(bundle), "--dry-run").stdout
    assert status_of(server, "worse") == 200
    server.run("advisories", "import", str(bundle))
    wait_until(lambda: status_of(server, "worse") == 403, "the imported bundle is used")
    twice = server.run("advisories", "import", str(bundle), f"npm={bundle}", expect=2)
    assert "both bundles of npm" in twice.stderr
    (tmp_path / "text.zip").write_text("text")
    assert "npm=" in server.run("advisories", "import", str(tmp_path / "text.zip"), expect=2).stderr


def test_a_child_that_imports_ends_with_its_server(scene, source, deploy):
    held = threading.Event()

    def answer(handler) -> None:
        held.set()
        source.hold(handler)

    server = scene(settings={"refresh": "1s", "timeout": "1h"})
    source.answer = answer
    assert held.wait(60)
    server.stop()
    assert source.gave_up.wait(60)


class LiveService(BundleSource):
    """The OSV API: knows live@1.0.0 as malicious."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[dict] = []
        self._server.RequestHandlerClass.do_POST = lambda handler: self.query(handler)
        self.is_broken = False

    def query(self, handler) -> None:
        self.questions.append(json.loads(handler.rfile.read(int(handler.headers["Content-Length"]))))
        if self.is_broken:
            self.send(handler, 500)
            return
        known = self.questions[-1]["package"]["purl"] == "pkg:npm/live"
        self.send(handler, 200, json.dumps({"vulns": [record(7, "live")] if known else []}).encode())


def test_the_live_service_adds_what_the_bundles_do_not_know(scene, source):
    service = LiveService()
    try:
        server = scene(settings={"liveFallback": f"{{ url: '{service.base}', timeout: 5s }}"}, screening="{ cooldown: 0s }")
        assert service.questions == []
        assert "1.0.0" in server.get("/live").json()["versions"]
        assert status_of(server, "live") == artifact_of(server, "live") == 403
        assert "1.0.0" not in server.get("/live").json()["versions"]
        assert artifact_of(server, "good") == 200
        asked = [question["package"]["purl"] for question in service.questions]
        assert sorted(asked) == ["pkg:npm/good", "pkg:npm/live"]
        why = server.run_json("why", "pkg:npm/live@1.0.0", expect=None)
        assert why["advisories"][0]["source"] == "live" and why["code"] == "BLOCKED_MALICIOUS"
        service.is_broken = True
        assert artifact_of(server, "worse") == 200
        assert metrics(server)['jurat_live_questions_total{result="failed"}'] == 1
        assert "did not answer" in server.log()
    finally:
        service.stop()
