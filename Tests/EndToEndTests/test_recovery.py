"""Checking, backing up, restoring and succeeding, as an operator does them on the command line."""

from __future__ import annotations

import hashlib
import json
import random
import shutil

from support.packages import npm_package

NPM = {"User-Agent": "npm/10.8.2 node/v20"}


def served(server, package) -> None:
    answer = server.get(f"/{package.name}/-/{package.filename}", NPM)
    assert answer.status == 200 and answer.body == package.tarball, (answer.status, answer.reason)


def stored(server, package):
    digest = hashlib.sha512(package.tarball).hexdigest()
    return server.folder / "cache" / "artifacts" / "sha512" / digest[:2] / digest[2:4] / digest


def test_fsck_finds_a_damaged_artifact_beside_a_running_server_and_repairs_it(deploy, npm_upstream):
    package = npm_package("checked-fixture", "1.0.0", files={"data.txt": random.Random(1).randbytes(100_000).hex()})
    server = deploy(npm=npm_upstream([package]).url).start()
    served(server, package)
    sound = server.run_json("fsck")
    assert sound["sound"] and [part["part"] for part in sound["parts"]][0] == "log"
    file = stored(server, package)
    file.chmod(0o600)
    file.write_bytes(b"\0" + package.tarball[1:])
    assert server.run_json("fsck", "--quick")["sound"]
    damaged = server.run("fsck", expect=4)
    assert str(file.relative_to(server.folder)) in damaged.stdout and "fsck --repair" in damaged.stdout
    assert server.run_json("fsck", "--repair", "--part", "artifacts")["sound"]
    served(server, package)
    assert file.read_bytes() == package.tarball
    server.run("fsck", "--part", "nonsense", expect=2)


def test_a_backup_of_a_running_server_comes_back_elsewhere_and_goes_on(deploy, npm_upstream, tmp_path):
    packages = [npm_package("kept-fixture", f"1.0.{patch}") for patch in range(3)]
    npm = npm_upstream(packages)
    server = deploy(npm=npm.url).start()
    for package in packages[:2]:
        served(server, package)
    backup = tmp_path / "backup"
    planned = server.run("backup", str(backup), "--dry-run").stdout
    assert "data/verdicts.db" in planned and not backup.exists()
    made = server.run_json("backup", str(backup), "--with-keys")
    assert made["keys"] and made["logSize"] == server.head_of_log()
    server.run("backup", str(backup), expect=1)
    verified = server.run_json("restore", str(backup), "--verify")
    assert verified["anchor"] == "current"
    server.run("restore", str(backup), expect=1)  # The place is taken: nothing is ever overwritten.
    server.stop()

    home = deploy("elsewhere", npm=npm.url)
    (home.folder / "jurat.yaml").unlink()
    home.run("restore", str(backup), "--to", str(home.folder))
    text = (home.folder / "jurat.yaml").read_text()
    (home.folder / "jurat.yaml").write_text(text.replace(str(server.port), str(home.port)))
    assert home.run_json("fsck")["sound"]
    before = home.head_of_log()
    assert before == made["logSize"]
    home.restart()
    served(home, packages[0])
    served(home, packages[2])
    assert home.head_of_log() > before
    assert "root matches" in home.run("log", "verify").stdout

    manifest = json.loads((backup / "manifest.json").read_text())
    victim = backup / manifest["files"][0]["path"]
    victim.write_bytes(victim.read_bytes() + b"x")
    home.run("restore", str(backup), "--verify", expect=4)


def test_a_log_that_went_back_is_refused_and_gets_a_successor(deploy, npm_upstream, tmp_path):
    packages = [npm_package("rewound-fixture", f"1.0.{patch}") for patch in range(2)]
    server = deploy(npm=npm_upstream(packages).url).start()
    served(server, packages[0])
    server.settle()
    kept = {entry["statement"] for entry in server.statements()}
    server.run("backup", str(tmp_path / "backup"), "--with-keys")
    served(server, packages[1])
    server.settle()
    seen = server.head_of_log()
    server.stop()
    shutil.move(server.folder / "data", tmp_path / "data.lost")

    restored = server.run("restore", str(tmp_path / "backup"))
    assert "behind the anchor" in restored.stdout and "jurat log succeed" in restored.stderr
    refused = server.run("serve", expect=4)
    assert f"has seen {seen}" in refused.stderr and "jurat log succeed --origin" in refused.stderr
    root = str(server.folder / "data" / "keys" / "root.key")
    command = ["log", "succeed", "--origin", "next.example/verdicts", "--reason", "a drill", "--root-key", root]
    rehearsed = server.run_json(*command, "--dry-run")
    assert rehearsed["dryRun"] and rehearsed["carried"] == len(kept)
    assert server.run_json("log", "head")["origin"] == "jurat.local/verdicts"
    done = server.run_json(*command)
    assert not done["predecessor"]["endsInOrder"] and done["keptAnchor"] and done["keptLog"]
    assert {entry["statement"] for entry in server.statements()} == kept
    assert "root matches" in server.run("log", "verify").stdout
    server.restart()
    for package in packages:
        served(server, package)
    assert server.get("/-/log/checkpoint").body.startswith(b"next.example/verdicts\n")


def test_a_healthy_log_is_renamed_in_order_and_takes_nothing_more(deploy, npm_upstream):
    package = npm_package("renamed-fixture", "1.0.0")
    server = deploy(npm=npm_upstream([package]).url).start()
    served(server, package)
    root = str(server.folder / "data" / "keys" / "root.key")
    command = ["log", "succeed", "--origin", "next.example/verdicts", "--reason", "new name", "--root-key", root]
    assert "holds" in server.run(*command, expect=1).stderr  # The running server has the log.
    server.stop()
    server.run(*command[:-2], expect=2)
    done = server.run_json(*command)
    assert done["predecessor"]["endsInOrder"]
    server.restart()
    served(server, package)
    assert server.run_json("fsck")["sound"]
