"""A version with a MAL record: gone from listings, never picked, and refused with a sentence that every client prints."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from support.clients import NodeProject, PythonProject
from support.packages import malicious_record, npm_package, osv_bundle, wheel
from support.server import REPOSITORY

OSV_SLICE = Path(os.environ.get("JURAT_SHARED", REPOSITORY.parent / "shared")) / "data" / "osv"
FIXTURE_RECORDS = {
    "npm": malicious_record("MAL-2099-0001", "npm", "jurat-fixture-bad", ["1.1.0"]),
    "PyPI": malicious_record("MAL-2099-0002", "PyPI", "jurat-fixture-bad", ["1.1.0"]),
}


def real_record(ecosystem: str) -> dict | None:
    """A record of the real data slice that names exact versions, where the slice is present."""
    bundle = OSV_SLICE / ecosystem / "all.zip"
    if not bundle.exists():
        return None
    with zipfile.ZipFile(bundle) as archive:
        for name in sorted(archive.namelist()):
            if not name.startswith("MAL-"):
                continue
            record = json.loads(archive.read(name))
            affected = record["affected"][0]
            package, versions = affected["package"]["name"], affected.get("versions", [])
            plain = package.replace("-", "").isalnum() and package.islower() and len(package) < 40
            exact = versions and not affected.get("ranges") and "0.0.1" not in versions
            numeric = all(version.count(".") == 2 and version.replace(".", "").isdigit() for version in versions)
            if not record.get("withdrawn") and len(record["affected"]) == 1 and exact and numeric and plain:
                return record
    raise AssertionError(f"no record of {bundle} names exact versions only")


def neighbours(record: dict) -> tuple[str, str, str]:
    """The package of a record, the version that it calls malicious, and a lower one that it does not."""
    affected = record["affected"][0]
    bad = affected["versions"][0]
    return affected["package"]["name"], bad, "0.0.1"


@pytest.fixture(params=["fixture", "slice"])
def bundle(request, tmp_path):
    """(path of the npm bundle, path of the PyPI bundle, npm record, PyPI record)."""
    records = dict(FIXTURE_RECORDS)
    paths = {}
    for ecosystem in ("npm", "PyPI"):
        real = real_record(ecosystem) if request.param == "slice" else None
        records[ecosystem] = real or records[ecosystem]
        paths[ecosystem] = OSV_SLICE / ecosystem / "all.zip" if real else tmp_path / f"{ecosystem}.zip"
        if not real:
            paths[ecosystem].write_bytes(osv_bundle([records[ecosystem]]))
    return paths["npm"], paths["PyPI"], records["npm"], records["PyPI"]


@pytest.fixture
def scene(deploy, npm_upstream, python_upstream, bundle):
    npm_zip, pypi_zip, npm_record, pypi_record = bundle
    name, bad, good = neighbours(npm_record)
    npm = npm_upstream([npm_package(name, good), npm_package(name, bad)])
    project, bad_python, good_python = neighbours(pypi_record)
    python = python_upstream([wheel(project, good_python), wheel(project, bad_python)])
    server = deploy(
        npm=npm.url,
        pypi=python.simple_url,
        advisories=f'{{ sources: {{ npm: "{npm_zip}", pypi: "{pypi_zip}" }} }}',
    )
    server.run("init")
    server.run("advisories", "sync")
    server.start()
    return server, npm, python, (name, bad, good), (project, bad_python, good_python)


def sentence(name, version):
    return f"Blocked by jurat: {name}@{version} is known malicious"


def test_listing_lacks_it_and_latest_moves(scene):
    server, _, _, (name, bad, good), _ = scene
    listing = server.get(f"/{name}").json()
    assert set(listing["versions"]) == {good}
    assert listing["dist-tags"]["latest"] == good
    assert bad not in listing["time"]
    assert bad in listing["policyRestrictions"]["versions"]
    assert name in listing["policyRestrictions"]["message"]


def test_npm_range_picks_an_allowed_version(scene, tmp_path):
    server, _, _, (name, bad, good), _ = scene
    project = NodeProject(tmp_path / "range", server.url, {name: ">=0.0.0"})
    project.npm("install").succeeded()
    installed = json.loads((project.folder / "node_modules" / name / "package.json").read_text())
    assert installed["version"] == good


def test_npm_pin_and_lockfile_fail_with_our_sentence(scene, tmp_path):
    server, npm, _, (name, bad, good), _ = scene
    NodeProject(tmp_path / "pin", server.url, {name: bad}).npm("install").failed_saying("403", name, bad, "polic")
    lock = NodeProject(tmp_path / "lock", npm.url, {name: bad})
    lock.npm("install").succeeded()
    lock.forget()
    text = (lock.folder / "package-lock.json").read_text()
    (lock.folder / "package-lock.json").write_text(text.replace(npm.url, server.url + "/"))
    lock.registry = server.url + "/"
    lock.npm("ci").failed_saying("403", sentence(name, bad))
    assert not (lock.folder / "node_modules" / name / "index.js").exists()


def test_yarn_lockfile_fails_with_our_sentence(scene, tmp_path):
    server, npm, _, (name, bad, good), _ = scene
    lock = NodeProject(tmp_path / "yarn", npm.url, {name: bad})
    lock.yarn("install").succeeded()
    lock.forget()
    text = (lock.folder / "yarn.lock").read_text()
    (lock.folder / "yarn.lock").write_text(text.replace(npm.url, server.url + "/"))
    lock.registry = server.url + "/"
    # This client prints nothing of an answer but the address that it cannot go to, so the address spells the sentence.
    spelled = sentence(name, bad).replace(": ", "-").replace(" ", "-")
    lock.yarn("install", "--frozen-lockfile").failed_saying("403", spelled)
    assert not (lock.folder / "node_modules" / name / "index.js").exists()
    NodeProject(tmp_path / "pin", server.url, {name: bad}).yarn("install").failed_saying(name, bad)


def test_bun_lockfile_fails_at_an_address_that_spells_our_sentence(scene, tmp_path):
    server, npm, _, (name, bad, good), _ = scene
    lock = NodeProject(tmp_path / "bun", npm.url, {name: bad})
    lock.bun("install").succeeded()
    lock.forget()
    text = (lock.folder / "bun.lock").read_text()
    (lock.folder / "bun.lock").write_text(text.replace(npm.url, server.url + "/"))
    lock.registry = server.url + "/"
    spelled = sentence(name, bad).replace(": ", "-").replace(" ", "-")
    lock.bun("install", "--frozen-lockfile").failed_saying("403", spelled)
    assert not (lock.folder / "node_modules" / name / "index.js").exists()


def test_pip_and_uv_skip_it_and_pins_print_our_sentence(scene, tmp_path):
    server, _, _, _, (project, bad, good) = scene
    index = server.url + "/simple/"
    ranged = PythonProject(tmp_path / "range", index)
    ranged.pip(project).succeeded()
    assert any(good in path.name for path in ranged.target.glob("*.dist-info"))
    PythonProject(tmp_path / "pip", index).pip(f"{project}=={bad}").failed_saying(sentence(project, bad))
    PythonProject(tmp_path / "uv", index).uv(f"{project}=={bad}").failed_saying(sentence(project, bad))


def test_python_lockfiles_fail_with_our_sentence(scene, deploy, tmp_path):
    server, _, python, _, (project, bad, good) = scene
    # What was locked before the record was there: at a deployment that knows no advisories.
    before = deploy("before", pypi=python.simple_url).start()
    locked = PythonProject(tmp_path / "uv", before.url + "/simple/").uv_project(f"{project}=={bad}")
    lock = locked.folder / "uv.lock"
    lock.write_text(lock.read_text().replace(before.url, server.url))
    ran = locked.uv_command("sync", "--frozen", "--default-index", server.url + "/simple/")
    ran.failed_saying("403", sentence(project, bad))
    (wanted,) = [file for file in python.files if file.version == bad]
    (locked.folder / "requirements.txt").write_text(f"{project}=={bad} --hash=sha256:{wanted.sha256}\n")
    hashed = PythonProject(tmp_path / "pip", server.url + "/simple/")
    hashed.pip("--require-hashes", "-r", str(locked.folder / "requirements.txt")).failed_saying(sentence(project, bad))
    assert not list(hashed.target.glob("*.dist-info"))


def test_every_route_is_403_and_never_404(scene):
    server, npm, python, (name, bad, _), (project, bad_python, _) = scene
    before = dict(npm.requests), dict(python.requests)
    targets = [f"/{name}/{bad}", f"/{name}/-/{name}-{bad}.tgz"]
    page = server.get(f"/simple/{project}/", {"Accept": "application/vnd.pypi.simple.v1+json"}).json()
    files = [file for file in page["files"] if f"-{bad_python}-" in file["filename"]]
    assert files and all("known malicious" in file["yanked"] for file in files)
    assert all(not file.get("core-metadata") for file in files)
    targets += [file["url"].removeprefix(server.url) for file in files]
    targets += [file["url"].removeprefix(server.url) + ".metadata" for file in files]
    for target in targets:
        answer = server.get(target)
        assert answer.status == 403, (target, answer.status, answer.reason)
        assert answer.json()["code"] == "BLOCKED_MALICIOUS"
        assert list(answer.json())[0] == "error"
        assert len(answer.reason) <= 160 and answer.reason.isascii()
        assert len(answer.body) < 1024
        why = answer.json()["why"].removeprefix(server.url)
        assert server.get(why).status == 200
    assert not any("/-/" in path for path in npm.requests - __import__("collections").Counter(before[0]))
    assert not any(path.endswith(".whl") for path in python.requests - __import__("collections").Counter(before[1]))


def test_tampered_bytes_are_never_served(deploy, npm_upstream, python_upstream):
    good = npm_package("tampered-fixture", "1.0.0")
    npm = npm_upstream([good])
    npm.tampered.add(good.filename)
    python_file = wheel("tampered-fixture", "1.0.0")
    python = python_upstream([python_file])
    python.tampered.add(python_file.filename)
    server = deploy(npm=npm.url, pypi=python.simple_url).start()
    page = server.get("/simple/tampered-fixture/", {"Accept": "application/vnd.pypi.simple.v1+json"}).json()
    for target in (
        "/tampered-fixture/-/tampered-fixture-1.0.0.tgz",
        page["files"][0]["url"].removeprefix(server.url),
    ):
        for _ in range(2):
            answer = server.get(target)
            assert answer.status == 403, answer.reason
            assert answer.json()["code"] == "BLOCKED_TAMPERED"
            assert good.tarball[:16] not in answer.body and python_file.content[:16] not in answer.body
