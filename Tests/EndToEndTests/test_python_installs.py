"""pip and uv install real projects from the real Python index through the gateway."""

import pytest

from support.clients import PythonProject


@pytest.fixture
def server(deploy, python_index_url):
    return deploy(pypi=python_index_url, screening="{ cooldown: 0s }", workers=2).start()


def subjects(server):
    found = {}
    for entry in server.statements():
        found.setdefault(entry["sha512"], set()).add(entry["analyzer"])
    return found


def test_pip_installs_with_dependencies_and_every_artifact_is_judged_in_the_log(server, tmp_path):
    project = PythonProject(tmp_path / "pip", server.url + "/simple/")
    ran = project.pip("requests").succeeded()
    assert "Successfully installed" in ran.output
    for module in ("requests", "urllib3", "certifi", "idna"):
        assert (project.target / module).is_dir()
    judged = subjects(server)
    assert len(judged) >= 5
    assert all({"advisory", "static"} <= analyzers for analyzers in judged.values()), judged
    verified = server.run("log", "verify").stdout
    assert "root matches" in verified


def test_second_install_is_served_from_the_store_and_uv_needs_no_new_analysis(server, tmp_path):
    PythonProject(tmp_path / "first", server.url + "/simple/").pip("six==1.16.0").succeeded()
    size = server.head_of_log()
    stored = sorted((server.folder / "cache" / "artifacts").rglob("*"))
    PythonProject(tmp_path / "second", server.url + "/simple/").pip("six==1.16.0").succeeded()
    PythonProject(tmp_path / "third", server.url + "/simple/").uv("six==1.16.0").succeeded()
    assert server.head_of_log() == size
    assert sorted((server.folder / "cache" / "artifacts").rglob("*")) == stored


def test_uv_installs_with_dependencies(server, tmp_path):
    project = PythonProject(tmp_path / "uv", server.url + "/simple/")
    project.uv("requests", "attrs").succeeded()
    assert (project.target / "requests").is_dir() and (project.target / "attr").is_dir()
    assert all({"advisory", "static"} <= analyzers for analyzers in subjects(server).values())


def test_it_works_loudly_where_the_advisory_source_cannot_be_reached(deploy, python_index_url, tmp_path):
    server = deploy(
        pypi=python_index_url,
        screening="{ cooldown: 0s }",
        advisories='{ sources: { pypi: "http://127.0.0.1:9/PyPI/all.zip" } }',
    ).start()
    PythonProject(tmp_path / "pip", server.url + "/simple/").pip("six==1.16.0").succeeded()
    status = server.run_json("status", expect=None) if False else server.run("status", expect=None)
    assert "advisor" in status.stdout.lower()
    assert "never" in status.stdout.lower() or "not loaded" in status.stdout.lower()
    ready = server.get("/-/readyz").json()
    assert ready["advisories"] == "degraded" or "degraded" in str(ready)
    advisory = [entry for entry in server.statements() if entry["analyzer"] == "advisory"]
    assert advisory and all("ADV-NODATA" in entry["rules"] for entry in advisory)
