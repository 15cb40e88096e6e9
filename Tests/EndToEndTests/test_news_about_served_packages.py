"""News about what was served: a new verdict, a revocation, who got it, and no more of it; through restarts and crashes."""

from __future__ import annotations

import concurrent.futures
import json

import pytest

from support.clients import NodeProject, PythonProject
from support.packages import malicious_record, npm_package, osv_bundle, wheel
from support.server import wait_until

NAME = "jurat-fixture-turned"
GOOD, TURNED = "1.0.0", "1.1.0"
SUBJECTS = 300


def other_record(ecosystem: str) -> dict:
    return malicious_record(f"MAL-2099-{900 + len(ecosystem)}", ecosystem, "jurat-fixture-unrelated", ["9.9.9"])


def bundle(folder, ecosystem: str, *records: dict):
    path = folder / f"{ecosystem}-{len(list(folder.iterdir()))}.zip"
    path.write_bytes(osv_bundle([other_record(ecosystem), *records]))
    return path


def load(server, folder, ecosystem: str, *records: dict) -> None:
    """Imports a bundle with these records; the running server takes it up, a stopped one at its next start."""
    path = bundle(folder, ecosystem, *records)
    server.run("advisories", "import", f"{ecosystem.lower()}={path}", "--allow-shrink")


def advisory_verdicts(server, purl: str) -> list[str]:
    """The advisory verdicts about a version, newest first."""
    return [entry["verdict"] for entry in server.statements(purl=purl, analyzer="advisory")]


def audit_lines(server, event: str) -> list[dict]:
    lines = (server.folder / "data" / "audit.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["event"] == event]


@pytest.fixture
def bundles(tmp_path):
    folder = tmp_path / "bundles"
    folder.mkdir()
    return folder


def who(server, what: str, *options: str) -> list[dict]:
    return server.run_json("who", what, *options)


def test_npm_package_that_turns_bad(deploy, npm_upstream, bundles, tmp_path):
    npm = npm_upstream([npm_package(NAME, GOOD), npm_package(NAME, TURNED)])
    server = deploy(npm=npm.url)
    server.run("init")
    load(server, bundles, "npm")
    server.start()
    project = NodeProject(tmp_path / "project", server.url, {NAME: TURNED})
    project.npm("install").succeeded()
    purl = f"pkg:npm/{NAME}@{TURNED}"
    assert advisory_verdicts(server, purl) == ["clean"]
    clean = server.statements(purl=purl, analyzer="advisory")[0]["statement"]

    load(server, bundles, "npm", malicious_record("MAL-2099-0012", "npm", NAME, [TURNED]))
    wait_until(lambda: advisory_verdicts(server, purl) == ["malicious", "clean"], "the new verdict is in the log")
    taken = wait_until(lambda: audit_lines(server, "revocation"), "the clean verdict is taken back")
    assert [line["target"] for line in taken] == [{"statement": clean}]
    assert taken[0]["reason"] == "MAL-2099-0012 became known after this artifact was served"
    assert taken[0]["purl"] == purl and taken[0]["accesses"] >= 1 and taken[0]["clients"] == 1
    change = audit_lines(server, "verdict-change")
    assert [line["to"] for line in change] == [{"verdict": "malicious", "advisories": ["MAL-2099-0012"]}]
    server.run("log", "verify")

    # Who has it: by name, by bytes, by the record.
    integrity = next(line["integrity"] for line in taken)
    for what in (purl, f"pkg:npm/{NAME}", integrity, "MAL-2099-0012"):
        accesses = who(server, what, "--since", "1h")
        assert {access["purl"] for access in accesses} == {purl}
        assert all(access["client"].startswith("npm/") and access["address"] == "127.0.0.1" for access in accesses)
        assert all(access["refused"] and access["code"] == "BLOCKED_MALICIOUS" for access in accesses)
        assert all(access["advisories"] == ["MAL-2099-0012"] for access in accesses)
    assert "nobody on record since" in server.run("who", "pkg:npm/nobody", expect=5).stderr
    table = server.run("who", purl).stdout
    assert "BLOCKED_MALICIOUS" in table and purl in table

    # Nobody gets it any more, and those who have it are told.
    project.forget()
    project.npm("install").failed_saying(f"{NAME}@{TURNED}", "MAL-2099-0012")
    report = json.loads(project.npm("audit", "--json").output)
    assert report["vulnerabilities"][NAME]["severity"] == "critical"
    assert server.get(f"/{NAME}/-/{NAME}-{TURNED}.tgz").status == 403
    assert server.get(f"/{NAME}/{TURNED}").status == 403
    assert TURNED not in server.get(f"/{NAME}").json()["versions"]

    # A record that is withdrawn: another verdict, no revocation, and the version installs again.
    load(server, bundles, "npm")
    wait_until(
        lambda: advisory_verdicts(server, purl) == ["clean", "malicious", "clean"], "the withdrawal is in the log")
    project.forget()
    project.npm("install").succeeded()
    assert len(audit_lines(server, "revocation")) == 1
    server.run("log", "verify")

    # The records answer without a server too; what would be refused now, nobody knows then.
    server.stop()
    offline = who(server, purl)
    assert offline and all(access["refused"] is None for access in offline)
    assert "no server runs here" in server.run("who", purl).stderr
    server.restart()


def test_python_package_that_turns_bad(deploy, python_upstream, bundles, tmp_path):
    python = python_upstream([wheel(NAME, GOOD), wheel(NAME, TURNED)])
    server = deploy(pypi=python.simple_url)
    server.run("init")
    load(server, bundles, "PyPI")
    server.start()
    project = PythonProject(tmp_path / "project", f"{server.url}/simple/")
    project.pip(f"{NAME}=={TURNED}").succeeded()
    purl = f"pkg:pypi/{NAME}@{TURNED}"

    load(server, bundles, "PyPI", malicious_record("MAL-2099-0013", "PyPI", NAME, [TURNED]))
    wait_until(lambda: advisory_verdicts(server, purl) == ["malicious", "clean"], "the new verdict is in the log")
    wait_until(lambda: audit_lines(server, "revocation"), "the clean verdict is taken back")
    accesses = who(server, "MAL-2099-0013")
    assert [access["purl"] for access in accesses] == [purl] and accesses[0]["client"].startswith("pip/")
    project.pip(f"{NAME}=={TURNED}").failed_saying("MAL-2099-0013")
    server.run("log", "verify")


@pytest.fixture
def crowd(deploy, npm_upstream, bundles):
    """A server that served some hundred versions of one package, each judged clean."""
    versions = [npm_package(NAME, f"1.0.{number}") for number in range(SUBJECTS)]
    upstream = npm_upstream(versions)
    server = deploy(npm=upstream.url, workers=2)
    server.run("init")
    load(server, bundles, "npm")
    server.start()

    def fetch(version) -> int:
        return server.get(f"/{NAME}/-/{version.filename}", timeout=240).status

    with concurrent.futures.ThreadPoolExecutor(8) as clients:
        assert set(clients.map(fetch, versions)) == {200}
    return server, upstream, [version.version for version in versions]


def judged_malicious(server) -> int:
    return len(server.statements(analyzer="advisory", verdict="malicious"))


def test_news_that_came_while_the_server_was_down(crowd, bundles):
    server, upstream, versions = crowd
    server.stop()
    load(server, bundles, "npm", malicious_record("MAL-2099-0014", "npm", NAME, versions[:5]))
    upstream.is_down = True
    server.restart()
    wait_until(lambda: judged_malicious(server) == 5, "the next start looks at what came meanwhile")
    wait_until(lambda: len(audit_lines(server, "revocation")) == 5, "all of it was served, all of it is taken back")
    assert len(who(server, "MAL-2099-0014")) == 5


def test_killed_in_the_middle_of_a_sweep(crowd, bundles):
    server, _, versions = crowd
    load(server, bundles, "npm", malicious_record("MAL-2099-0015", "npm", NAME, versions))
    for share in (1, SUBJECTS // 4, SUBJECTS // 2):
        wait_until(lambda: judged_malicious(server) >= share, f"{share} new verdicts are in the log", 120)
        server.kill()
        server.restart()

    def relied_on() -> list[dict]:
        """The clean verdicts, under which everything was served, that still stand."""
        clean = server.statements(verdict="clean", analyzer="advisory")
        return [entry for entry in clean if entry["standing"] == "stands"]

    wait_until(
        lambda: judged_malicious(server) >= SUBJECTS and not relied_on(), "the sweep begins anew and ends", 240)
    mark = server.folder / "data" / "advisories" / "swept.json"
    wait_until(lambda: json.loads(mark.read_text())["snapshot"] == snapshot(server), "and says so")
    about = {entry["purl"] for entry in server.statements(analyzer="advisory", verdict="malicious")}
    assert len(about) == SUBJECTS
    server.run("log", "verify")


def snapshot(server) -> str:
    return server.run_json("status")["advisories"]["snapshot"]
