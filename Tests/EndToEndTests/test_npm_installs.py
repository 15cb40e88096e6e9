"""npm, yarn classic and bun install a tree of real packages through the gateway; lockfile installs too."""

import pytest

from support.clients import NodeProject
from support.packages import npm_tree

ROOTS = ["deep-equal", "request"]


@pytest.fixture(scope="module")
def tree():
    packages = npm_tree(ROOTS)
    assert len(packages) >= 30, "Debian's node-deep-equal and node-request bring at least 30 packages"
    return packages


@pytest.fixture
def registry(deploy, npm_upstream, tree):
    upstream = npm_upstream(tree)
    server = deploy(npm=upstream.url, workers=2).start()
    return upstream, server


def project_for(server, tree, folder):
    versions = {package.name: package.version for package in tree}
    return NodeProject(folder, server.url, {name: versions[name] for name in ROOTS})


def test_npm_installs_the_tree_and_repeats_it_from_the_lockfile(registry, tree, tmp_path):
    upstream, server = registry
    project = project_for(server, tree, tmp_path / "npm")
    project.npm("install").succeeded()
    assert project.installed() == {package.name for package in tree}
    fetched = {path: count for path, count in upstream.requests.items() if "/-/" in path}
    assert len(fetched) == len(tree) and set(fetched.values()) == {1}
    project.forget()
    project.npm("ci").succeeded()
    assert project.installed() == {package.name for package in tree}
    assert {path: count for path, count in upstream.requests.items() if "/-/" in path} == fetched
    judged = {}
    for entry in server.statements():
        judged.setdefault(entry["purl"], set()).add(entry["analyzer"])
    assert len(judged) == len(tree)
    assert all({"advisory", "static"} <= analyzers for analyzers in judged.values())
    assert "root matches" in server.run("log", "verify").stdout


def test_yarn_classic_installs_the_tree(registry, tree, tmp_path):
    _, server = registry
    project = project_for(server, tree, tmp_path / "yarn")
    project.yarn("install").succeeded()
    assert project.installed() == {package.name for package in tree}
    project.forget()
    project.yarn("install", "--frozen-lockfile").succeeded()
    assert project.installed() == {package.name for package in tree}


def test_bun_installs_the_tree(registry, tree, tmp_path):
    _, server = registry
    project = project_for(server, tree, tmp_path / "bun")
    project.bun("install").succeeded()
    assert project.installed() == {package.name for package in tree}
    project.forget()
    project.bun("install", "--frozen-lockfile").succeeded()
    assert project.installed() == {package.name for package in tree}
