"""`jurat check` and `POST /-/check` with lockfiles that the real tools wrote, and `advisories query` without a server."""

import datetime
import gzip
import http.client
import json
import sys

import pytest

from support.clients import NodeProject, PythonProject, run_client
from support.packages import malicious_record, npm_package, osv_bundle, wheel
from support.server import wait_until

YOUNG = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")

NPM = [
    npm_package("inner", "1.0.0"),
    npm_package("left", "1.0.0", dependencies={"inner": "^1.0.0"}),
    npm_package("evil", "6.6.6"),
    npm_package("fresh", "1.0.0"),
    npm_package("fresh", "1.1.0", published=YOUNG),
]
PYTHON = [wheel("alpha", "1.0", requires=["beta"]), wheel("beta", "1.5")]


@pytest.fixture
def registry(deploy, npm_upstream, python_upstream, tmp_path):
    bundle = tmp_path / "npm.zip"
    bundle.write_bytes(osv_bundle([malicious_record("MAL-2026-77", "npm", "evil", ["6.6.6"])]))
    npm, pypi = npm_upstream(NPM), python_upstream(PYTHON)
    server = deploy(npm=npm.url, pypi=pypi.simple_url, screening="{ cooldown: 24h }", workers=1)
    server.run("init")
    server.run("advisories", "import", f"npm={bundle}")
    return npm, pypi, server.start()


def npm_lock(folder, upstream, dependencies, version="3"):
    """A package-lock.json that npm resolved against the upstream itself."""
    project = NodeProject(folder, upstream.url, dependencies)
    project.npm("install", "--package-lock-only", "--lockfile-version", version, "--no-audit").succeeded()
    return folder / "package-lock.json"


def check(server, *arguments, expect):
    done = server.run("check", *arguments, "-o", "json", expect=expect)
    return {entry["purl"]: entry for entry in json.loads(done.stdout)}, done.stderr


def post(server, body, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.request("POST", "/-/check", body, headers or {})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_a_clean_tree_is_pending_until_it_is_analysed_and_then_served(registry, tmp_path):
    npm, _, server = registry
    lock = npm_lock(tmp_path / "clean", npm, {"left": "1.0.0"})
    entries, said = check(server, str(lock), expect=3)
    assert {e["standing"] for e in entries.values()} == {"pending"} and "2 pending" in said
    assert not any("/-/" in path for path in npm.requests)
    entries, said = check(server, str(lock), "--wait", expect=0)
    assert {e["decision"] for e in entries.values()} == {"serve"} and "2 served" in said
    assert set(entries) == {"pkg:npm/left@1.0.0", "pkg:npm/inner@1.0.0"}
    project = NodeProject(tmp_path / "consumer", server.url, {"left": "1.0.0"})
    before = dict(npm.requests)
    project.npm("install").succeeded()
    tarballs = {path: count for path, count in npm.requests.items() if "/-/" in path}
    assert tarballs == {path: count for path, count in before.items() if "/-/" in path}, "warmed bytes are served"


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_malicious_and_young_versions_are_refused_in_every_version_of_npms_lockfile(registry, tmp_path, version):
    npm, _, server = registry
    lock = npm_lock(tmp_path / "bad", npm, {"evil": "6.6.6", "fresh": "1.1.0", "left": "1.0.0"}, version)
    entries, said = check(server, str(lock), expect=3)
    evil, fresh = entries["pkg:npm/evil@6.6.6"], entries["pkg:npm/fresh@1.1.0"]
    assert (evil["decision"], evil["code"], evil["advisories"]) == ("block", "BLOCKED_MALICIOUS", ["MAL-2026-77"])
    assert (fresh["decision"], fresh["code"], fresh["rule"]) == ("hold", "HELD_COOLDOWN", "cooldown")
    assert fresh["until"] and fresh["alternatives"] == ["1.0.0"]
    assert lock.read_text().splitlines()[evil["line"] - 1].strip().startswith(('"evil"', '"node_modules/evil"'))
    assert "1 refused" in said and "1 held" in said
    refusal = server.get("/evil/-/evil-6.6.6.tgz")
    assert refusal.status == 403 and refusal.json()["code"] == evil["code"]
    table = server.run("check", str(lock), expect=3).stdout
    assert "BLOCKED_MALICIOUS" in table and "is known malicious" in table


def test_a_changed_integrity_is_a_refusal(registry, tmp_path):
    npm, pypi, server = registry
    lock = npm_lock(tmp_path / "tampered", npm, {"left": "1.0.0"})
    check(server, str(lock), "--wait", expect=0)
    document = json.loads(lock.read_text())
    document["packages"]["node_modules/inner"]["integrity"] = NPM[4].integrity
    lock.write_text(json.dumps(document, indent=2))
    entries, said = check(server, str(lock), expect=3)
    assert entries["pkg:npm/inner@1.0.0"]["standing"] == "differs"
    assert entries["pkg:npm/inner@1.0.0"]["problem"].startswith("integrity differs: the lockfile has sha512-")
    assert entries["pkg:npm/left@1.0.0"]["standing"] == "serve"
    assert "1 differs" in said
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"alpha==1.0 --hash=sha256:{PYTHON[0].sha256}\nbeta==1.5 --hash=sha256:{'0' * 64}\n")
    entries, _ = check(server, str(requirements), expect=3)
    assert entries["pkg:pypi/beta@1.5"]["standing"] == "differs"


def test_uv_and_yarn_and_bun_lockfiles_are_read(registry, tmp_path):
    npm, pypi, server = registry
    folder = tmp_path / "uv"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "consumer"\nversion = "1.0.0"\nrequires-python = ">=3.9"\ndependencies = ["alpha"]\n'
    )
    uv = PythonProject(tmp_path / "home", pypi.simple_url)
    binary = str(__import__("pathlib").Path(sys.executable).with_name("uv"))
    run_client([binary, "lock", "--no-config", "--no-cache", "--default-index", pypi.simple_url], folder, uv.environment).succeeded()
    entries, said = check(server, str(folder / "uv.lock"), "--wait", expect=0)
    assert {"pkg:pypi/alpha@1.0", "pkg:pypi/beta@1.5"} <= set(entries)
    assert entries["pkg:pypi/alpha@1.0"]["decision"] == "serve"
    assert "1 unscreened" in said
    server.run("check", str(folder / "uv.lock"), "--strict", expect=3)
    project = NodeProject(tmp_path / "yarn", npm.url, {"left": "1.0.0"})
    project.yarn("install").succeeded()
    entries, _ = check(server, str(project.folder / "yarn.lock"), "--wait", expect=0)
    assert set(entries) == {"pkg:npm/left@1.0.0", "pkg:npm/inner@1.0.0"}
    project.bun("install", "--lockfile-only").succeeded()
    entries, _ = check(server, str(project.folder / "bun.lock"), expect=0)
    assert set(entries) == {"pkg:npm/left@1.0.0", "pkg:npm/inner@1.0.0"}


def test_what_cannot_be_judged_is_never_fine(registry, tmp_path):
    _, _, server = registry
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("alpha\n-r base.txt\n")
    done = server.run("check", str(requirements), expect=1)
    assert "no version is fixed" in done.stdout and "base.txt" in done.stdout and "2 unknown" in done.stderr
    assert server.run("check", "pkg:npm/nothing-like-it@1.0.0", expect=5).stdout
    (tmp_path / "base.txt").write_text("")
    done = server.run("check", str(requirements), str(tmp_path / "base.txt"), expect=1)
    assert "1 unknown" in done.stderr
    (tmp_path / "words.md").write_text("# hello\n\nthis is no lockfile, at all\n")
    assert "expected package-lock.json" in server.run("check", str(tmp_path / "words.md"), expect=1).stderr
    assert "name a lockfile" in server.run("check", str(tmp_path / "missing.lock"), expect=5).stderr
    assert "is not a usable purl" in server.run("check", "pkg:nope/x@1", expect=2).stderr


def test_the_package_port_answers_plain_and_gzip(registry):
    _, _, server = registry
    body = json.dumps({"purls": ["pkg:npm/evil@6.6.6", "pkg:npm/left@1.0.0"]}).encode()
    status, answer = post(server, body)
    assert status == 200 and [e["standing"] for e in answer["entries"]] == ["block", "pending"]
    assert answer["summary"]["block"] == 1
    status, packed = post(server, gzip.compress(body), {"Content-Encoding": "gzip"})
    assert status == 200 and packed["entries"] == answer["entries"]
    status, warm = post(server, json.dumps({"purls": ["pkg:npm/left@1.0.0"], "warm": True}))
    assert status == 200 and warm["summary"]["warming"] == 1
    again = json.dumps({"purls": ["pkg:npm/left@1.0.0"]})
    wait_until(lambda: post(server, again)[1]["entries"][0]["standing"] == "serve", "left is analysed")
    assert post(server, b"{")[0] == 400


def test_a_source_that_is_down_holds_up_no_other(registry):
    npm, _, server = registry
    npm.is_down = True
    status, answer = post(server, json.dumps({"purls": ["pkg:npm/left@1.0.0", "pkg:pypi/alpha@1.0"]}))
    assert [e["standing"] for e in answer["entries"]] == ["unknown", "pending"]
    assert answer["entries"][0]["problem"] and "absent" not in answer["entries"][0]


def test_advisories_query_needs_no_server(registry, tmp_path):
    npm, _, server = registry
    lock = npm_lock(tmp_path / "query", npm, {"evil": "6.6.6", "left": "1.0.0"})
    server.stop()
    expected = {
        "purl": "pkg:npm/evil@6.6.6",
        "advisories": [
            {"id": "MAL-2026-77", "aliases": [], "malicious": True, "cvss": None, "summary": "Malicious code in evil", "fixed": []}
        ],
    }
    for what in ("pkg:npm/evil@6.6.6", "evil@6.6.6"):
        assert server.run_json("advisories", "query", what) == expected
    assert server.run_json("advisories", "query", "MAL-2026-77")["purl"] == "pkg:npm/evil"
    lines = server.run("advisories", "query", str(lock), "-o", "jsonl").stdout.splitlines()
    assert {json.loads(line)["purl"]: len(json.loads(line)["advisories"]) for line in lines} == {
        "pkg:npm/evil@6.6.6": 1, "pkg:npm/left@1.0.0": 0, "pkg:npm/inner@1.0.0": 0,
    }
    piped = server.run("advisories", "query", "-", "-o", "jsonl", input=lock.read_text()).stdout
    assert piped.splitlines() == lines
    assert "nothing" in server.run("advisories", "query", "nothing-here", expect=5).stderr
    done = server.run("check", str(lock), expect=6)
    assert "no server listens" in done.stderr
