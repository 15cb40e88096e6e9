"""The command line: set-up, configuration problems, exit codes and machine-readable output."""

import json

from support.packages import npm_package
from support.server import JuratServer, wait_until


def test_init_creates_what_is_missing_and_keeps_what_is_there(tmp_path):
    server = JuratServer(tmp_path / "fresh", npm="http://127.0.0.1:9/")
    (server.folder / "jurat.yaml").unlink()
    first = server.run("init").stdout
    assert "created" in first and "next: jurat serve" in first
    text = (server.folder / "jurat.yaml").read_text()
    assert "npmjs" in text and "pypi" in text
    key = next((server.folder / "data" / "keys").iterdir())
    assert key.stat().st_mode & 0o077 == 0
    (server.folder / "jurat.yaml").write_text(text + "# mine\n")
    second = server.run("init").stdout
    assert (server.folder / "jurat.yaml").read_text() == text + "# mine\n"
    assert "kept" in second or "nothing" in second
    assert "root matches" in server.run("log", "verify").stdout


def test_every_configuration_problem_is_reported_at_once_with_path_and_line(tmp_path):
    server = JuratServer(tmp_path / "bad", npm="http://127.0.0.1:9/")
    (server.folder / "jurat.yaml").write_text(
        "listen: 127.0.0.1:7677\n"
        "publicURL: http://x\n"
        "registries:\n"
        "  npmjs: { ecosystem: npm, type: upstream, url: \"http://127.0.0.1:9/\", public: true }\n"
        "  main: { ecosystem: npm, type: router, sources: [npmjs, nowhere] }\n"
        "screening:\n"
        "  cooldown: 3 fortnights\n"
        "  cooldwn: 1d\n"
    )
    checked = server.run("config", "check", expect=2)
    text = checked.stdout + checked.stderr
    for expected in ("publicURL", "publicUrl", "nowhere", "screening.cooldown", "cooldwn", "line 2", "line 5", "line 7"):
        assert expected in text, (expected, text)
    assert server.run("serve", expect=2).returncode == 2


def test_mistakes_are_answered_with_a_suggestion_and_code_2(tmp_path):
    server = JuratServer(tmp_path / "typos", npm="http://127.0.0.1:9/")
    assert "holds" in server.run("hodls", "list", expect=2).stderr
    assert "--reason" in server.run("holds", "allow", "x", "--raeson", "y", expect=2).stderr
    assert "Example:" in server.run("holds", "allow", "--help").stdout


def test_lists_are_stable_json_and_unknown_things_are_code_5(deploy, npm_upstream):
    npm = npm_upstream([npm_package("plain-fixture", "1.0.0")])
    server = deploy(npm=npm.url).start()
    assert server.run_json("holds", "list") == []
    assert server.get("/plain-fixture/-/plain-fixture-1.0.0.tgz", {"User-Agent": "npm/10"}).status == 200
    listed = server.statements()
    assert {entry["analyzer"] for entry in listed} >= {"advisory", "static"}
    shown = server.run_json("verdict", "show", listed[0]["statement"])
    assert shown["statement"] == listed[0]["statement"]
    assert "5" == str(server.run("verdict", "show", "0" * 64, expect=5).returncode)
    assert server.run("holds", "show", "zzzzzz", expect=5).stderr
    status = server.run_json("status")
    assert status["log"]["size"] == server.head_of_log()
    assert "canary" in server.run("canary").stdout
    assert server.run("version").stdout.startswith("jurat ")
    assert "plain-fixture" in server.run("why", "pkg:npm/plain-fixture@1.0.0").stdout
    assert json.loads(server.run("config", "show", "-o", "json").stdout)["listen"].endswith(str(server.port))


def test_commands_without_a_server_say_so(tmp_path):
    server = JuratServer(tmp_path / "down", npm="http://127.0.0.1:9/")
    server.run("init")
    refused = server.run("holds", "list", expect=6)
    assert "jurat serve" in refused.stderr


def test_a_changed_log_is_noticed(tmp_path):
    import sqlite3

    server = JuratServer(tmp_path / "forged", npm="http://127.0.0.1:9/")
    server.run("init")
    database = server.folder / "data" / "verdicts.db"
    connection = sqlite3.connect(database)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")]
    for name in names:
        connection.execute(f'DROP TRIGGER "{name}"')
    table, column = next(
        (table, column[1])
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        for column in connection.execute(f'PRAGMA table_info("{table}")')
        if column[1] == "leaf"
    )
    connection.execute(f'UPDATE "{table}" SET {column} = CAST(replace(CAST({column} AS TEXT), "payload", "paiload") AS BLOB)')
    connection.commit()
    connection.close()
    verified = server.run("log", "verify", expect=4)
    assert verified.stdout + verified.stderr


def test_a_bad_configuration_keeps_the_last_good_one_and_status_says_so(deploy, npm_upstream):
    npm = npm_upstream([npm_package("plain-fixture", "1.0.0")])
    server = deploy(npm=npm.url).start()
    file = server.folder / "jurat.yaml"
    good = file.read_text()
    file.write_text(good + "cooldwn: 3d\n")
    status = wait_until(
        lambda: (lambda ran: ran.stdout if "cooldwn" in ran.stdout else None)(server.run("status", expect=None)),
        "status tells of the file that was not applied",
    )
    assert "not applied" in status
    assert server.get("/plain-fixture").status == 200
    file.write_text(good.replace("screening: {}", "screening: { deny: [plain-fixture] }"))
    wait_until(lambda: server.get("/plain-fixture/1.0.0").status == 403, "the mended file is applied")
