"""Packages for the fixture registries: npm tarballs, wheels and sdists, packed without running anything of theirs."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

EPOCH = 1_600_000_000


@dataclasses.dataclass(frozen=True)
class NpmVersion:
    name: str
    version: str
    manifest: dict
    tarball: bytes
    published: str = "2020-01-02T03:04:05.000Z"

    @property
    def filename(self) -> str:
        return f"{self.name.split('/')[-1]}-{self.version}.tgz"

    @property
    def integrity(self) -> str:
        return "sha512-" + base64.b64encode(hashlib.sha512(self.tarball).digest()).decode()


def tar_gz(members: list[tuple[str, bytes, int]]) -> bytes:
    """A deterministic tar.gz of (path, content, mode)."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path, content, mode in members:
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode, entry.mtime = len(content), mode, EPOCH
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(raw.getvalue(), compresslevel=1, mtime=EPOCH)


def npm_package(
    name: str,
    version: str,
    *,
    files: dict[str, str] | None = None,
    published: str = "2020-01-02T03:04:05.000Z",
    **manifest,
) -> NpmVersion:
    """A small npm package written for a test."""
    body = {"name": name, "version": version, "main": "index.js", "license": "MIT", **manifest}
    contents = {"index.js": f"module.exports = {json.dumps(name + '@' + version)};\n", **(files or {})}
    members = [("package/package.json", json.dumps(body, indent=2).encode(), 0o644)]
    members += [(f"package/{path}", text.encode(), 0o644) for path, text in sorted(contents.items())]
    return NpmVersion(name, version, body, tar_gz(members), published)


def debian_node_trees() -> dict[str, Path]:
    """The npm packages that Debian's node-* packages unpacked on this machine, by name."""
    root = Path("/usr/share/nodejs")
    found: dict[str, Path] = {}
    for entry in sorted(root.iterdir()) if root.is_dir() else []:
        for folder in sorted(entry.iterdir()) if entry.name.startswith("@") else [entry]:
            manifest = folder / "package.json"
            if manifest.is_file() and not folder.is_symlink():
                data = json.loads(manifest.read_text("utf-8"))
                if data.get("name") == "/".join(folder.relative_to(root).parts) and data.get("version"):
                    found[data["name"]] = folder
    return found


def npm_tree(roots: list[str]) -> list[NpmVersion]:
    """Real packages: `roots` and everything they depend on, as Debian carries them.

    Debian relaxes version ranges, so each dependency is pinned to the version at hand, in the tarball's own manifest
    as in the listing; dependencies that Debian leaves out are dropped from both.
    """
    trees = debian_node_trees()
    versions = {name: json.loads((path / "package.json").read_text("utf-8"))["version"] for name, path in trees.items()}
    wanted, queue = set(), list(roots)
    packed = []
    while queue:
        name = queue.pop()
        if name in wanted:
            continue
        wanted.add(name)
        manifest = json.loads((trees[name] / "package.json").read_text("utf-8"))
        dependencies = {d: versions[d] for d in sorted(manifest.get("dependencies", {})) if d in versions}
        queue += list(dependencies)
        keep = {k: v for k, v in manifest.items() if k not in ("scripts", "devDependencies", "peerDependencies")}
        keep["dependencies"] = dependencies
        packed.append(NpmVersion(name, manifest["version"], keep, _pack_tree(trees[name], keep)))
    return sorted(packed, key=lambda package: package.name)


def _pack_tree(folder: Path, manifest: dict) -> bytes:
    members = [("package/package.json", json.dumps(manifest, indent=2).encode(), 0o644)]
    for path, directories, names in os.walk(folder):
        directories[:] = sorted(d for d in directories if d != "node_modules")
        for name in sorted(names):
            file = Path(path) / name
            relative = file.relative_to(folder)
            if str(relative) != "package.json" and file.is_file() and not file.is_symlink():
                members.append((f"package/{relative}", file.read_bytes(), 0o644))
    return tar_gz(members)


@dataclasses.dataclass(frozen=True)
class PythonFile:
    project: str
    version: str
    filename: str
    content: bytes
    metadata: bytes | None = None
    uploaded: str = "2020-01-02T03:04:05.000000Z"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def wheel(
    project: str,
    version: str,
    *,
    requires: list[str] | None = None,
    files: dict[str, bytes] | None = None,
    uploaded: str = "2020-01-02T03:04:05.000000Z",
) -> PythonFile:
    """A pure Python wheel with a correct RECORD."""
    module = project.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {requirement}\n" for requirement in requires or [])
    contents = {
        f"{module}/__init__.py": f"__version__ = {version!r}\n".encode(),
        **(files or {}),
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: fixture\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, content in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(content)}\n"
    contents[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in contents.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return PythonFile(project, version, f"{module}-{version}-py3-none-any.whl", raw.getvalue(), metadata.encode(), uploaded)


def sdist(
    project: str, version: str, *, files: dict[str, bytes] | None = None, uploaded: str = "2020-01-02T03:04:05.000000Z"
) -> PythonFile:
    """A source distribution that names its build backend and runs nothing of its own."""
    module = project.replace("-", "_")
    metadata = f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n".encode()
    build = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    contents = {
        "PKG-INFO": metadata,
        "pyproject.toml": f'{build}[project]\nname = "{project}"\nversion = "{version}"\n'.encode(),
        f"{module}/__init__.py": f"__version__ = {version!r}\n".encode(),
        **(files or {}),
    }
    packed = tar_gz([(f"{module}-{version}/{path}", content, 0o644) for path, content in sorted(contents.items())])
    return PythonFile(project, version, f"{module}-{version}.tar.gz", packed, None, uploaded)


def osv_bundle(records: list[dict]) -> bytes:
    """An advisory bundle in the public layout: a zip of one JSON file per record."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for record in records:
            archive.writestr(f"{record['id']}.json", json.dumps(record))
    return raw.getvalue()


def malicious_record(identifier: str, ecosystem: str, name: str, versions: list[str]) -> dict:
    """An OSV record that calls the listed versions malicious."""
    return {
        "schema_version": "1.5.0",
        "id": identifier,
        "modified": "2025-01-01T00:00:00Z",
        "published": "2025-01-01T00:00:00Z",
        "summary": f"Malicious code in {name}",
        "affected": [{"package": {"ecosystem": ecosystem, "name": name}, "versions": versions}],
    }
