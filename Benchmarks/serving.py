"""Cached packuments and artifacts through jurat, beside nginx on the same machine in the same run.

Compares jurat with nginx as a static server and as a caching proxy before the same upstream. Each round measures the
three in turn, so that a machine whose speed drifts drifts for all; medians are printed. Minutes, not a test.

    make bench                                    everything
    python Benchmarks/serving.py --jurat BINARY --rounds 3 --seconds 3
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEndTests"))

from support.packages import npm_package, osv_bundle  # noqa: E402
from support.server import JuratServer, free_port, wait_until  # noqa: E402
from support.upstream import NpmUpstream  # noqa: E402

CLIENT = {"User-Agent": "npm/10.8.2 node/v20"}


def incompressible(size: int, seed: int) -> str:
    """Text of `size` characters that compresses little, the same in every run."""
    return "".join(random.Random(seed).choices("0123456789abcdefghijklmnopqrstuvwxyz", k=size))


def fixture() -> NpmUpstream:
    """Packuments of about 5 KB and 500 KB, artifacts of about 10 KB and 1 MB."""
    readme = incompressible(1200, 1)
    versions = [npm_package("bench-small", f"1.0.{patch}", description=readme) for patch in range(3)]
    versions += [npm_package("bench-large", f"1.{minor}.0", description=readme) for minor in range(300)]
    versions.append(npm_package("bench-tiny", "1.0.0", files={"data.txt": incompressible(14_000, 2)}))
    versions.append(npm_package("bench-big", "1.0.0", files={"data.txt": incompressible(1_500_000, 3)}))
    return NpmUpstream(versions)


class Nginx:
    """nginx in a folder of its own: `static` serves files, `cache` is a caching proxy before the upstream."""

    def __init__(self, folder: Path, upstream: str) -> None:
        self.folder = folder
        self.static_port, self.cache_port = free_port(), free_port()
        self.root = folder / "root"
        self.root.mkdir(parents=True)
        temporary = "\n".join(
            f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"""
            worker_processes 2; daemon off; pid {folder}/pid; error_log {folder}/error.log;
            events {{ worker_connections 1024; }}
            http {{
              {temporary}
              access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
              open_file_cache max=1000 inactive=60s;
              proxy_cache_path {folder}/cache keys_zone=bench:10m max_size=1g;
              server {{ listen 127.0.0.1:{self.static_port}; root {self.root}; default_type application/json; }}
              server {{ listen 127.0.0.1:{self.cache_port};
                location / {{ proxy_pass {upstream}; proxy_cache bench; proxy_cache_valid 200 1h;
                              proxy_http_version 1.1; proxy_set_header Connection ""; }} }}
            }}
            """
        )
        self.process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")])

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


def measure(url: str, seconds: int, connections: int) -> tuple[float, float]:
    """Requests a second and the 99th percentile in milliseconds, by wrk."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-H", "User-Agent: npm/10.8.2", url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in output, output
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()
    return rate, float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def advisories() -> bytes:
    """A bundle about 20,000 npm packages, one in 40 of them by its exact versions."""
    records = []
    for number in range(20_000):
        affected = {"package": {"ecosystem": "npm", "name": f"bench-{number}"}}
        if number % 40:
            affected["ranges"] = [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"fixed": "1.5.0"}]}]
        else:
            affected["versions"] = [f"1.{minor}.0" for minor in range(50)]
        records.append(
            {
                "schema_version": "1.6.0",
                "id": f"GHSA-{number:012}",
                "modified": "2025-01-01T00:00:00Z",
                "summary": f"A flaw in bench-{number}",
                "details": incompressible(800, number),
                "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}],
                "database_specific": {"cwe_ids": ["CWE-79"], "severity": "HIGH"},
                "affected": [affected],
            }
        )
    return osv_bundle(records)


def measure_audits(server: JuratServer, rounds: int) -> None:
    """`npm audit` of 2,000 packages, of which records know 200 and 50 are affected: milliseconds, one after the other."""
    packages = {f"unknown-package-{number}": [f"3.{number % 7}.1"] for number in range(1800)}
    packages |= {f"bench-{number}": ["1.2.0" if number % 4 == 0 else "2.0.0"] for number in range(200)}
    body = gzip.compress(json.dumps(packages).encode())
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", **CLIENT}
    times = []
    for _ in range(max(100, 100 * rounds)):
        started = time.perf_counter()
        connection.request("POST", "/-/npm/v1/security/advisories/bulk", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status == 200, text
    assert len(json.loads(text)) == 50, len(json.loads(text))
    times.sort()
    print(
        f"npm audit of 2000 packages, 50 affected: median {statistics.median(times):.1f} ms, "
        f"p99 {times[len(times) * 99 // 100]:.1f} ms, {len(text)} bytes of answer"
    )


def get(url: str) -> bytes:
    import urllib.request

    with urllib.request.urlopen(urllib.request.Request(url, headers=CLIENT), timeout=60) as response:
        return response.read()


def run(options: argparse.Namespace, folder: Path) -> int:
    upstream = fixture()
    bundle = folder / "advisories.zip"
    bundle.write_bytes(advisories())
    server = JuratServer(
        folder / "jurat",
        npm=upstream.url,
        screening="{ cooldown: 0s }",
        advisories=f'{{ sources: {{ npm: "{bundle}" }} }}',
        workers=1,
    )
    text = (server.folder / "jurat.yaml").read_text()
    (server.folder / "jurat.yaml").write_text(text.replace("maxage: 0s", "maxage: 1h"))
    server.run("init")
    server.run("advisories", "sync")
    server.start()
    nginx = Nginx(folder / "nginx", upstream.url.rstrip("/"))
    targets = {
        "packument 5 KB": "/bench-small",
        "packument 500 KB": "/bench-large",
        "artifact 10 KB": "/bench-tiny/-/bench-tiny-1.0.0.tgz",
        "artifact 1 MB": "/bench-big/-/bench-big-1.0.0.tgz",
    }
    try:
        wait_until(lambda: (nginx.folder / "pid").exists(), "nginx runs")
        print(f"{'':18}{'bytes':>9}  {'server':14}{'requests/s':>12}{'p99 ms':>9}{'jurat is':>12}")
        slowest = 0.0
        for name, target in targets.items():
            body = get(server.url + target)
            place = nginx.root / target.lstrip("/")
            place = place / "index.json" if "packument" in name else place
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(body)
            static = str(place.relative_to(nginx.root))
            urls = {
                "jurat": server.url + target,
                "nginx static": f"http://127.0.0.1:{nginx.static_port}/{static}",
                "nginx cache": f"http://127.0.0.1:{nginx.cache_port}{target}",
            }
            for url in urls.values():
                get(url)
            samples: dict[str, list[tuple[float, float]]] = {server_name: [] for server_name in urls}
            for _ in range(options.rounds):
                for server_name, url in urls.items():
                    samples[server_name].append(measure(url, options.seconds, options.connections))
            rates = {key: statistics.median(rate for rate, _ in values) for key, values in samples.items()}
            for key, values in samples.items():
                p99 = statistics.median(latency for _, latency in values)
                ratio = "" if key == "jurat" else f"{rates['jurat'] / rates[key]:.2f}×"
                print(f"{name:18}{len(body):>9}  {key:14}{rates[key]:>12.0f}{p99:>9.2f}{ratio:>12}")
            slowest = min(slowest or 1e9, rates["jurat"] / rates["nginx cache"])
        measure_audits(server, options.rounds)
        print(f"slowest against nginx's cache: {slowest:.2f}× (aim 0.8×)")
        return 0
    finally:
        nginx.stop()
        server.stop()
        upstream.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jurat", default=os.environ.get("JURAT_BINARY", str(REPOSITORY / ".build/release/jurat")))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()
    import support.server

    support.server.BINARY = Path(options.jurat).resolve()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jurat-bench-") as folder:
        # nginx's workers may not be root and must be able to read below the folder.
        os.chmod(folder, 0o755)
        code = run(options, Path(folder))
    print(f"took {time.monotonic() - started:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())
