"""What survives when processes are killed, missing or crowded."""

import concurrent.futures
import hashlib
import os
import shutil
import signal

from support.clients import NodeProject
from support.packages import npm_package
from support.server import wait_until


def workers_of(server) -> list[int]:
    """Process ids of the worker supervisors that this deployment's `serve` started."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as stat:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
            with open(f"/proc/{entry}/cmdline", "rb") as line:
                words = line.read().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == server.process.pid and b"worker" in words:
            found.append(int(entry))
    return found


def test_fifty_cold_requests_make_one_fetch_and_one_job_per_analyzer(deploy, npm_upstream):
    package = npm_package("crowd-fixture", "1.0.0")
    npm = npm_upstream([package])
    npm.delay_seconds = 0.3
    server = deploy(npm=npm.url).start()
    target = f"/crowd-fixture/-/{package.filename}"
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: server.get(target, {"User-Agent": "npm/10.8.2 node/v20"}), range(50)))
    assert [answer.status for answer in answers] == [200] * 50
    assert all(answer.body == package.tarball for answer in answers)
    assert npm.requests[target] == 1
    server.settle()
    assert sorted(entry["analyzer"] for entry in server.statements()) == ["advisory", "diff", "static"]


def test_same_bytes_under_two_names_are_analysed_statically_once(deploy, npm_upstream):
    package = npm_package("twin-fixture", "1.0.0")
    npm = npm_upstream([package])
    server = deploy(
        npm=npm.url,
    )
    text = (server.folder / "jurat.yaml").read_text()
    second = f'registries:\n  mirror: {{ ecosystem: npm, type: upstream, url: "{npm.url}", public: true }}'
    (server.folder / "jurat.yaml").write_text(text.replace("registries:", second, 1))
    server.start()
    for prefix in ("", "/~mirror"):
        assert server.get(f"{prefix}/twin-fixture/-/{package.filename}", {"User-Agent": "npm/10"}).status == 200
    server.settle()
    assert sorted(entry["analyzer"] for entry in server.statements()) == ["advisory", "diff", "static"]


def test_a_killed_worker_is_replaced_and_another_finishes(deploy, npm_upstream):
    packages = [npm_package("killed-fixture", f"1.0.{patch}") for patch in range(20)]
    npm = npm_upstream(packages)
    server = deploy(npm=npm.url, workers=2).start()
    first = wait_until(lambda: workers_of(server), "workers run")
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        waiting = [
            pool.submit(server.get, f"/killed-fixture/-/{package.filename}", {"User-Agent": "npm/10"}, "GET", 150)
            for package in packages
        ]
        wait_until(lambda: server.statements() or None, "the first statement")
        os.kill(first[0], signal.SIGKILL)
        assert [future.result().status for future in waiting] == [200] * len(packages)
    assert "root matches" in server.run("log", "verify").stdout


def test_a_killed_gateway_loses_nothing_that_it_acknowledged(deploy, npm_upstream, tmp_path):
    packages = [npm_package("survivor-fixture", f"1.0.{patch}") for patch in range(12)]
    npm = npm_upstream(packages)
    server = deploy(npm=npm.url, workers=2).start()
    for round_number in range(3):
        served = []
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            chunk = packages[round_number * 4 : round_number * 4 + 4]
            futures = [
                pool.submit(server.get, f"/survivor-fixture/-/{package.filename}", {"User-Agent": "npm/10"})
                for package in chunk
            ]
            wait_until(lambda: any(future.done() for future in futures), "one is served")
            known = {entry["statement"] for entry in server.statements()}
            server.kill()
            for future in futures:
                try:
                    served.append(future.result().status)
                except OSError:
                    pass
        server.restart()
        assert known <= {entry["statement"] for entry in server.statements()}
        assert "root matches" in server.run("log", "verify").stdout
        assert 200 in served
    project = NodeProject(tmp_path / "after", server.url, {"survivor-fixture": "1.0.11"})
    project.npm("install").succeeded()


def test_without_a_worker_clients_wait_are_told_and_then_refused(deploy, npm_upstream):
    package = npm_package("pending-fixture", "1.0.0")
    npm = npm_upstream([package])
    server = deploy(npm=npm.url, workers=0, screening="{ pendingMax: 15s }").start()
    target = f"/pending-fixture/-/{package.filename}"
    first = server.get(target, {"User-Agent": "pip/24.0"})
    assert first.status == 429 and first.headers["retry-after"] == "3"
    assert "pending-fixture@1.0.0" in first.reason and "in progress" in first.reason
    last = wait_until(
        lambda: (lambda answer: answer if answer.status == 403 else None)(server.get(target, {"User-Agent": "pip/24.0"})),
        "pendingMax ends in a refusal",
        60,
    )
    assert last.json()["code"] == "HELD_PENDING"
    assert package.tarball not in last.body


def test_upstream_outage_serves_the_stale_listing_marked_and_never_404(deploy, npm_upstream):
    npm = npm_upstream([npm_package("outage-fixture", "1.0.0")])
    server = deploy(npm=npm.url).start()
    assert server.get("/outage-fixture").status == 200
    npm.is_down = True
    stale = server.get("/outage-fixture")
    assert stale.status == 200 and stale.headers["warning"].startswith("110")
    unknown = server.get("/outage-never-seen")
    assert 500 <= unknown.status < 600
    npm.is_down = False
    wait_until(lambda: server.get("/outage-never-seen").status == 404, "the source is probed again after its rest")


def test_a_cache_that_is_emptied_while_serving_is_filled_again(deploy, npm_upstream):
    npm = npm_upstream([npm_package("kept-fixture", "1.0.0"), npm_package("other-fixture", "1.0.0")])
    server = deploy(npm=npm.url).start()
    target = "/kept-fixture/-/kept-fixture-1.0.0.tgz"
    assert server.get(target).status == 200
    shutil.rmtree(server.folder / "cache")
    wait_until(lambda: server.get(target).status == 200, "the artifact is fetched again", 20)
    assert server.get(target).body == npm.versions[0].tarball
    assert server.get("/other-fixture/-/other-fixture-1.0.0.tgz").status == 200


def test_bytes_that_were_changed_in_the_cache_are_not_served(deploy, npm_upstream):
    package = npm_package("rotten-fixture", "1.0.0")
    npm = npm_upstream([package])
    server = deploy(npm=npm.url).start()
    target = f"/rotten-fixture/-/{package.filename}"
    assert server.get(target, {"User-Agent": "npm/10"}).body == package.tarball
    server.stop()
    digest = hashlib.sha512(package.tarball).hexdigest()
    stored = server.folder / "cache" / "artifacts" / "sha512" / digest[:2] / digest[2:4] / digest
    stored.chmod(0o600)
    stored.write_bytes(package.tarball[:-1] + bytes([package.tarball[-1] ^ 1]))
    server.restart()
    before = npm.requests[target]
    answer = server.get(target, {"User-Agent": "npm/10"})
    assert answer.status == 200 and answer.body == package.tarball
    assert npm.requests[target] == before + 1
    assert stored.read_bytes() == package.tarball


def test_a_package_that_its_source_withholds_does_not_close_the_source(deploy, npm_upstream):
    npm = npm_upstream([npm_package("plain-fixture", "1.0.0")])
    answer = npm.answer
    npm.answer = lambda path, accept: (
        (451, "application/json", b"{}") if "withheld" in path else answer(path, accept)
    )
    server = deploy(npm=npm.url).start()
    for number in range(5):
        assert server.get(f"/withheld-{number}").status == 502
    assert server.get("/plain-fixture/-/plain-fixture-1.0.0.tgz").status == 200


def test_a_package_whose_files_are_on_a_dead_host_closes_the_registry_to_nobody(deploy, npm_upstream):
    stranded = npm_package("stranded-fixture", "1.0.0")
    npm = npm_upstream([stranded, npm_package("healthy-fixture", "1.0.0")])
    npm.tarball_urls[stranded.filename] = f"http://127.0.0.1:9/{stranded.filename}"
    server = deploy(npm=npm.url).start()
    for _ in range(4):
        answer = server.get(f"/stranded-fixture/-/{stranded.filename}", {"User-Agent": "npm/10"})
        assert 500 <= answer.status < 600
    assert server.get("/healthy-fixture/-/healthy-fixture-1.0.0.tgz", {"User-Agent": "npm/10"}).status == 200


def test_a_removed_admin_socket_is_made_again(deploy, npm_upstream):
    server = deploy(npm=npm_upstream([npm_package("socket-fixture", "1.0.0")]).url).start()
    (server.folder / "data" / "admin.sock").unlink()
    wait_until(lambda: server.run("status", expect=None).returncode == 0, "operators find the server again")
    assert "was removed; it is made again" in server.log_path.read_text()


def test_a_damaged_cache_index_is_made_again_and_a_lost_history_is_loud(deploy, npm_upstream):
    package = npm_package("index-fixture", "1.0.0")
    npm = npm_upstream([package])
    server = deploy(npm=npm.url).start()
    target = f"/index-fixture/-/{package.filename}"
    assert server.get(target, {"User-Agent": "npm/10"}).status == 200
    server.stop()
    (server.folder / "cache" / "artifacts" / "index.db").write_bytes(b"\xff" * 5000)
    (server.folder / "data" / "history.db").unlink()
    before = npm.requests[target]
    server.restart()
    assert server.get("/-/readyz").json()["history"] == "degraded"
    assert server.get(target, {"User-Agent": "npm/10"}).body == package.tarball
    assert npm.requests[target] == before
    (server.folder / "data" / "history.lost").unlink()
    assert server.get("/-/readyz").json()["history"] == "ok"
    server.stop()
    (server.folder / "data" / "history.db").write_bytes(b"\xff" * 5000)
    refused = server.run("serve", expect=1)
    assert "cannot be made again" in refused.stderr and "jurat restore" in refused.stderr
