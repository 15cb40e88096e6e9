"""What audits of real clients print: public advisories, our own verdicts, and what is held."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import random
import subprocess
import zipfile
from pathlib import Path

import pytest

from support.clients import NodeProject, PythonProject
from support.packages import NpmVersion, PythonFile, malicious_record, npm_package, osv_bundle, tar_gz, wheel
from support.server import wait_until

BULK = "/-/npm/v1/security/advisories/bulk"
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
FLAWED, TRAPPED, HELD = "audit-flawed", "audit-trapped", "audit-held"
FLAW = "GHSA-audi-tsho-wsit"


def record(identifier: str, ecosystem: str, name: str, events: list[dict], **members) -> dict:
    kind = "SEMVER" if ecosystem == "npm" else "ECOSYSTEM"
    affected = {"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": kind, "events": events}]}
    return {
        "schema_version": "1.6.0",
        "id": identifier,
        "modified": "2025-02-03T04:05:06Z",
        "published": "2025-01-01T00:00:00Z",
        "summary": f"A flaw in {name}",
        "affected": [affected],
        **members,
    }


def npm_records() -> list[dict]:
    events = [{"introduced": "0"}, {"fixed": "1.1.0"}]
    severity = [{"type": "CVSS_V3", "score": VECTOR}]
    labels = {"cwe_ids": ["CWE-79"], "severity": "HIGH"}
    return [
        record(FLAW, "npm", FLAWED, events, aliases=["CVE-2099-1"], severity=severity, database_specific=labels),
        # The same flaw in another database, and one that was taken back.
        record("OTHER-1", "npm", FLAWED, events, aliases=["CVE-2099-1"]),
        record("GHSA-with-draw-nnnn", "npm", FLAWED, events, withdrawn="2025-03-01T00:00:00Z"),
    ]


def python_records() -> list[dict]:
    events = [{"introduced": "0"}, {"fixed": "1.1"}]
    return [record("PYSEC-2099-1", "PyPI", "audit-flawed", events, aliases=["CVE-2099-2"])]


def trap(version: str) -> NpmVersion:
    """A package that every analyzer calls malicious: a file of it would run with its owner's rights."""
    manifest = {"name": TRAPPED, "version": version, "main": "index.js"}
    members = [("package/package.json", json.dumps(manifest).encode(), 0o644), ("package/index.js", b"1\n", 0o4755)]
    return NpmVersion(TRAPPED, version, manifest, tar_gz(members))


def today() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.fixture
def scene(deploy, npm_upstream, python_upstream, tmp_path):
    npm = npm_upstream(
        [
            npm_package(FLAWED, "1.0.0"),
            npm_package(TRAPPED, "1.0.0"),
            trap("1.0.1"),
            npm_package(HELD, "1.0.0"),
        ]
    )
    python = python_upstream([wheel("audit-flawed", "1.0"), wheel("audit-fine", "1.0")], speaks_json=True)
    bundles = {"npm": npm_records(), "pypi": python_records()}
    for name, records in bundles.items():
        (tmp_path / f"{name}.zip").write_bytes(osv_bundle(records))
    sources = ", ".join(f'{name}: "{tmp_path}/{name}.zip"' for name in bundles)
    server = deploy(npm=npm.url, pypi=python.simple_url, advisories=f"{{ sources: {{ {sources} }} }}")
    server.run("init")
    server.run("advisories", "sync")
    server.start()
    return server, npm, python


def bulk(server, packages: dict[str, list[str]], at: str = "") -> dict:
    answer = server.post(at + BULK, json.dumps(packages).encode())
    assert answer.status == 200, answer.body
    return answer.json()


def locked(folder: Path, upstream, server, dependencies: dict[str, str]) -> NodeProject:
    """A project that was installed from the upstream, and from now on asks the server."""
    project = NodeProject(folder, upstream.url, dependencies)
    project.npm("install", "--no-audit").succeeded()
    lock = folder / "package-lock.json"
    lock.write_text(lock.read_text().replace(upstream.url, server.url + "/"))
    project.registry = server.url + "/"
    return project


def test_npm_audit_prints_public_advisories_and_our_own_verdicts(scene, tmp_path):
    server, npm, _ = scene
    project = locked(tmp_path / "project", npm, server, {FLAWED: "^1.0.0", TRAPPED: "1.0.1"})
    refused = server.get(f"/{TRAPPED}/-/{TRAPPED}-1.0.1.tgz")
    assert refused.status == 403 and refused.json()["code"] == "BLOCKED_MALICIOUS"
    server.settle()
    (verdict,) = server.statements(purl=f"pkg:npm/{TRAPPED}@1.0.1", analyzer="static", verdict="malicious")

    shown = project.npm("audit")
    shown.failed_saying(
        f"{FLAWED}", "Severity: high", f"A flaw in {FLAWED} - https://github.com/advisories/{FLAW}",
        "Severity: critical", f"{TRAPPED}@1.0.1 was judged malicious (diff, static) - {server.url}/-/why?purl=",
        "2 vulnerabilities (1 high, 1 critical)",
    )
    assert shown.code == 1

    report = json.loads(project.npm("audit", "--json").output)
    (via,) = report["vulnerabilities"][FLAWED]["via"]
    assert (via["source"], via["severity"], via["range"]) == (FLAW, "high", "<1.1.0")
    assert via["cvss"] == {"score": 7.5, "vectorString": VECTOR}
    (own,) = report["vulnerabilities"][TRAPPED]["via"]
    assert own["source"] == "JURAT-" + verdict["statement"][:12]
    assert (own["severity"], own["range"]) == ("critical", "1.0.1")
    page = server.get(own["url"].removeprefix(server.url), {"Accept": "text/html"})
    assert page.status == 200 and b"known malicious" in page.body
    assert report["metadata"]["vulnerabilities"] == {
        "info": 0, "low": 0, "moderate": 0, "high": 1, "critical": 1, "total": 2,
    }
    low = project.npm("audit", "--audit-level", "none")
    assert low.code == 0


def test_npm_audit_fix_installs_the_fixed_version(scene, tmp_path):
    server, npm, _ = scene
    project = locked(tmp_path / "project", npm, server, {FLAWED: "^1.0.0"})
    npm.versions.append(npm_package(FLAWED, "1.1.0"))
    project.npm("audit").failed_saying("fix available via `npm audit fix`")
    fixed = project.npm("audit", "fix").succeeded()
    assert "found 0 vulnerabilities" in fixed.output
    installed = json.loads((project.folder / "node_modules" / FLAWED / "package.json").read_text())
    assert installed["version"] == "1.1.0"
    project.npm("audit").succeeded()


@pytest.mark.parametrize("base", ["", "/~npmjs"])
def test_npm_install_and_ci_print_findings_and_what_is_held(scene, tmp_path, base):
    server, npm, _ = scene
    npm.versions.append(npm_package(HELD, "1.1.0", published=today()))
    project = NodeProject(tmp_path / "project", server.url + base, {FLAWED: "1.0.0", HELD: "^1.0.0"})
    notice = f"npm notice jurat: newer versions are held: {HELD}@1.1.0 is in cooldown until "
    for command in (["install"], ["install"], ["ci"]):
        ran = project.npm(*command).succeeded()
        assert notice in ran.output, ran.output
        assert "1 high severity vulnerability" in ran.output
    installed = json.loads((project.folder / "node_modules" / HELD / "package.json").read_text())
    assert installed["version"] == "1.0.0"


def test_an_audit_without_advisories_says_that_it_means_little(deploy, npm_upstream, tmp_path):
    npm = npm_upstream([npm_package(FLAWED, "1.0.0")])
    server = deploy(npm=npm.url).start()
    project = NodeProject(tmp_path / "project", server.url, {FLAWED: "1.0.0"})
    assert "no npm advisories are loaded here" in project.npm("install").succeeded().output


def test_bun_audit_prints_findings(scene, tmp_path):
    server, _, _ = scene
    project = NodeProject(tmp_path / "project", server.url, {FLAWED: "1.0.0"})
    project.bun("install").succeeded()
    project.bun("audit").failed_saying(f"high: A flaw in {FLAWED} (<1.1.0) - https://github.com/advisories/{FLAW}")


def test_retired_routes_answer_410_with_a_sentence(scene, tmp_path):
    server, _, _ = scene
    for target in ("/-/npm/v1/security/audits", "/-/npm/v1/security/audits/quick", "/~npmjs/-/npm/v1/security/audits"):
        answer = server.post(target, gzip.compress(b"{}"), {"Content-Encoding": "gzip"})
        assert answer.status == 410 and answer.headers["content-type"] == "application/json"
        assert "advisories/bulk" in answer.json()["error"]


def python_trap() -> PythonFile:
    """A wheel that every analyzer calls malicious: a file of it is not what its RECORD says."""
    good = wheel(TRAPPED, "1.0")
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good.content)) as source, zipfile.ZipFile(changed, "w") as target:
        for item in source.infolist():
            content = source.read(item)
            target.writestr(item, content + b"import os\n" if item.filename.endswith("__init__.py") else content)
    return PythonFile(TRAPPED, "1.0", good.filename, changed.getvalue(), good.metadata)


def condemned(server, python) -> str:
    """Has the server look at the trap, and returns the id of what it found."""
    python.files.append(python_trap())
    page = server.get(f"/simple/{TRAPPED}/", {"Accept": "application/vnd.pypi.simple.v1+json"}).json()
    refused = server.get(page["files"][0]["url"].removeprefix(server.url))
    assert refused.status == 403 and refused.json()["code"] == "BLOCKED_MALICIOUS"
    server.settle()
    (verdict,) = server.statements(purl=f"pkg:pypi/{TRAPPED}@1.0", analyzer="static", verdict="malicious")
    return "JURAT-" + verdict["statement"][:12]


@pytest.mark.parametrize("base", ["", "/-/osv", "/-/osv/"])
def test_uv_audit_prints_public_advisories_and_our_own_verdicts(scene, tmp_path, base):
    server, _, python = scene
    own = condemned(server, python)
    project = PythonProject(tmp_path / "project", python.simple_url)
    project.uv_project("audit-flawed==1.0", "audit-fine==1.0", f"{TRAPPED}==1.0")
    ran = project.uv_command("audit", "--frozen", "--service-url", server.url + base)
    ran.failed_saying(
        "Found 2 known vulnerabilities", "PYSEC-2099-1: A flaw in audit-flawed", "Fixed in: 1.1",
        f"{own}: {TRAPPED}@1.0 was judged malicious (diff, static)", f"{server.url}/-/why?purl=",
    )
    assert ran.code == 1 and "audit-fine" not in ran.output
    fine = PythonProject(tmp_path / "fine", server.url + "/simple/").uv_project("audit-fine")
    fine.uv_command("audit", "--service-url", server.url + base).succeeded()


def test_pip_audit_prints_public_advisories_and_our_own_verdicts(scene, tmp_path):
    server, _, python = scene
    own = condemned(server, python)
    project = PythonProject(tmp_path / "project", server.url + "/simple/")
    pins = ("Audit.Flawed==1.0", "audit-fine==1.0", f"{TRAPPED}==1.0")
    for service in ("/v1/query", "/-/osv/v1/query"):
        ran = project.pip_audit(server.url + service, *pins)
        ran.failed_saying("Found 2 known vulnerabilities in 2 packages", "audit-flawed 1.0 PYSEC-2099-1 1.1", own)
        assert ran.code == 1
    project.pip_audit(server.url + "/v1/query", "audit-flawed==1.1", "audit-fine==1.0").succeeded()


def test_what_was_served_and_then_became_known_shows_in_every_audit(scene, tmp_path):
    server, _, _ = scene
    project = NodeProject(tmp_path / "project", server.url, {HELD: "1.0.0"})
    assert "found 0 vulnerabilities" in project.npm("install").succeeded().output
    known = malicious_record("MAL-2099-0007", "npm", HELD, ["1.0.0"])
    (tmp_path / "npm.zip").write_bytes(osv_bundle([*npm_records(), known]))
    server.run("advisories", "sync")

    def shown() -> list[str]:
        return [entry["id"] for entry in bulk(server, {HELD: ["1.0.0"]}).get(HELD, [])]

    wait_until(lambda: any(entry.startswith("JURAT-") for entry in shown()), "the revocation is in the log")
    own, public = shown()
    assert own.startswith("JURAT-") and public == "MAL-2099-0007"
    project.npm("audit").failed_saying(
        f"Malicious code in {HELD} - https://osv.dev/vulnerability/MAL-2099-0007",
        f"{HELD}@1.0.0 was judged malicious (advisory) and lost its earlier clean verdict",
        "1 critical severity vulnerability",
    )
    asked = server.post("/v1/query", json.dumps({"package": {"purl": f"pkg:npm/{HELD}@1.0.0"}}).encode()).json()
    assert [entry["id"] for entry in asked["vulns"]] == [own, public]
    assert asked["vulns"][0]["related"] == [public]
    project.forget()
    project.npm("ci").failed_saying("403", f"{HELD}@1.0.0 is known malicious")


def test_withdrawn_records_and_aliases(scene):
    server, _, _ = scene
    withdrawn = server.get("/v1/vulns/GHSA-with-draw-nnnn").json()
    assert withdrawn["withdrawn"] == "2025-03-01T00:00:00Z"
    assert server.get("/v1/vulns/CVE-2099-1").json() == npm_records()[0]
    asked = server.post("/v1/query", json.dumps({"package": {"purl": f"pkg:npm/{FLAWED}@1.0.0"}}).encode()).json()
    assert [entry["id"] for entry in asked["vulns"]] == [FLAW, "OTHER-1"]
    (entry,) = bulk(server, {FLAWED: ["1.0.0"]})[FLAWED]
    assert entry["id"] == FLAW and entry["cwe"] == ["CWE-79"]


def test_ranges_hold_exactly_the_versions_that_decisions_are_about(deploy, tmp_path):
    """Beside node-semver, as npm's audit uses it: for generated records, satisfies() is what we match."""
    generator = random.Random(20261121)
    pool = ["0.0.0-0", "0.0.1-a", "0.0.1", "0.1.0-0", "0.1.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0", "1.0.1", "1.2.0"]
    pool += ["1.10.0", "2.0.0-rc.1", "2.0.0-rc.1.0", "2.0.0", "10.0.0", "10.0.0-x.7.z.92", "1.2.0+build"]
    records, names = [], [f"generated-{number}" for number in range(150)]
    for name in names:
        for number in range(generator.randint(1, 2)):
            events = [{"introduced": generator.choice(["0", *pool])}]
            for _ in range(generator.randint(0, 4)):
                kind = generator.choice(["introduced", "fixed", "last_affected", "fixed", "limit"])
                events.append({kind: generator.choice(pool)})
            generator.shuffle(events)
            made = record(f"A-{name}-{number}", "npm", name, events, aliases=["CVE-" + name] * generator.randint(0, 1))
            made["affected"][0]["versions"] = [version for version in pool if generator.random() < 0.15]
            records.append(made)
    (tmp_path / "npm.zip").write_bytes(osv_bundle(records))
    server = deploy(npm="http://127.0.0.1:9/", advisories=f'{{ sources: {{ npm: "{tmp_path}/npm.zip" }} }}')
    server.run("init")
    server.run("advisories", "sync")
    server.start()
    asked = [*pool, "0.0.0", "1.5.0-0", "1.5.0", "99.0.0", "2.0.0-rc.0", "2.0.1-0"]
    ranges, affecting = {}, {}
    for version in asked:
        for name, entries in bulk(server, {name: [version] for name in names}).items():
            for entry in entries:
                assert ranges.setdefault((name, entry["id"]), entry["vulnerable_versions"]) == entry["vulnerable_versions"]
                affecting.setdefault((name, entry["id"]), set()).add(version)
    assert len(ranges) > 150
    script = """
        const semver = require(process.argv[1]), cases = JSON.parse(require('fs').readFileSync(0, 'utf8'))
        const options = { includePrerelease: true }
        console.log(JSON.stringify(cases.ranges.map(range => semver.validRange(range, options) === null ? null
          : cases.versions.filter(version => semver.satisfies(version, range, options)))))
    """
    keys = sorted(ranges)
    question = json.dumps({"ranges": [ranges[key] for key in keys], "versions": asked})
    done = subprocess.run(
        ["node", "-e", script, node_semver()], input=question, capture_output=True, text=True, check=True, timeout=60
    )
    for key, satisfying in zip(keys, json.loads(done.stdout)):
        assert satisfying is not None, f"node-semver cannot read {ranges[key]!r}"
        assert set(satisfying) == affecting[key], (key, ranges[key])


def node_semver() -> str:
    """The semver that npm itself uses."""
    done = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, check=True, timeout=60)
    for place in (Path(done.stdout.strip()) / "npm/node_modules/semver", Path("/usr/share/nodejs/semver")):
        if place.is_dir():
            return str(place)
    raise AssertionError("npm's own semver is not on this machine")
