"""Versions with known flaws: judged by the base score of the vector, on listing, manifest and artifact alike."""

import json

import pytest
from support.clients import NodeProject, PythonProject
from support.packages import npm_package, osv_bundle, wheel

# Each version of the fixture package with the vectors of its record; scores are those of the specifications' formulas.
VECTORS = {
    "1.0.0": [],
    "1.1.0": [("CVSS_V3", "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N")],  # 3.1
    "1.2.0": [("CVSS_V2", "AV:N/AC:L/Au:N/C:P/I:P/A:P")],  # 7.5
    "1.3.0": [("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")],  # 9.8
    "1.4.0": [("CVSS_V4", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")],  # 9.3
    "1.5.0": [
        ("CVSS_V3", "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N"),
        ("CVSS_V2", "AV:N/AC:L/Au:N/C:P/I:P/A:P"),
    ],  # the higher of both counts
    "1.6.0": [("CVSS_V3", "critical")],  # no vector: nothing is known of it
}
BLOCKED = {"1.2.0", "1.3.0", "1.4.0", "1.5.0"}
NAME = "flawed-fixture"


def records(ecosystem: str) -> list[dict]:
    found = []
    for number, (version, vectors) in enumerate(VECTORS.items()):
        if version == "1.0.0":
            continue
        found.append(
            {
                "id": f"GHSA-{ecosystem.lower()[:2]}{number:02}-jura-test",
                "schema_version": "1.7.0",
                "modified": "2026-01-01T00:00:00Z",
                "summary": "A flaw of the fixture",
                "severity": [{"type": kind, "score": score} for kind, score in vectors],
                "database_specific": {"severity": "CRITICAL", "cvss": 10.0},
                "affected": [{"package": {"ecosystem": ecosystem, "name": NAME}, "versions": [version]}],
            }
        )
    return found


def serve(deploy, npm_upstream, python_upstream, tmp_path, limit: str):
    npm, pypi = tmp_path / "npm.zip", tmp_path / "pypi.zip"
    npm.write_bytes(osv_bundle(records("npm")))
    pypi.write_bytes(osv_bundle(records("PyPI")))
    server = deploy(
        npm=npm_upstream([npm_package(NAME, version) for version in VECTORS]).url,
        pypi=python_upstream([wheel(NAME, version) for version in VECTORS]).url,
        screening=f"{{ cooldown: 0s, maxCvssScore: {limit} }}",
        advisories=f"{{ sources: {{ npm: {npm}, pypi: {pypi} }} }}",
    )
    server.run("init")
    server.run("advisories", "sync")
    return server.start()


@pytest.mark.parametrize(("limit", "blocked"), [("7.5", BLOCKED), ("7.6", {"1.3.0", "1.4.0"}), ("null", set())])
def test_the_highest_base_score_decides_on_every_route(deploy, npm_upstream, python_upstream, tmp_path, limit, blocked):
    server = serve(deploy, npm_upstream, python_upstream, tmp_path, limit)
    listing = server.get(f"/{NAME}").json()
    assert set(listing["versions"]) == set(VECTORS) - blocked
    simple = server.get(f"/simple/{NAME}/", {"Accept": "application/vnd.pypi.simple.v1+json"}).json()
    for version in VECTORS:
        status = 403 if version in blocked else 200
        tarball = server.get(f"/{NAME}/-/{NAME}-{version}.tgz", {"User-Agent": "npm/10"})
        manifest = server.get(f"/{NAME}/{version}")
        (file,) = [one for one in simple["files"] if f"-{version}-" in one["filename"]]
        artifact = server.get(file["url"].removeprefix(server.url), {"User-Agent": "uv/0.9"})
        assert (tarball.status, manifest.status, artifact.status) == (status, status, status), version
        assert bool(file["yanked"]) == (version in blocked)
        if version in blocked:
            for answer in (tarball, manifest, artifact):
                body = answer.json()
                assert body["code"] == "BLOCKED_POLICY" and body["policy"]["rule"] == "advisory"
                assert "GHSA-" in answer.reason, answer.reason


def test_clients_get_the_best_allowed_version_and_pins_print_why(deploy, npm_upstream, python_upstream, tmp_path):
    server = serve(deploy, npm_upstream, python_upstream, tmp_path, "7.0")
    node = NodeProject(tmp_path / "range", server.url, {NAME: "^1.0.0"})
    node.npm("install").succeeded()
    assert json.loads((node.folder / "node_modules" / NAME / "package.json").read_text())["version"] == "1.6.0"
    NodeProject(tmp_path / "pin", server.url, {NAME: "1.3.0"}).npm("install").failed_saying("403", f"{NAME}@1.3.0")
    index = server.url + "/simple/"
    ranged = PythonProject(tmp_path / "python", index)
    ranged.pip(f"{NAME}>=1").succeeded()
    assert any("1.6.0" in path.name for path in ranged.target.glob("*.dist-info"))
    for client in ("pip", "uv"):
        project = PythonProject(tmp_path / client, index)
        getattr(project, client)(f"{NAME}==1.3.0").failed_saying(f"{NAME}@1.3.0")
