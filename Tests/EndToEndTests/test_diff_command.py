"""`jurat diff`, `jurat scan --against` and the page behind a hold: what a release has otherwise than the one before it."""

import base64
import hashlib
import html.parser
import io
import json
import os
import pty
import re
import shutil
import subprocess
import tarfile
import urllib.parse
from pathlib import Path

import pytest
from support.packages import PythonFile, npm_package, tar_gz, wheel
from support.server import BINARY, wait_until

OLD = "exports.one = 1;\nexports.two = 2;\nexports.three = 3;\n"
NEW = "exports.one = 1;\nexports.two = fetch('https://collector.elsewhere.example/v1');\nexports.three = 3;\n"
SCRIPT = dict(scripts={"postinstall": "node index.js"})
HOSTILE = "\x1b[2J\x1b]0;owned\x07‮<script>alert(1)</script>"
ESCAPE = "\x1b"


def diff(*arguments, expect: int | None = 0, **options) -> subprocess.CompletedProcess:
    done = subprocess.run([str(BINARY), "diff", *map(str, arguments)], capture_output=True, text=True, timeout=300, **options)
    if expect is not None:
        assert done.returncode == expect, f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert ESCAPE not in done.stdout + done.stderr, "nothing for terminals without one"
    return done


def on_terminal(*arguments, environment: dict[str, str]) -> str:
    """What a command writes to a terminal."""
    leader, follower = pty.openpty()
    keep = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    process = subprocess.Popen(
        [str(BINARY), *map(str, arguments)], stdout=follower, stderr=subprocess.DEVNULL, env={**keep, **environment}
    )
    os.close(follower)
    output = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        output += piece
    os.close(leader)
    assert process.wait(timeout=60) == 0
    return output.decode().replace("\r\n", "\n")


@pytest.fixture
def pair(tmp_path) -> tuple[Path, Path]:
    """Two releases: a line of code, an install script and a file are new."""
    files = []
    for version, code, more in (("1.0.0", OLD, {}), ("1.0.1", NEW, SCRIPT)):
        extra = {"lib/more.js": "exports.more = 1;\n"} if more else {}
        package = npm_package("box", version, files={"index.js": code, **extra}, **more)
        path = tmp_path / package.filename
        path.write_bytes(package.tarball)
        files.append(path)
    return files[0], files[1]


def integrity(path: Path) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def test_two_files_are_compared_without_a_server(pair, tmp_path):
    text = diff(*pair, cwd=tmp_path / "..").stdout
    lines = text.splitlines()
    assert lines[0] == f"# {pair[1]} against {pair[0]}"
    assert any(line.startswith("# can now: network") for line in lines), text
    assert any(line.startswith("# suspicious D-") for line in lines), text
    assert "# package.json: scripts.postinstall added: node index.js" in lines
    start = lines.index("diff index.js")
    assert lines[start : start + 8] == [
        "diff index.js", "--- a/index.js", "+++ b/index.js", "@@ -1,3 +1,3 @@", " exports.one = 1;",
        "-exports.two = 2;", "+exports.two = fetch('https://collector.elsewhere.example/v1');", " exports.three = 3;",
    ]  # fmt: skip
    stat = diff("--stat", *pair).stdout.splitlines()
    assert " index.js | +1 −1" in stat and " lib/more.js | +1 −0" in stat
    assert re.fullmatch(r" 3 files changed, 0 removed, \d+ lines added, \d+ removed, 2 new lines of code, \d+ new bytes", stat[-1])
    same = diff(pair[0], pair[0]).stdout.splitlines()
    assert same[1] == "# nothing differs"


def test_the_text_is_fit_for_patch(pair, tmp_path):
    if not shutil.which("patch"):
        pytest.skip("patch is not installed")
    for path, name in zip(pair, ("old", "new")):
        with tarfile.open(path) as archive:
            archive.extractall(tmp_path / name, filter="data")
    text = diff(*pair).stdout
    done = subprocess.run(["patch", "-p1", "-s", "-d", tmp_path / "old" / "package"], input=text, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for path in (tmp_path / "new" / "package").rglob("*"):
        if path.is_file():
            assert (tmp_path / "old" / "package" / path.relative_to(tmp_path / "new" / "package")).read_bytes() == path.read_bytes()


def test_json_is_stable_and_one_line_with_jsonl(pair):
    record = json.loads(diff("-o", "json", *pair).stdout)
    assert json.loads(diff("-o", "jsonl", *pair).stdout) == record
    assert diff("-o", "jsonl", *pair).stdout.count("\n") == 1
    assert list(record) == ["base", "new", "choice", "difference", "findings", "escalation"]
    for side, path in (("base", pair[0]), ("new", pair[1])):
        assert record[side] == {"purl": None, "input": str(path), "filename": path.name, "integrity": integrity(path)}
    difference = record["difference"]
    assert set(difference) == {"base", "came", "files", "isCut", "manifests", "new", "sums", "went"}
    assert difference["base"] == {"files": 2, "isComplete": True}
    assert [file["path"] for file in difference["files"]] == ["index.js", "lib/more.js", "package.json"]
    changed = difference["files"][0]
    assert changed["kind"] == "changed" and changed["edits"] == [[2, 1, 2, 1]] and "hunks" not in changed
    assert changed["new"]["sha256"] == hashlib.sha256(NEW.encode()).hexdigest()
    assert [(member["member"], member["kind"]) for member in difference["manifests"]] == [("scripts.postinstall", "added")]
    assert "network" in [ability["word"] for ability in difference["came"]] and difference["went"] == []
    assert "D-INSTALL" in [finding["rule"] for finding in record["findings"]]
    assert "ESC-SCRIPTS" in record["escalation"]


def test_colours_are_for_terminals_that_want_them(pair):
    coloured = on_terminal("diff", *pair, environment={"TERM": "xterm"})
    assert "\x1b[31m-exports.two = 2;\x1b[0m" in coloured and "\x1b[32m+exports.two" in coloured
    plain = on_terminal("diff", *pair, environment={"TERM": "xterm", "NO_COLOR": "1"})
    assert plain == diff(*pair).stdout
    assert re.sub(r"\x1b\[[0-9]+m", "", coloured) == plain


def test_hostile_names_and_texts_do_nothing_to_a_terminal(tmp_path):
    members = {"index.js": HOSTILE + "\n", f"lib/{HOSTILE.replace('/', '_')}.js": "1\n", "long.js": "x" * 100_000 + "\n"}
    files = []
    for version, contents in (("1.0.0", {"index.js": "1\n", "long.js": "y\n"}), ("1.0.1", members)):
        package = npm_package("box", version, files=contents)
        files.append(tmp_path / package.filename)
        files[-1].write_bytes(package.tarball)
    for arguments in ([], ["--stat"], ["-o", "json"]):
        output = diff(*arguments, *files).stdout
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f‪-‮]", output)
        if arguments != ["-o", "json"]:
            assert r"\x1b]0;owned\x07\u202e<script>" in output or arguments == ["--stat"]
    assert max(len(line) for line in diff(*files).stdout.splitlines()) < 3000
    shown = on_terminal("diff", *files, environment={"TERM": "xterm"})
    assert not re.search("\x1b(?!\\[[0-9]+m)", shown)


def test_folders_are_compared_like_what_is_packed_from_them(pair, tmp_path):
    with tarfile.open(pair[1]) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    text = diff(pair[0], tmp_path / "unpacked" / "package").stdout
    assert "# package.json: scripts.postinstall added: node index.js" in text and "+++ b/lib/more.js" in text


def test_wrong_usage_is_said(pair, tmp_path):
    (tmp_path / "empty").mkdir()
    purl = "pkg:npm/box@1.0.0"
    for arguments, code, words in [
        ([], 2, "needs PURL-OR-OLDER"),
        ([pair[0]], 2, "name the newer one after it"),
        ([tmp_path / "no.tgz", pair[0]], 5, "is not there"),
        ([tmp_path / "empty", pair[0]], 5, "no unpacked package"),
        (["box@1.0.0"], 2, "did you mean pkg:npm/box@1.0.0"),
        (["box"], 2, "neither a purl"),
        ([purl, purl], 2, "--against"),
        (["pkg:npm"], 2, "pkg:npm"),
        ([*pair, "-o", "jso"], 2, "did you mean json"),
        ([*pair, "--stats"], 2, "did you mean --stat"),
        ([*pair, "--stat", "-o", "json"], 2, "form of the text"),
        ([*pair, "--against", "1.0.0"], 2, "goes with a purl"),
        ([*pair, "--fetch"], 2, "goes with a purl"),
        ([purl, "--ecosystem", "npm"], 2, "goes with files"),
        ([*pair, pair[0]], 2, "does not take"),
        ([purl], 6, "jurat.yaml"),
    ]:
        done = diff(*arguments, expect=code, cwd=tmp_path)
        assert words in done.stderr and done.stdout == "", (arguments, done.stderr)
    assert "example: jurat diff pkg:npm/" in " ".join(diff("--help").stdout.lower().split())


def test_half_an_archive_is_said_to_be_half(pair, tmp_path):
    half = tmp_path / "half.tgz"
    half.write_bytes(pair[1].read_bytes()[: pair[1].stat().st_size // 2])
    text = diff(pair[0], half).stdout
    assert "# the new artifact could not be read as a whole" in text
    record = json.loads(diff(pair[0], half, "-o", "json").stdout)
    assert record["difference"]["new"]["isComplete"] is False and "ESC-BASE" in record["escalation"]


# With a server.


def release(version: str, code: str = OLD, **more):
    return npm_package("box", version, files={"index.js": code}, **more)


def fetch(server, package) -> int:
    return server.get(f"/{package.name}/-/{package.filename}").status


def verdict(server, purl: str) -> dict | None:
    why = server.run_json("why", purl, expect=None)
    said = [row for row in why.get("statements", []) if row["analyzer"] == "diff"]
    return said[-1] if said else None


def judged(server, package) -> dict:
    fetch(server, package)
    purl = f"pkg:npm/{package.name}@{package.version}"
    return wait_until(lambda: verdict(server, purl), f"a verdict about the difference of {purl}")


class Outline(html.parser.HTMLParser):
    """The texts and tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attributes), attributes

    def handle_data(self, data) -> None:
        self.text += data


def test_a_release_is_compared_with_what_its_verdict_stands_on(deploy, npm_upstream):
    versions = [release("1.0.0"), release("1.0.1", OLD + "exports.four = 4;\n"), release("1.0.2", OLD + "exports.five = 5;\n")]
    server = deploy(npm=npm_upstream(versions).url, screening="{ cooldown: 0s }").start()
    absent = server.run("diff", "pkg:npm/box@1.0.1", expect=5)
    assert "is not in the cache" in absent.stderr and "--fetch" in absent.stderr
    for package in versions:
        judged(server, package)
    text = server.run("diff", "pkg:npm/box@1.0.2").stdout
    assert text.startswith("# pkg:npm/box@1.0.2 against pkg:npm/box@1.0.1, which its verdict was compared with\n")
    assert "-exports.four = 4;" in text and "+exports.five = 5;" in text
    other = server.run("diff", "pkg:npm/box@1.0.2", "--against", "1.0.0", "--stat").stdout
    assert other.startswith("# pkg:npm/box@1.0.2 against pkg:npm/box@1.0.0\n") and " index.js | +1 −0" in other
    record = server.run_json("diff", "pkg:npm/box@1.0.2")
    assert record["choice"] == "chain" and record["base"]["purl"] == "pkg:npm/box@1.0.1"
    assert record["new"]["integrity"] == versions[2].integrity
    for arguments, code, words in [
        (["pkg:npm/box@1.0.2", "--against", "7.7.7"], 5, "lists no box@7.7.7"),
        (["pkg:npm/box@1.0.2", "--against", "1.0.2"], 1, "the very version"),
        (["pkg:npm/box@1.0.2", "--file", "x.tgz"], 5, "it has box-1.0.2.tgz"),
        (["pkg:npm/box@1.0.0"], 5, "no older version"),
        (["pkg:npm/box@9.9.9"], 5, "9.9.9"),
        (["pkg:npm/box"], 1, "names no version"),
    ]:
        done = server.run("diff", *arguments, expect=code)
        assert words in done.stderr, (arguments, done.stderr)
    why = server.run("why", "pkg:npm/box@1.0.2").stdout
    assert re.search(r"compared with pkg:npm/box@1\.0\.1 \(log index \d+\) · 2 differences after the full review of", why), why
    assert "changed since pkg:npm/box@1.0.1: " in why and "index.js | +1 −1" in why
    assert "all of it: jurat diff pkg:npm/box@1.0.2" in why


def test_evicted_bytes_are_said_to_be_gone_and_are_fetched_when_asked(deploy, npm_upstream):
    versions = [release("1.0.0"), release("1.0.1", NEW)]
    upstream = npm_upstream(versions)
    server = deploy(npm=upstream.url, screening="{ cooldown: 0s }").start()
    for package in versions:
        judged(server, package)
    server.stop()
    base = hashlib.sha512(versions[0].tarball).hexdigest()
    [cached] = (server.folder / "cache").rglob(base)
    cached.unlink()
    server.restart()
    gone = server.run("diff", "pkg:npm/box@1.0.1", expect=5)
    assert "box@1.0.0, which its verdict was compared with, is no longer in the cache" in gone.stderr
    assert "+exports.two = fetch" in server.run("diff", "pkg:npm/box@1.0.1", "--fetch").stdout
    assert "+exports.two = fetch" in server.run("diff", "pkg:npm/box@1.0.1").stdout


def sdist(project: str, version: str, code: str) -> PythonFile:
    root = f"{project.replace('-', '_')}-{version}"
    metadata = f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n"
    members = [(f"{root}/PKG-INFO", metadata.encode(), 0o644), (f"{root}/plain_box.py", code.encode(), 0o644)]
    return PythonFile(project, version, f"{root}.tar.gz", tar_gz(members))


def test_python_releases_have_several_files(deploy, python_upstream):
    files = []
    for version, line in (("1.0", "A = 1\n"), ("1.1", "A = 2\n")):
        files += [sdist("plain-box", version, line), wheel("plain-box", version, files={"plain_box/a.py": line.encode()})]
        files.append(wheel("only-wheels", version, files={"only_wheels/a.py": line.encode()}))
        other = wheel("only-wheels", version, files={"only_wheels/b.py": line.encode()})
        name = other.filename.replace("py3-none-any", "cp311-cp311-linux_x86_64")
        files.append(PythonFile("only-wheels", version, name, other.content, other.metadata))
    server = deploy(pypi=python_upstream(files).simple_url, screening="{ cooldown: 0s }").start()
    text = server.run("diff", "pkg:pypi/plain-box@1.1", "--fetch").stdout
    assert text.startswith("# pkg:pypi/plain-box@1.1 (plain_box-1.1.tar.gz) against pkg:pypi/plain-box@1.0 (plain_box-1.0.tar.gz)")
    assert "--- a/plain_box.py" in text and "+A = 2" in text
    name = "plain_box-1.1-py3-none-any.whl"
    text = server.run("diff", "pkg:pypi/plain-box@1.1", "--fetch", "--file", name).stdout
    assert "plain_box-1.0-py3-none-any.whl" in text and "--- a/plain_box/a.py" in text and "dist-info" in text
    several = server.run("diff", "pkg:pypi/only-wheels@1.1", "--fetch", expect=1).stderr
    assert "has 2 files; name one of them with --file" in several and "cp311-cp311-linux_x86_64.whl" in several


def test_the_page_behind_a_hold_shows_the_difference_and_runs_nothing(deploy, npm_upstream):
    hostile = HOSTILE.replace("/", "_")
    files = {"index.js": NEW + f"// {HOSTILE}\n", f"{hostile}.js": "1\n", "long.md": "x" * 100_000 + "\n"}
    held = npm_package("box", "1.0.1", files=files, **SCRIPT)
    server = deploy(
        npm=npm_upstream([release("1.0.0"), held]).url,
        screening="{ cooldown: 0s, holdUntil: [advisory, static, diff], pendingMax: 60s }",
    ).start()
    judged(server, release("1.0.0"))
    # The static analysis alone may refuse it, a moment before the difference is judged.
    judged(server, held)
    refused = server.get(f"/box/-/{held.filename}")
    assert refused.status == 403
    answer = server.get("/-/" + refused.json()["why"].split("/-/", 1)[1])
    page = answer.body.decode()
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    outline = Outline(page)
    assert "script" not in outline.tags and {"details", "summary", "pre", "ins", "del"} <= set(outline.tags)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f‪-‮]", page)
    assert "Compared with box@1.0.0" in outline.text and "It was reviewed in full, because:" in outline.text
    assert "package.json: scripts.postinstall added: node index.js" in outline.text
    assert "+exports.two = fetch('https://collector.elsewhere.example/v1');" in outline.text
    assert r"\x1b]0;owned\x07\u202e<script>alert(1)" in outline.text
    assert "x" * 400 + "… (99600 more bytes)" in outline.text
    assert max(map(len, page.splitlines())) < 8000 and len(page) < 300_000
    assert "color-scheme" in page and "prefers-color-scheme:dark" in page and 'name="viewport"' in page
    package = server.get("/-/why?purl=pkg:npm/box@1.0.1", {"Accept": "text/html"}).body.decode()
    assert "/-/why/" in package


def scan(*arguments, expect: int = 0) -> str:
    done = subprocess.run([str(BINARY), "scan", *map(str, arguments)], capture_output=True, text=True, timeout=300)
    assert done.returncode == expect, f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + ("" if done.stdout else done.stderr)


def test_scan_judges_a_release_by_what_it_has_otherwise(pair, tmp_path):
    base, new = pair
    text = scan(new, "--against", base, expect=3)
    assert text.startswith(f"suspicious {new} (pkg:npm/box@1.0.1) against {base}\n") and "D-INSTALL" in text
    [record] = json.loads(scan(new, "--against", base, "-o", "json", expect=3))
    assert record["against"] == str(base) and [analyzer["id"] for analyzer in record["analyzers"]] == ["diff"]
    assert record["verdict"] == "suspicious" and "ESC-SCRIPTS" in [finding["rule"] for finding in record["findings"]]
    assert json.loads(scan(new, "--against", base, "-o", "jsonl", expect=3)) == record
    assert "D-INSTALL" in scan(new, "--against", base, "-o", "csv", expect=3)
    [run] = json.loads(scan(new, "--against", base, "-o", "sarif", expect=3))["runs"]
    assert "D-INSTALL" in [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert "D-INSTALL" in [result["ruleId"] for result in run["results"]]
    # What the older one had already is not held against the newer one.
    worse = npm_package("box", "1.0.2", files={"index.js": NEW, "lib/more.js": "exports.more = 2;\n"}, **SCRIPT)
    later = tmp_path / worse.filename
    later.write_bytes(worse.tarball)
    assert scan(later, "--against", new).startswith(f"clean {later}")
    for arguments, code, words in [
        ([base, new, "--against", base], 2, "for one artifact"),
        ([new, "--against", tmp_path / "no.tgz"], 5, "is not there"),
        ([new, "--against", tmp_path], 2, "--against is one artifact"),
        ([new, "--against", base, "--rules", tmp_path], 5, "no rules"),
    ]:
        assert words in scan(*arguments, expect=code), arguments
