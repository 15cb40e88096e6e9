"""Fixtures of the end-to-end tests: deployments of the real binary and upstreams that stop with the test."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from support.server import BINARY, JuratServer
from support.upstream import NpmUpstream, PythonUpstream


def pytest_configure(config) -> None:
    if not BINARY.exists():
        pytest.exit(f"{BINARY} does not exist: run `make build` first", returncode=2)


@pytest.fixture
def deploy(tmp_path):
    """Makes deployments; each is stopped gracefully (exit code 0) when the test ends."""
    made: list[JuratServer] = []

    def make(name: str = "jurat", **options) -> JuratServer:
        server = JuratServer(tmp_path / name, **options)
        made.append(server)
        return server

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def npm_upstream():
    made: list[NpmUpstream] = []

    def make(versions) -> NpmUpstream:
        made.append(NpmUpstream(versions))
        return made[-1]

    yield make
    for upstream in made:
        upstream.stop()


@pytest.fixture
def python_upstream():
    made: list[PythonUpstream] = []

    def make(files, **options) -> PythonUpstream:
        made.append(PythonUpstream(files, **options))
        return made[-1]

    yield make
    for upstream in made:
        upstream.stop()


@pytest.fixture(scope="session")
def python_index_url() -> str:
    """The Python index that pip on this machine uses, asked from pip itself."""
    configured = os.environ.get("PIP_INDEX_URL")
    if configured:
        return configured
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True
    )
    if asked.returncode == 0 and asked.stdout.strip():
        return asked.stdout.strip()
    code = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
