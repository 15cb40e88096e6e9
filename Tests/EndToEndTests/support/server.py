"""The real `jurat` binary in a folder of its own: configuration, start, stop, kill, and its command line."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("JURAT_BINARY", REPOSITORY / ".build" / "release" / "jurat"))
START_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what: str, seconds: float = 30.0):
    """The first true value of `condition()`; fails with `what` when none comes in time."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.02)


@dataclasses.dataclass
class Answer:
    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    def json(self):
        return json.loads(self.body)


class JuratServer:
    """One deployment in `folder`. `screening` and `advisories` are YAML flow values of the configuration."""

    def __init__(
        self,
        folder: Path,
        *,
        npm: str | None = None,
        pypi: str | None = None,
        screening: str = "{}",
        advisories: str = "{}",
        workers: int = 1,
        extra: str = "",
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None
        self.environment = {**os.environ, **(environment or {})}
        self.log_path = folder / "serve.log"
        folder.mkdir(parents=True, exist_ok=True)
        self.write_configuration(npm, pypi, screening, advisories, workers, extra)

    def write_configuration(
        self,
        npm: str | None,
        pypi: str | None,
        screening: str,
        advisories: str,
        workers: int,
        extra: str,
    ) -> None:
        lines = [
            f"listen: 127.0.0.1:{self.port}",
            f"publicUrl: {self.url}",
            "data: ./data",
            "cache: { path: ./cache, maxSize: 2GiB }",
            f"workers: {workers}",
        ]
        defaults = [f"npm: npmjs"] * bool(npm) + [f"pypi: pypi"] * bool(pypi)
        lines += [f"defaultRegistry: {{ {', '.join(defaults)} }}", "registries:"]
        if npm:
            lines.append(f'  npmjs: {{ ecosystem: npm, type: upstream, url: "{npm}", public: true, maxage: 0s, failTimeout: 1s }}')
        if pypi:
            lines.append(f'  pypi: {{ ecosystem: pypi, type: upstream, url: "{pypi}", public: true, maxage: 0s, failTimeout: 1s }}')
        lines += [f"screening: {screening}", f"advisories: {advisories}", extra]
        (self.folder / "jurat.yaml").write_text("\n".join(lines) + "\n")

    def run(self, *arguments: str, expect: int | None = 0, **options) -> subprocess.CompletedProcess:
        """Runs a `jurat` command in the deployment's folder and checks its exit code."""
        done = subprocess.run(
            [str(BINARY), *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            **options,
        )
        if expect is not None:
            assert done.returncode == expect, (
                f"jurat {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}\n{self.log()}"
            )
        return done

    def run_json(self, *arguments: str, expect: int | None = 0):
        return json.loads(self.run(*arguments, "-o", "json", expect=expect).stdout)

    def start(self) -> "JuratServer":
        self.run("init")
        self._spawn()
        return self

    def _spawn(self) -> None:
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [str(BINARY), "serve"], cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )

        def is_live() -> bool:
            assert self.process.poll() is None, f"jurat serve ended with {self.process.returncode}:\n{self.log()}"
            try:
                return self.get("/-/livez").status == 200
            except OSError:
                return False

        wait_until(is_live, "jurat serve answers", START_SECONDS)

    def stop(self) -> None:
        """Asks for a graceful end and insists on exit code 0."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        self.process = None
        assert code == 0, f"jurat serve ended with {code}:\n{self.log()}"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=30)
        self.process = None

    def restart(self) -> None:
        """Starts again what was stopped or killed; what still runs is asked to end first."""
        self.stop()
        self._spawn()

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")[-6000:] if self.log_path.exists() else ""

    def get(self, target: str, headers: dict[str, str] | None = None, method: str = "GET", timeout: float = 60) -> Answer:
        """One raw request whose target is sent as written, with no normalisation by a client library."""
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, response.reason, fields, response.read())
        finally:
            connection.close()

    def post(self, target: str, body: bytes, headers: dict[str, str] | None = None, timeout: float = 60) -> Answer:
        """One POST; the body is sent as it is."""
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("POST", target, body, {"Content-Type": "application/json", **(headers or {})})
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, response.reason, fields, response.read())
        finally:
            connection.close()

    def settle(self) -> None:
        """Waits until every analysis that policy has run is done, those that no client waits for too."""

        def is_idle() -> bool:
            queue = self.run_json("status", expect=None)["queue"]
            return queue["waiting"] == queue["running"] == 0

        wait_until(is_idle, "no analysis is left to do", 60)

    def head_of_log(self) -> int:
        return int(self.run_json("log", "head")["size"])

    def statements(self, **filters: str) -> list[dict]:
        arguments = [f"--{name}={value}" for name, value in filters.items()]
        return self.run_json("verdict", "list", "--limit=1000", *arguments)
