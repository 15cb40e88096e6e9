"""`jurat warm`: watched packages are fetched and analysed, in version order, before any client asks for them."""

import datetime
import json
import time

import pytest

from support.clients import NodeProject
from support.packages import malicious_record, npm_package, osv_bundle, wheel
from support.server import wait_until

SCREENING = "{ analyzers: [advisory, static], holdUntil: [advisory, static], cooldown: 0s }"
FAST = "warm: { requestsPerSecond: 100 }"
YOUNG = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def series(name: str, *versions: str, **options):
    return [npm_package(name, version, files={"lib.js": f"exports.v = '{version}';\n"}, **options) for version in versions]


def table(server) -> dict[str, dict]:
    return {package["purl"]: package for package in server.run_json("warm", "list")}


def looked(server) -> dict[str, dict] | None:
    packages = table(server)
    return packages if packages and all(p["lookedAt"] and not p["ordered"] for p in packages.values()) else None


def tarballs(upstream) -> list[str]:
    return [path.rsplit("/", 1)[1] for path in upstream.order if "/-/" in path]


@pytest.fixture
def watched(deploy, npm_upstream):
    """A server before anything is watched, and its upstream."""

    def make(packages, *, extra: str = FAST, screening: str = SCREENING, **options):
        upstream = npm_upstream(packages)
        return upstream, deploy(npm=upstream.url, screening=screening, extra=extra, **options).start()

    return make


def test_versions_are_analysed_in_order_and_a_client_does_not_wait(watched, tmp_path):
    npm, server = watched(series("left", "1.9.0", "1.10.0", "1.2.0", "2.0.0-rc.1", "1.11.0"))
    assert server.run_json("warm", "list") == []
    added = server.run_json("warm", "add", "pkg:npm/left", "--versions", "3")
    assert added[0]["added"] == 1 and added[0]["packages"] == 1
    done = server.run("warm", "run")
    assert "3 of 3 versions analysed" in done.stderr
    package = table(server)["pkg:npm/left"]
    assert (package["known"], package["wanted"], package["analyzed"], package["pending"]) == (5, 3, 3, 0)
    assert [v["version"] for v in package["versions"]] == ["1.9.0", "1.10.0", "1.11.0"]
    assert {v["standing"] for v in package["versions"]} == {"ready"}
    assert tarballs(npm) == ["left-1.9.0.tgz", "left-1.10.0.tgz", "left-1.11.0.tgz"]
    static = [s["purl"] for s in sorted(server.statements(analyzer="static"), key=lambda s: s["logIndex"])]
    assert static == ["pkg:npm/left@1.9.0", "pkg:npm/left@1.10.0", "pkg:npm/left@1.11.0"]
    NodeProject(tmp_path / "consumer", server.url, {"left": "^1.9.0"}).npm("install").succeeded()
    assert len(tarballs(npm)) == 3, "the client gets what is here"


def test_each_version_stands_on_the_one_before_it(watched):
    screening = "{ analyzers: [advisory, static, diff], holdUntil: [advisory, static], cooldown: 0s }"
    _, server = watched(series("left", "1.0.0", "1.1.0", "1.2.0"), screening=screening)
    server.run("warm", "add", "pkg:npm/left")
    server.run("warm", "run")
    depths = []
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        said = server.run_json("why", f"pkg:npm/left@{version}")["statements"]
        diff = [s for s in said if s["analyzer"] == "diff"]
        assert diff, (version, said)
        depths.append(diff[-1]["basis"].get("depth", 0))
    assert depths == [0, 1, 2]


def test_a_lockfile_is_watched_and_updated_by_adding_it_again(watched, tmp_path):
    npm, server = watched(series("left", "1.0.0", "1.1.0", "1.2.0") + series("right", "2.0.0") + series("new", "1.0.0"))
    project = NodeProject(tmp_path / "web", npm.url, {"left": "1.1.0", "right": "2.0.0"})
    project.npm("install", "--package-lock-only", "--no-audit").succeeded()
    lock = tmp_path / "web" / "package-lock.json"
    npm.order.clear()
    dry = server.run_json("warm", "add", str(lock), "--name", "web", "--dry-run")
    assert dry[0]["added"] == 2 and server.run_json("warm", "list") == []
    server.run("warm", "add", str(lock), "--name", "web")
    packages = wait_until(lambda: looked(server), "both are looked at")
    assert packages["pkg:npm/left"]["watched"][0]["wish"] == "1.1.0 and newer"
    assert [v["version"] for v in packages["pkg:npm/left"]["versions"]] == ["1.1.0", "1.2.0"]
    assert packages["pkg:npm/right"]["analyzed"] == 1
    other = NodeProject(tmp_path / "changed", npm.url, {"left": "1.2.0", "new": "1.0.0"})
    other.npm("install", "--package-lock-only", "--no-audit").succeeded()
    again = server.run_json("warm", "add", str(tmp_path / "changed" / "package-lock.json"), "--name", "web")
    assert (again[0]["added"], again[0]["removed"], again[0]["changed"]) == (1, 1, 1)
    packages = wait_until(lambda: looked(server), "the new state is looked at")
    assert set(packages) == {"pkg:npm/left", "pkg:npm/new"}
    refused = server.run("warm", "remove", "pkg:npm/left", expect=5)
    assert "because of web" in refused.stderr
    server.run("warm", "remove", "web")
    assert server.run_json("warm", "list") == []
    assert server.run("fsck").returncode == 0


def test_python_releases_and_ranges(deploy, python_upstream):
    pypi = python_upstream([wheel("alpha", v) for v in ("1.0", "1.1", "1.2", "2.0")])
    server = deploy(pypi=pypi.simple_url, screening=SCREENING, extra=FAST).start()
    server.run("warm", "add", "pkg:pypi/alpha@>=1.1,<2")
    done = server.run("warm", "run")
    assert "2 of 2 versions analysed" in done.stderr
    assert {s["purl"] for s in server.statements(analyzer="static")} == {"pkg:pypi/alpha@1.1", "pkg:pypi/alpha@1.2"}


def test_an_upstream_that_wants_to_be_left_alone_is(watched):
    npm, server = watched(series("left", "1.0.0", "1.1.0", "1.2.0"))
    npm.throttled["/left/-/left-1.1.0.tgz"] = 7
    server.run("warm", "add", "pkg:npm/left")
    waiting = server.run("warm", "run", expect=1)
    assert "wait until" in waiting.stderr and "429" in waiting.stderr or "left alone" in waiting.stderr
    asked = len(npm.order)
    assert npm.requests["/left/-/left-1.1.0.tgz"] == 1, "Retry-After is obeyed by the client too"
    time.sleep(2)
    assert len(npm.order) == asked
    # Somebody who waits is not held up by it.
    assert server.get("/left/-/left-1.2.0.tgz").status == 200


def test_an_upstream_that_is_down_is_not_pressed(watched):
    npm, server = watched(series("left", "1.0.0") + series("right", "1.0.0"))
    npm.is_down = True
    server.run("warm", "add", "pkg:npm/left", "pkg:npm/right")
    waiting = server.run("warm", "run", expect=1)
    assert "wait until" in waiting.stderr
    asked = len(npm.order)
    time.sleep(2)
    assert len(npm.order) == asked


def test_an_interrupted_run_is_gone_on_with(watched):
    names = [f"known-{index}" for index in range(8)]
    big = {"a.js": "x = 1;\n" * 20000}
    npm, server = watched([npm_package(name, v, files=big) for name in names for v in ("1.0.0", "1.1.0")])
    server.run("warm", "add", *[f"pkg:npm/{name}" for name in names])
    server.run("warm", "run", "--no-wait")
    wait_until(lambda: len(server.statements(analyzer="static")) >= 2, "some are analysed")
    server.kill()
    before = len(server.statements(analyzer="static"))
    server.restart()
    done = server.run("warm", "run")
    assert "16 of 16 versions analysed" in done.stderr
    assert before < 16 and len(server.statements(analyzer="static")) == 16
    assert max(tarballs(npm).count(name) for name in tarballs(npm)) <= 2
    assert "16 of 16" in server.run("warm", "run").stderr
    assert len(server.statements(analyzer="static")) == 16


def test_a_new_version_is_warmed_and_a_young_one_is_scanned_in_its_cooldown(watched):
    npm, server = watched(series("left", "1.0.0"), screening="{ analyzers: [advisory, static], cooldown: 72h }")
    server.run("warm", "add", "pkg:npm/left")
    wait_until(lambda: looked(server), "it is looked at")
    npm.versions += series("left", "1.1.0", published=YOUNG)
    held = server.run("warm", "run", expect=3)
    assert "pkg:npm/left@1.1.0 HELD_COOLDOWN until" in held.stderr
    package = table(server)["pkg:npm/left"]
    assert (package["analyzed"], package["held"], package["cooldown"]) == (2, 1, 1)
    assert server.get("/left/-/left-1.1.0.tgz").json()["code"] == "HELD_COOLDOWN"


def test_what_is_blocked_is_not_fetched_and_told(watched, tmp_path, deploy, npm_upstream):
    bundle = tmp_path / "npm.zip"
    bundle.write_bytes(osv_bundle([malicious_record("MAL-2026-78", "npm", "evil", ["6.6.6"])]))
    npm = npm_upstream(series("evil", "6.6.6"))
    server = deploy(npm=npm.url, screening=SCREENING, extra=FAST)
    server.run("init")
    server.run("advisories", "import", f"npm={bundle}")
    server.start()
    server.run("warm", "run", "pkg:npm/evil", expect=5)
    done = server.run("warm", "run", "pkg:npm/evil", "--once", expect=3)
    assert "pkg:npm/evil@6.6.6 BLOCKED_MALICIOUS" in done.stderr
    assert tarballs(npm) == [] and server.run_json("warm", "list") == []


def test_every_form_of_the_list(watched):
    _, server = watched(series("left", "1.0.0"))
    server.run("warm", "add", "pkg:npm/left")
    wait_until(lambda: looked(server), "it is looked at")
    assert server.run("warm", "list").stdout.splitlines()[0].startswith("PACKAGE\tWHY\tWANTED\tANALYSED")
    assert "1.0.0 ready" in server.run("warm", "list", "-o", "wide").stdout
    assert json.loads(server.run("warm", "list", "-o", "jsonl").stdout)["purl"] == "pkg:npm/left"
    assert server.run("warm", "list", "-o", "csv").stdout.splitlines()[1].startswith("pkg:npm/left,newest,1,1")
    for arguments, code, words in [
        (["add", "left"], 5, "name a lockfile"),
        (["add", "pkg:npm/left@^1.0.0"], 2, "1.2.3"),
        (["remove", "pkg:npm/right"], 5, "not watched"),
        (["run", "pkg:npm/right"], 5, "--once"),
        (["add", "pkg:npm/left", "--registry", "nope"], 5, "there are npmjs"),
    ]:
        done = server.run("warm", *arguments, expect=code)
        assert words in done.stderr, (arguments, done.stderr)
