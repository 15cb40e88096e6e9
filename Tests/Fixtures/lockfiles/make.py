"""Makes the lockfiles in this folder again with the real tools, against fixture registries on loopback.

    PATH=<tools>:$PATH python Tests/Fixtures/lockfiles/make.py

Tools that are not on the path are left out and their files stay as they are; README.md says which files were written by
hand. Addresses of the fixture registries are replaced by names that are
reserved for examples.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "EndToEndTests"))

from support.packages import npm_package, wheel  # noqa: E402
from support.upstream import NpmUpstream, PythonUpstream  # noqa: E402

NPM = [
    npm_package("inner", "1.0.0"),
    npm_package("@acme/shared", "1.0.0"),
    npm_package("@acme/shared", "1.2.0"),
    npm_package("left", "1.0.0", dependencies={"@acme/shared": "^1.0.0", "inner": "^1.0.0"}),
    npm_package("inner", "2.0.0"),
    npm_package("devtool", "0.1.0-beta.1"),
    npm_package("optional-bit", "3.0.0+build.5"),
]
PYTHON = [
    wheel("alpha", "1.0", requires=["beta>=1", 'gamma-pkg; extra == "more"']),
    wheel("beta", "1.5"),
    wheel("gamma-pkg", "2.0.post1"),
    wheel("devtool", "0.3rc1"),
]
PROJECT = {
    "name": "consumer",
    "version": "1.0.0",
    "private": True,
    "workspaces": ["packages/*"],
    "dependencies": {"left": "^1.0.0", "inner": "^2.0.0", "renamed": "npm:inner@1.0.0", "local": "file:./local"},
    "devDependencies": {"devtool": "0.1.0-beta.1"},
    "optionalDependencies": {"optional-bit": "^3.0.0"},
}
PYPROJECT = """
[project]
name = "consumer"
version = "1.0.0"
requires-python = ">=3.9"
dependencies = ["alpha[more]==1.0", "beta"]

[dependency-groups]
dev = ["devtool==0.3rc1"]
"""


def npm_project(folder: Path) -> None:
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps(PROJECT, indent=2))
    for path, name in (("local", "local"), ("packages/member", "member")):
        (folder / path).mkdir(parents=True)
        (folder / path / "package.json").write_text(json.dumps({"name": name, "version": "0.0.1"}))


def run(folder: Path, *command: str, **environment: str) -> bool:
    if shutil.which(command[0]) is None:
        print(f"{command[0]} is not here")
        return False
    keep = {k: v for k, v in os.environ.items() if not k.lower().startswith(("npm_config_", "pip_", "uv_", "yarn_"))}
    done = subprocess.run(
        command, cwd=folder, env={**keep, "HOME": str(folder), "PIP_CONFIG_FILE": os.devnull, **environment},
        capture_output=True, text=True,
    )
    if done.returncode:
        print(" ".join(command), done.stdout, done.stderr, sep="\n")
    return done.returncode == 0


def keep(source: Path, name: str, *bases: tuple[str, str]) -> None:
    text = source.read_text()
    for address, stand_in in bases:
        text = text.replace(address, stand_in)
    (HERE / name).write_text(text)
    print("made", name)


def main() -> None:
    npm, pypi = NpmUpstream(NPM), PythonUpstream(PYTHON, speaks_json=True)
    npm_base = (npm.url, "https://npm.example/")
    pypi_base = (pypi.url, "https://python.example/")
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for version in ("1", "2", "3"):
            folder = root / f"npm{version}"
            npm_project(folder)
            if run(folder, "npm", "install", "--package-lock-only", "--lockfile-version", version, "--no-audit",
                   "--registry", npm.url, "--cache", str(root / "cache")):
                keep(folder / "package-lock.json", f"package-lock-v{version}.json", npm_base)
        folder = root / "yarn"
        npm_project(folder)
        if run(folder, "yarnpkg", "install", "--registry", npm.url, "--non-interactive", NODE_PATH="/usr/share/nodejs",
               PATH=f"/usr/bin:{os.environ['PATH']}"):
            keep(folder / "yarn.lock", "yarn-classic.lock", npm_base)
        folder = root / "bun"
        npm_project(folder)
        if run(folder, "bun", "install", "--lockfile-only", BUN_CONFIG_REGISTRY=npm.url):
            keep(folder / "bun.lock", "bun.lock", npm_base)
        for tool, command, name in (
            ("uv", ("uv", "lock", "--no-config", "--default-index", pypi.simple_url, "--python", sys.executable), "uv.lock"),
            ("poetry", ("poetry", "lock"), "poetry.lock"),
            ("pdm", ("pdm", "lock"), "pdm.lock"),
        ):
            folder = root / tool
            folder.mkdir()
            text = PYPROJECT
            if tool == "poetry":
                text += f'\n[[tool.poetry.source]]\nname = "fixture"\nurl = "{pypi.simple_url}"\n'
            if tool == "pdm":
                text += f'\n[[tool.pdm.source]]\nname = "pypi"\nurl = "{pypi.simple_url}"\nverify_ssl = false\n'
            (folder / "pyproject.toml").write_text(text)
            if run(folder, *command):
                keep(folder / name, name, pypi_base)
        folder = root / "pipenv"
        folder.mkdir()
        (folder / "Pipfile").write_text(
            f'[[source]]\nurl = "{pypi.simple_url}"\nverify_ssl = false\nname = "fixture"\n\n'
            '[packages]\nalpha = {version = "==1.0", extras = ["more"]}\n\n[dev-packages]\ndevtool = "==0.3rc1"\n'
        )
        if run(folder, "pipenv", "lock", PIPENV_IGNORE_VIRTUALENVS="1"):
            keep(folder / "Pipfile.lock", "Pipfile.lock", pypi_base)
        folder = root / "compile"
        folder.mkdir()
        (folder / "requirements.in").write_text("alpha[more]==1.0\ndevtool==0.3rc1 ; python_version >= '3'\n")
        if run(folder, "pip-compile", "--generate-hashes", "--index-url", pypi.simple_url, "--output-file",
               "requirements.txt", "requirements.in"):
            keep(folder / "requirements.txt", "requirements.txt", pypi_base)
    npm.stop()
    pypi.stop()


if __name__ == "__main__":
    main()
