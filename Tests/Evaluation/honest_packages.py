"""Brings honest packages that everybody uses: Python projects by pip's own downloader, npm packages from Debian.

Nothing is installed, built or run: files of the Python index are only stored, and Debian's node-* packages are unpacked
trees already, which are put into tarballs as a registry would serve them.
"""

import gzip
import io
import json
import pathlib
import tarfile

from pip._internal.commands.download import DownloadCommand

HERE = pathlib.Path(__file__).parent
DEBIAN_NODE = pathlib.Path("/usr/share/nodejs")


def python_artifacts(folder, listing=HERE / "python-projects.txt"):
    """The files named in the listing (`project==version file`), downloaded where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [line.split() for line in listing.read_text().splitlines() if line and not line.startswith("#")]
    missing = [(project, name) for project, name in wanted if not (folder / name).exists()]
    if missing:
        _download(folder, missing)
    return [folder / name for _, name in wanted if (folder / name).exists()]


def _download(folder, missing):
    command = DownloadCommand("download", "")
    options, _ = command.parse_args(["all"])
    with command.main_context():
        # The index and its certificates are those that pip is configured with.
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session)
        for project, name in missing:
            candidates = finder.find_all_candidates(project.split("==")[0])
            links = [candidate.link for candidate in candidates if candidate.link.filename == name]
            if not links:
                print(f"the index no longer has {name}", flush=True)
                continue
            answer = session.get(links[0].url_without_fragment)
            answer.raise_for_status()
            partial = folder / f"{name}.part"
            partial.write_bytes(answer.content)
            partial.rename(folder / name)


def node_artifacts(folder, source=DEBIAN_NODE):
    """A tarball of every package below Debian's folder of Node modules, made anew when its version changed."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for manifest in sorted(source.glob("*/package.json")) + sorted(source.glob("@*/*/package.json")):
        try:
            about = json.loads(manifest.read_text())
            name, version = about["name"], about["version"]
        except (OSError, ValueError, KeyError):
            continue
        path = folder / f"{name.replace('@', '').replace('/', '-')}-{version}.tgz"
        if not path.exists():
            _pack(manifest.parent, path)
        found.append(path)
    return sorted(set(found))


def _pack(tree, path):
    """The regular files of a tree below `package/`, as npm packs them; links are followed inside the tree only."""
    root = tree.resolve()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for file in sorted(tree.rglob("*")):
            relative = file.relative_to(tree)
            if "node_modules" in relative.parts or not file.is_file() or root not in file.resolve().parents:
                continue
            member = tarfile.TarInfo(f"package/{relative}")
            content = file.read_bytes()
            member.size = len(content)
            member.mode = 0o644
            tar.addfile(member, io.BytesIO(content))
    path.write_bytes(gzip.compress(buffer.getvalue(), 6, mtime=0))
