"""The real clients, each with a home and cache of its own so that nothing is remembered between tests."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path

TIMEOUT_SECONDS = 240


@dataclasses.dataclass
class Ran:
    code: int
    output: str

    def succeeded(self) -> "Ran":
        assert self.code == 0, f"the client failed with {self.code}:\n{self.output}"
        return self

    def failed_saying(self, *sentences: str) -> "Ran":
        assert self.code != 0, f"the client should have failed:\n{self.output}"
        flat = " ".join(self.output.split())
        for sentence in sentences:
            assert sentence in flat, f"the client does not print {sentence!r}:\n{self.output}"
        return self


def run_client(arguments: list[str], folder: Path, environment: dict[str, str]) -> Ran:
    done = subprocess.run(
        arguments,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_SECONDS,
        errors="replace",
    )
    return Ran(done.returncode, done.stdout)


class NodeProject:
    """A folder with a package.json, and the three npm clients pointed at `registry`."""

    def __init__(self, folder: Path, registry: str, dependencies: dict[str, str]) -> None:
        import json

        self.folder = folder
        self.registry = registry.rstrip("/") + "/"
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(
            json.dumps({"name": "consumer", "version": "1.0.0", "private": True, "dependencies": dependencies})
        )
        keep = {k: v for k, v in os.environ.items() if not k.lower().startswith(("npm_config_", "yarn_"))}
        self.environment = {**keep, "HOME": str(folder / "home"), "NO_COLOR": "1", "CI": "", "NO_UPDATE_NOTIFIER": "1"}
        (folder / "home").mkdir()

    def npm(self, *arguments: str) -> Ran:
        options = ["--registry", self.registry, "--cache", str(self.folder / "npm-cache"), "--no-fund", "--no-progress"]
        return run_client(["npm", *arguments, *options], self.folder, self.environment)

    def yarn(self, *arguments: str) -> Ran:
        options = ["--registry", self.registry, "--cache-folder", str(self.folder / "yarn-cache"), "--no-progress"]
        options += ["--non-interactive", "--network-timeout", "120000"]
        # Debian's yarnpkg finds its modules where Debian's own node looks; another node has to be told.
        environment = {**self.environment, "NODE_PATH": "/usr/share/nodejs"}
        return run_client(["yarnpkg", *arguments, *options], self.folder, environment)

    def bun(self, *arguments: str) -> Ran:
        binary = Path(sys.executable).with_name("bun")
        environment = {
            **self.environment,
            "BUN_INSTALL_CACHE_DIR": str(self.folder / "bun-cache"),
            "BUN_CONFIG_REGISTRY": self.registry,
            "npm_config_registry": self.registry,
        }
        return run_client([str(binary), *arguments], self.folder, environment)

    def installed(self) -> set[str]:
        """The packages under node_modules, nested ones included."""
        found = set()
        for manifest in (self.folder / "node_modules").rglob("package.json"):
            parts = manifest.parent.parts
            start = len(parts) - 1 - parts[::-1].index("node_modules")
            name = parts[start + 1 :]
            if len(name) == (2 if name and name[0].startswith("@") else 1):
                found.add("/".join(name))
        return found

    def forget(self) -> None:
        for name in ("node_modules", "npm-cache", "yarn-cache", "bun-cache"):
            shutil.rmtree(self.folder / name, ignore_errors=True)


class PythonProject:
    """A folder with a target directory, and pip and uv pointed at `index`."""

    def __init__(self, folder: Path, index: str) -> None:
        self.folder = folder
        self.index = index
        folder.mkdir(parents=True)
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_"))}
        self.environment = {**keep, "HOME": str(folder), "PIP_CONFIG_FILE": os.devnull, "NO_COLOR": "1"}
        self.target = folder / "site"

    def pip(self, *requirements: str) -> Ran:
        return self._pip("install", "--target", str(self.target), "--upgrade", *requirements)

    def pip_download(self, *requirements: str) -> Ran:
        return self._pip("download", "--no-deps", "-d", str(self.target), *requirements)

    def _pip(self, verb: str, *arguments: str) -> Ran:
        command = [sys.executable, "-m", "pip", verb, "--no-cache-dir", "--disable-pip-version-check", "--no-input"]
        return run_client([*command, "--index-url", self.index, *arguments], self.folder, self.environment)

    def uv(self, *requirements: str) -> Ran:
        binary = Path(sys.executable).with_name("uv")
        command = [str(binary), "pip", "install", "--no-cache", "--no-config", "--target", str(self.target)]
        command += ["--python", sys.executable, "--default-index", self.index]
        return run_client([*command, *requirements], self.folder, self.environment)

    def uv_project(self, *requirements: str) -> "PythonProject":
        """Makes the folder a project with these requirements, locked by uv at this index."""
        listed = ", ".join(f'"{requirement}"' for requirement in requirements)
        (self.folder / "pyproject.toml").write_text(
            f'[project]\nname = "consumer"\nversion = "1.0"\nrequires-python = ">=3.9"\ndependencies = [{listed}]\n'
        )
        self.uv_command("lock", "--default-index", self.index).succeeded()
        return self

    def uv_command(self, *arguments: str) -> Ran:
        binary = Path(sys.executable).with_name("uv")
        environment = {**self.environment, "UV_CACHE_DIR": str(self.folder / "uv-cache"), "UV_PYTHON_DOWNLOADS": "never"}
        command = [str(binary), *arguments, "--no-config", "--python-preference", "only-system"]
        return run_client(command, self.folder, environment)

    def pip_audit(self, service: str, *requirements: str, options: tuple[str, ...] = ()) -> Ran:
        """Audits pinned requirements by the OSV API at `service`, without installing or resolving anything."""
        (self.folder / "requirements.txt").write_text("".join(f"{requirement}\n" for requirement in requirements))
        command = [str(Path(sys.executable).with_name("pip-audit")), "-s", "osv", "--osv-url", service, "--no-deps"]
        command += ["--disable-pip", "-r", "requirements.txt", "--progress-spinner", "off", *options]
        command += ["--cache-dir", str(self.folder / "pip-audit-cache")]
        return run_client(command, self.folder, self.environment)
