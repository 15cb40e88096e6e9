"""Two deployments exchange what they know: by a file and online; weights, roll-backs and split views."""

import json
import shutil

import pytest

from support.packages import malicious_record, npm_package, osv_bundle
from support.server import wait_until

PURL = "pkg:npm/jurat-fixture-bad@1.1.0"
TARBALL = "/jurat-fixture-bad/-/jurat-fixture-bad-1.1.0.tgz"
RECORD = malicious_record("MAL-2099-0001", "npm", "jurat-fixture-bad", ["1.1.0"])
#: A deployment that would serve what nobody warned it of.
TRUSTING = "{ analyzers: [advisory], holdUntil: [], cooldown: 0s }"


@pytest.fixture
def npm(npm_upstream):
    return npm_upstream(
        [
            npm_package("jurat-fixture-bad", "1.0.0"),
            npm_package("jurat-fixture-bad", "1.1.0"),
            npm_package("calm-fixture", "1.0.0"),
            npm_package("calm-fixture", "1.1.0"),
        ]
    )


@pytest.fixture
def teller(deploy, npm, tmp_path):
    """A deployment that knows an advisory, and has judged the bytes that it is about."""
    bundle = tmp_path / "npm.zip"
    bundle.write_bytes(osv_bundle([RECORD]))
    server = deploy("teller", npm=npm.url, screening="{ cooldown: 0s }", advisories=f'{{ sources: {{ npm: "{bundle}" }} }}')
    server.run("init", "--origin", "teller.example/verdicts")
    server.start()
    server.run("advisories", "sync")
    wait_until(lambda: server.get(TARBALL).status == 403, "the advisory blocks")
    # Asking for a ruling fetches and analyses the bytes, so that the log says it of them.
    server.run("holds", "deny", PURL, "--reason", "known malicious", "--dry-run")
    assert any(entry["verdict"] == "malicious" for entry in server.statements(purl=PURL))
    return server


def offer(listener, source: str) -> dict:
    """What `trust add --from` shows of a log."""
    shown = listener.run("trust", "add", "--from", source).stdout
    lines = [line.split() for line in shown.splitlines()]
    return {kind: [words[1] for words in lines if words[0] == kind] for kind in ("origin", "key", "root")}


def accept(listener, source: str, *options: str) -> str:
    """Trusts a log as an operator does, and answers with its origin."""
    shown = offer(listener, source)
    listener.run("trust", "add", "--from", source, "--accept", shown["root"][0], *options)
    return shown["origin"][0]


def trusted(listener, origin: str) -> dict:
    logs = json.loads(listener.run("trust", "list", "-o", "json", expect=None).stdout)
    return next((log for log in logs if log["origin"] == origin), {})


def code(server, target: str = TARBALL) -> str:
    answer = server.get(target)
    return "SERVED" if answer.status == 200 else answer.json()["code"]


def test_a_bundle_holds_by_default_and_blocks_when_its_weight_is_raised(deploy, npm, teller):
    listener = deploy("listener", npm=npm.url, screening=TRUSTING).start()
    assert code(listener) == "SERVED"
    bundle = listener.folder / "verdicts.intoto.jsonl"
    teller.run("bundle", "export", "--verdict", "malicious", "--output", str(bundle))

    shown = offer(listener, str(bundle))
    wrong = listener.run("trust", "add", "--from", str(bundle), "--accept", "0" * 64, expect=4)
    assert "do not trust it" in wrong.stderr
    before = (listener.folder / "jurat.yaml").read_text()
    origin = accept(listener, str(bundle))
    assert origin == shown["origin"][0] == teller.run_json("log", "head")["origin"]
    assert (listener.folder / "jurat.yaml").read_text().startswith(before)
    wait_until(lambda: trusted(listener, origin).get("trusted"), "the server takes the trust over")

    listener.run("bundle", "import", str(bundle))
    assert code(listener) == "HELD_REVIEW"
    assert "1.1.0" not in listener.get("/jurat-fixture-bad").json()["versions"]
    why = listener.run("why", PURL, expect=3).stdout
    assert origin in why and "malicious" in why and "hold" in why

    listener.run("trust", "weigh", origin, "malicious=block")
    wait_until(lambda: code(listener) == "BLOCKED_MALICIOUS", "the raised weight blocks without another import")
    listener.run("trust", "remove", origin)
    wait_until(lambda: code(listener) == "SERVED", "a log that is trusted no more stops counting")
    listener.run("log", "verify")


def test_a_followed_log_that_goes_back_is_reported_and_changes_nothing(deploy, npm, teller):
    listener = deploy("listener", npm=npm.url, screening=TRUSTING).start()
    origin = accept(listener, f"{teller.url}/-/log")
    listener.run("trust", "follow", origin)
    assert code(listener) == "HELD_REVIEW"
    teller.stop()
    old = teller.folder / "old"
    shutil.copytree(teller.folder / "data", old, ignore=shutil.ignore_patterns("*.sock"))
    teller.restart()
    assert teller.get("/calm-fixture/-/calm-fixture-1.0.0.tgz").status == 200
    listener.run("trust", "follow", origin)
    seen = trusted(listener, origin)
    assert seen["size"] == teller.head_of_log() and not seen["problems"]

    teller.stop()
    shutil.rmtree(teller.folder / "data")
    shutil.move(old, teller.folder / "data")
    for anchor in teller.folder.rglob("*anchor*"):
        anchor.unlink()
    teller.restart()
    back = listener.run("trust", "follow", origin, expect=4)
    assert "went back" in back.stderr
    after = trusted(listener, origin)
    assert (after["size"], after["root"], after["note"]) == (seen["size"], seen["root"], seen["note"])
    assert [item["kind"] for item in after["evidence"]] == ["rollback"]
    assert code(listener) == "HELD_REVIEW"
    ready = listener.get("/-/readyz")
    assert ready.status == 200 and "went back" in ready.body.decode()
    assert "went back" in listener.run("status", expect=None).stdout
    assert "went back" in (listener.folder / "data" / "audit.jsonl").read_text()


WITHOUT_WORKER = dict(workers=0, screening="{ holdUntil: [static], analyzers: [static], cooldown: 0s, pendingMax: 1s }")
CALM = "/calm-fixture/-/calm-fixture-1.0.0.tgz"


def test_a_followed_clean_verdict_satisfies_without_a_worker(deploy, npm, teller):
    assert teller.get(CALM).status == 200
    listener = deploy("listener", npm=npm.url, **WITHOUT_WORKER).start()
    assert code(listener, CALM) == "HELD_PENDING"
    origin = accept(listener, f"{teller.url}/-/log", "--follow", "--weight", "clean=satisfy")
    listener.run("trust", "follow", origin)
    wait_until(lambda: code(listener, CALM) == "SERVED", "a followed clean verdict satisfies")
    listener.run("trust", "weigh", origin, "clean=advisory")
    wait_until(lambda: code(listener, CALM) == "HELD_PENDING", "what it opened closes with its weight")


def test_a_clean_verdict_from_a_file_never_satisfies(deploy, npm, teller):
    assert teller.get(CALM).status == 200
    listener = deploy("listener", npm=npm.url, **WITHOUT_WORKER).start()
    bundle = listener.folder / "verdicts.intoto.jsonl"
    teller.run("bundle", "export", "--output", str(bundle))
    origin = accept(listener, str(bundle), "--url", f"{teller.url}/-/log")
    wait_until(lambda: trusted(listener, origin).get("trusted"), "the server takes the trust over")
    listener.run("bundle", "import", str(bundle))
    refused = listener.run("trust", "weigh", origin, "clean=satisfy", expect=2)
    assert "follow" in refused.stderr
    assert code(listener, CALM) == "HELD_PENDING"


def test_two_followers_of_a_log_with_two_histories_find_out(deploy, npm, teller):
    first = deploy("first", npm=npm.url, screening=TRUSTING).start()
    second = deploy("second", npm=npm.url, screening=TRUSTING).start()
    source = f"{teller.url}/-/log"
    origin = accept(first, source, "--follow")
    accept(second, source, "--follow")
    second.run("trust", "follow", origin)
    # Each of the two sees one history only, which to it is the only one.
    second.stop()
    teller.stop()
    fork = teller.folder / "fork"
    shutil.copytree(teller.folder / "data", fork, ignore=shutil.ignore_patterns("*.sock"))

    teller.restart()
    assert teller.get("/calm-fixture/-/calm-fixture-1.0.0.tgz").status == 200
    first.run("trust", "follow", origin)
    teller.stop()
    shutil.rmtree(teller.folder / "data")
    shutil.move(fork, teller.folder / "data")
    for anchor in teller.folder.rglob("*anchor*"):
        anchor.unlink()
    first.stop()
    teller.restart()
    assert teller.get("/calm-fixture/-/calm-fixture-1.1.0.tgz").status == 200
    second.restart()
    second.run("trust", "follow", origin)
    first.restart()

    note = first.folder / "from-second.txt"
    note.write_text(trusted(second, origin)["note"])
    caught = first.run("trust", "check", str(note), expect=4)
    assert "two histories" in caught.stderr
    found = trusted(first, origin)
    assert [item["kind"] for item in found["evidence"] if item["kind"] == "splitView"]
    assert any(item["offeredNote"] == note.read_text() for item in found["evidence"])
    other = second.folder / "from-first.txt"
    other.write_text(found["note"])
    assert "two histories" in second.run("trust", "check", str(other), expect=4).stderr
