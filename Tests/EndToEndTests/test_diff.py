"""Versions are judged by what changed since the last one that was verified: chains, their bases, their ends."""

import datetime
import hashlib
import json
import shutil
import urllib.parse

from support.clients import NodeProject, PythonProject
from support.packages import npm_package, sdist, wheel
from support.server import wait_until

NAME = "grows-slowly"
AT_ONCE = "{ cooldown: 0s }"
WAITING = "{ cooldown: 0s, holdUntil: [advisory, static, diff], pendingMax: 60s }"
REQUEST = """
const https = require('https');
module.exports = () => https.get('https://collect.grows-slowly.dev/v1');
"""


def release(version: str, **contents):
    """A version that differs from the others by a line or two."""
    return npm_package(NAME, version, **contents)


def file_of(package) -> str:
    return f"/{package.name}/-/{package.filename}"


def why(server, purl: str) -> dict:
    return json.loads(server.run("why", purl, "-o", "json", expect=None).stdout)


def verdict(server, purl: str) -> dict | None:
    """What the analyzer of differences last said of a version; None while it has said nothing."""
    said = [row for row in why(server, purl).get("statements", []) if row["analyzer"] == "diff"]
    return said[-1] if said else None


def judged(server, package) -> dict:
    """Has a version fetched, and waits until its difference was judged."""
    assert server.get(file_of(package)).status == 200, server.log()
    purl = f"pkg:npm/{package.name}@{package.version}"
    return wait_until(lambda: verdict(server, purl), f"a verdict about the difference of {purl}")


def fetch_python(server, item) -> None:
    """Fetches a Python file from where the index says that it is."""
    index = f"/simple/{item.project}/"
    page = server.get(index, {"Accept": "application/vnd.pypi.simple.v1+json"}).json()
    (listed,) = [file["url"] for file in page["files"] if file["filename"] == item.filename]
    assert server.get(urllib.parse.urlsplit(urllib.parse.urljoin(index, listed)).path).status == 200, server.log()


def rules(statement: dict) -> set[str]:
    return {finding["rule"] for finding in statement["findings"]}


def escalations(statement: dict) -> list[str]:
    return sorted(rule for rule in rules(statement) if rule.startswith("ESC-"))


def base(statement: dict) -> tuple[str, int] | None:
    """The version that a verdict was reached from and how far its full review is; None for a full review."""
    basis = statement["basis"]
    return None if basis["kind"] == "full" else (basis["base"].partition("@")[2], basis["depth"])


def verified(server) -> None:
    done = server.run("log", "verify")
    assert "root matches checkpoint" in done.stdout, done.stdout


def test_a_second_version_is_compared_with_the_first(deploy, npm_upstream, tmp_path):
    versions = [release("1.0.0"), release("1.0.1"), release("1.0.2")]
    server = deploy(npm=npm_upstream(versions).url, screening=AT_ONCE).start()
    NodeProject(tmp_path / "first", server.url, {NAME: "1.0.0"}).npm("install").succeeded()
    first = judged(server, versions[0])
    assert first["verdict"] == "clean" and base(first) is None and escalations(first) == ["ESC-BASE"]
    (reason,) = [finding for finding in first["findings"] if finding["rule"] == "ESC-BASE"]
    assert reason["severity"] == "info" and reason["evidence"]
    assert "ESC-BASE" in server.run("why", f"pkg:npm/{NAME}@1.0.0").stdout

    NodeProject(tmp_path / "second", server.url, {NAME: "1.0.1"}).npm("install").succeeded()
    second = judged(server, versions[1])
    assert second["verdict"] == "clean" and escalations(second) == []
    assert second["basis"] == {
        "kind": "diff",
        "base": f"pkg:npm/{NAME}@1.0.0",
        "baseSha512": why(server, f"pkg:npm/{NAME}@1.0.0")["subject"]["sha512"],
        "baseStatement": first["statement"],
        "baseLogIndex": first["logIndex"],
        "anchor": f"pkg:npm/{NAME}@1.0.0",
        "anchorStatement": first["statement"],
        "anchorLogIndex": first["logIndex"],
        "depth": 1,
    }
    text = server.run("why", f"pkg:npm/{NAME}@1.0.1").stdout
    assert f"compared with pkg:npm/{NAME}@1.0.0" in text

    third = judged(server, versions[2])
    assert base(third) == ("1.0.1", 2) and third["basis"]["anchorStatement"] == first["statement"]
    assert third["basis"]["baseStatement"] == second["statement"]
    assert f"full review of pkg:npm/{NAME}@1.0.0" in server.run("why", f"pkg:npm/{NAME}@1.0.2").stdout
    shown = server.run_json("verdict", "show", third["statement"])["payload"]["predicate"]["basis"]
    assert (shown["kind"], shown["depth"], shown["baseStatement"]) == ("diff", 2, second["statement"])
    verified(server)
    server.run("fsck")


def test_versions_that_arrive_in_any_order_find_their_bases(deploy, npm_upstream):
    order = ["1.0.0", "1.2.0", "1.1.0", "2.0.0", "1.2.1", "2.0.1", "3.0.0-rc.1", "3.0.0"]
    versions = {number: release(number) for number in order}
    server = deploy(npm=npm_upstream(list(versions.values())).url, screening=AT_ONCE).start()
    found = {number: base(judged(server, versions[number])) for number in order}
    assert found == {
        "1.0.0": None,
        "1.2.0": ("1.0.0", 1),
        "1.1.0": ("1.0.0", 1),
        "2.0.0": ("1.2.0", 2),
        "1.2.1": ("1.2.0", 2),
        "2.0.1": ("2.0.0", 3),
        "3.0.0-rc.1": ("2.0.1", 4),
        "3.0.0": ("3.0.0-rc.1", 5),
    }
    verified(server)


def test_a_new_install_script_has_the_version_reviewed_in_full(deploy, npm_upstream):
    script = {"scripts": {"postinstall": "node prepare.js"}, "files": {"prepare.js": "console.log('ready');\n"}}
    versions = [release("1.0.0"), release("1.0.1", **script)]
    server = deploy(npm=npm_upstream(versions).url, screening=AT_ONCE).start()
    judged(server, versions[0])
    found = judged(server, versions[1])
    assert base(found) is None and escalations(found) == ["ESC-SCRIPTS"] and "D-INSTALL" in rules(found)
    text = server.run("why", f"pkg:npm/{NAME}@1.0.1", expect=3).stdout
    assert "ESC-SCRIPTS" in text and "D-INSTALL" in text
    verified(server)


def test_a_patch_that_reaches_a_new_host_is_held_as_soon_as_that_is_known(deploy, npm_upstream, tmp_path):
    versions = [release("1.0.0"), release("1.0.1", files={"index.js": REQUEST})]
    server = deploy(npm=npm_upstream(versions).url, screening=AT_ONCE).start()
    judged(server, versions[0])
    # Nothing waits for this verdict, so the first client may be faster; the next one is not.
    found = judged(server, versions[1])
    assert found["verdict"] == "suspicious" and {"D-NEWHOST", "D-CAP"} <= rules(found)
    assert why(server, f"pkg:npm/{NAME}@1.0.1")["code"] == "HELD_REVIEW"
    project = NodeProject(tmp_path / "pinned", server.url, {NAME: "1.0.1"})
    project.npm("install").failed_saying("403", f"{NAME}@1.0.1", "D-NEWHOST")
    NodeProject(tmp_path / "range", server.url, {NAME: "^1.0.0"}).npm("install").succeeded()
    assert set(server.get(f"/{NAME}").json()["versions"]) == {"1.0.0"}
    # npm learned that from the listing; what an older lock file names is refused at the file.
    assert server.get(file_of(versions[1])).status == 403
    (held,) = server.run_json("holds", "list")
    assert "D-NEWHOST" in held["why"]
    server.run("holds", "allow", held["id"], "--reason", "the host is our own")
    NodeProject(tmp_path / "allowed", server.url, {NAME: "1.0.1"}).npm("install").succeeded()


def test_where_policy_waits_for_differences_nothing_is_served_before(deploy, npm_upstream, tmp_path):
    versions = [release("1.0.0"), release("1.0.1", files={"index.js": REQUEST}), release("1.0.2")]
    server = deploy(npm=npm_upstream(versions).url, screening=WAITING).start()
    NodeProject(tmp_path / "first", server.url, {NAME: "1.0.0"}).npm("install").succeeded()
    assert base(verdict(server, f"pkg:npm/{NAME}@1.0.0")) is None
    answer = server.get(file_of(versions[1]))
    assert answer.status == 403 and answer.json()["code"] == "HELD_REVIEW"
    assert any(row["analyzer"] == "diff" and row["verdict"] == "suspicious" for row in answer.json()["verdicts"])
    NodeProject(tmp_path / "pinned", server.url, {NAME: "1.0.1"}).npm("install").failed_saying("403", "D-NEWHOST")
    # What was not found clean is nobody's base.
    NodeProject(tmp_path / "after", server.url, {NAME: "1.0.2"}).npm("install").succeeded()
    assert base(verdict(server, f"pkg:npm/{NAME}@1.0.2")) == ("1.0.0", 1)
    verified(server)


def test_without_a_worker_what_waits_for_differences_stays_held(deploy, npm_upstream):
    package = release("1.0.0")
    screening = "{ cooldown: 0s, analyzers: [diff], holdUntil: [diff], pendingMax: 1s }"
    server = deploy(npm=npm_upstream([package]).url, screening=screening, workers=0).start()
    answer = server.get(file_of(package))
    assert answer.status == 403 and answer.json()["code"] == "HELD_PENDING"
    assert "diff" in why(server, f"pkg:npm/{NAME}@1.0.0")["sentence"]


def test_when_a_base_is_taken_back_everything_on_it_is_judged_again(deploy, npm_upstream):
    versions = [release("1.0.0"), release("1.0.1"), release("1.0.2")]
    server = deploy(npm=npm_upstream(versions).url, screening=WAITING).start()
    before = [judged(server, version) for version in versions]
    assert [base(found) for found in before] == [None, ("1.0.0", 1), ("1.0.1", 2)]
    # Statements have whole seconds: the same verdict within one second would be the very statement that was revoked.
    last = max(found["createdAt"] for found in before)
    wait_until(lambda: f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}" > last, "the next second")
    server.run("verdict", "revoke", before[0]["statement"], "--reason", "rule was wrong", "--verdict-key")

    def renewed():
        after = [verdict(server, f"pkg:npm/{NAME}@{version.version}") for version in versions]
        is_new = all(new and new["statement"] != old["statement"] for old, new in zip(before, after))
        return after if is_new else None

    after = wait_until(renewed, "all of the chain is judged again, without a request")
    assert all(found["verdict"] == "clean" for found in after)
    for version in versions:
        assert server.get(file_of(version)).status == 200
    # What stood on the revoked statement is information; a log that holds such is whole.
    verified(server)
    assert "takes it back" in server.run("verdict", "verify", before[0]["statement"], expect=4).stderr


def test_python_files_are_compared_with_their_own_kind(deploy, python_upstream, tmp_path):
    def files(version: str):
        return [wheel("grows-slowly", version), sdist("grows-slowly", version)]

    upstream = python_upstream(files("1.0") + files("1.1") + [sdist("grows-slowly", "1.2")])
    server = deploy(pypi=upstream.simple_url, screening=WAITING).start()
    index = f"{server.url}/simple/"
    for version in ("1.0", "1.1"):
        PythonProject(tmp_path / f"wheel-{version}", index).pip(f"grows-slowly=={version}").succeeded()
    for item in upstream.files:
        if item.filename.endswith(".tar.gz"):
            fetch_python(server, item)
    said = server.statements(analyzer="diff")
    found = {}
    for row in said:
        shown = server.run_json("verdict", "show", row["statement"])["payload"]
        basis = shown["predicate"]["basis"]
        found[row["purl"], shown["subject"][0]["digest"]["sha512"]] = basis
    assert len(found) == 5
    by_digest = {digest: purl for purl, digest in found}
    kinds = {item.filename: hashlib.sha512(item.content).hexdigest() for item in upstream.files}
    for filename, older in [
        ("grows_slowly-1.1-py3-none-any.whl", "grows_slowly-1.0-py3-none-any.whl"),
        ("grows_slowly-1.1.tar.gz", "grows_slowly-1.0.tar.gz"),
        ("grows_slowly-1.2.tar.gz", "grows_slowly-1.1.tar.gz"),
    ]:
        basis = found[by_digest[kinds[filename]], kinds[filename]]
        assert basis["kind"] == "diff" and basis["base"]["digest"]["sha512"] == kinds[older], filename
    verified(server)


def test_after_so_many_differences_a_version_is_reviewed_in_full(deploy, npm_upstream):
    versions = [release(f"1.0.{number}") for number in range(6)]
    screening = "{ cooldown: 0s, diff: { maxSteps: 2 } }"
    server = deploy(npm=npm_upstream(versions).url, screening=screening).start()
    found = [judged(server, version) for version in versions]
    assert [base(statement) for statement in found] == [
        None, ("1.0.0", 1), ("1.0.1", 2), None, ("1.0.3", 1), ("1.0.4", 2),
    ]  # fmt: skip
    assert escalations(found[3]) == ["ESC-CHAIN"]
    assert found[5]["basis"]["anchorStatement"] == found[3]["statement"]
    verified(server)


def test_each_registry_has_its_own_idea_of_large(deploy, npm_upstream, python_upstream):
    more = {f"lib/{number}.js": f"module.exports = {number};\n" for number in range(4)}
    versions = [release("1.0.0"), release("1.1.0", files=more)]
    wheels = [wheel(NAME, "1.0"), wheel(NAME, "1.1", files={f"grows_slowly/n{n}.py": b"x = 1\n" for n in range(4)})]
    python = python_upstream(wheels)
    server = deploy(npm=npm_upstream(versions).url, pypi=python.simple_url, screening=WAITING)
    settings = server.folder / "jurat.yaml"
    strict = "ecosystem: npm, screening: { diff: { maxChangedFiles: 3 } }, type"
    settings.write_text(settings.read_text().replace("ecosystem: npm, type", strict, 1))
    server.start()
    judged(server, versions[0])
    assert escalations(judged(server, versions[1])) == ["ESC-SIZE"]
    for item in wheels:
        fetch_python(server, item)
    found = verdict(server, f"pkg:pypi/{NAME}@1.1")
    assert base(found) == ("1.0", 1) and escalations(found) == []


def test_an_installation_that_begins_to_look_at_differences_asks_for_nothing_by_itself(deploy, npm_upstream):
    versions = [release("1.0.0"), release("1.0.1"), release("1.0.2")]
    screening = "{ cooldown: 0s, analyzers: [advisory, static] }"
    server = deploy(npm=npm_upstream(versions).url, screening=screening).start()
    assert server.get(file_of(versions[0])).status == 200
    server.stop()
    settings = server.folder / "jurat.yaml"
    settings.write_text(settings.read_text().replace(screening, AT_ONCE))
    server.start()
    assert server.get(file_of(versions[0])).status == 200
    assert verdict(server, f"pkg:npm/{NAME}@1.0.0") is None
    second = judged(server, versions[1])
    assert base(second) is None and escalations(second) == ["ESC-BASE"]
    assert base(judged(server, versions[2])) == ("1.0.1", 1)
    assert len(server.statements(analyzer="diff")) == 2
    assert server.run_json("status", expect=None)["queue"]["waiting"] == 0


def test_what_left_the_cache_is_fetched_again_to_be_compared_with(deploy, npm_upstream):
    versions = [release("1.0.0"), release("1.0.1"), release("1.0.2")]
    upstream = npm_upstream(versions)
    server = deploy(npm=upstream.url, screening=AT_ONCE).start()
    judged(server, versions[0])
    judged(server, versions[1])
    server.stop()
    shutil.rmtree(server.folder / "cache")
    server.start()
    assert base(judged(server, versions[2])) == ("1.0.1", 2)
    # The base and the full review behind it, which the whole of the changes is compared with.
    assert [upstream.requests[file_of(version)] for version in versions] == [2, 2, 1]
    verified(server)
