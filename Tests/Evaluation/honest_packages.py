"""Brings honest packages that everybody uses: Python projects by pip's own downloader, npm packages from Debian.

Without a network: wheels made again of what is installed here, beside the npm packages. Nothing is installed, built or
run: files of the Python index are only stored, and Debian's node-* packages are unpacked trees already, which are put
into tarballs as a registry would serve them.
"""

import gzip
import importlib.metadata
import io
import json
import pathlib
import sysconfig
import tarfile
import zipfile

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


def installed_wheels(folder, site=None, largest=20 << 20):
    """A wheel of every distribution that is installed beside this interpreter, as its RECORD lists its files.

    What installers add (compiled files, scripts elsewhere, their own notes) is left out of wheel and RECORD.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for distribution in importlib.metadata.distributions(path=[site or sysconfig.get_path("purelib")]):
        path = _pack_wheel(distribution, folder, largest)
        if path:
            found.append(path)
    return sorted(found)


INSTALLERS_OWN = {"INSTALLER", "REQUESTED", "direct_url.json"}


def _pack_wheel(distribution, folder, largest):
    record = distribution.read_text("RECORD")
    about = distribution.read_text("WHEEL")
    tags = [line.split(":", 1)[1].strip() for line in (about or "").splitlines() if line.startswith("Tag:")]
    if not record or not tags:
        return None
    lines, names = [], []
    for line, file in zip(record.splitlines(), distribution.files or [], strict=True):
        if ".." in file.parts or "__pycache__" in file.parts or file.name in INSTALLERS_OWN:
            continue
        lines.append(line)
        names.append(file)
    own = next(file.parts[0] for file in names if file.name == "WHEEL").removesuffix(".dist-info")
    if sum(file.locate().stat().st_size for file in names) > largest:
        return None
    path = folder / f"{own}-{tags[0]}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in names:
            entry = zipfile.ZipInfo(str(file), (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = ("\n".join(lines) + "\n").encode() if file.name == "RECORD" else file.locate().read_bytes()
            archive.writestr(entry, content)
    return path


def node_artifacts(folder, source=DEBIAN_NODE, step=1):
    """A tarball of every package (or every `step`th) below Debian's folder of Node modules."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    manifests = sorted(source.glob("*/package.json")) + sorted(source.glob("@*/*/package.json"))
    for manifest in manifests[::step]:
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
