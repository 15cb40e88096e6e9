"""What was said wrongly is taken back: by statement, by ruleset, online and with no server running."""

import datetime

from support.clients import NodeProject
from support.packages import npm_package
from support.server import wait_until

TARBALL = "/taken-back/-/taken-back-1.0.0.tgz"


def time_text() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def static_verdicts(server) -> list[dict]:
    return server.run_json("verdict", "list", "--purl", "pkg:npm/taken-back@1.0.0", "--analyzer", "static")


def test_a_revoked_verdict_is_made_again_without_a_request(deploy, npm_upstream, tmp_path):
    npm = npm_upstream([npm_package("taken-back", "1.0.0")])
    server = deploy(npm=npm.url).start()
    assert server.get(TARBALL).status == 200
    (verdict,) = static_verdicts(server)

    # Statements have whole seconds: the same verdict within one second would be the very statement that was revoked.
    wait_until(lambda: time_text() > verdict["createdAt"], "the next second")
    size = server.head_of_log()
    dry = server.run("verdict", "revoke", verdict["statement"][:12], "--reason", "rule was wrong", "--dry-run")
    assert verdict["statement"] in dry.stdout and server.head_of_log() == size
    assert "--reason" in server.run("verdict", "revoke", verdict["statement"], expect=2).stderr

    done = server.run("verdict", "revoke", verdict["statement"], "--reason", "rule was wrong", "--verdict-key")
    assert "analysed again now" in done.stdout
    wait_until(lambda: len(static_verdicts(server)) == 2, "the artifact is analysed again")
    listed = server.run_json("verdict", "list", "--analyzer", "static")
    assert [(row["statement"] == verdict["statement"], row["standing"]) for row in listed] == [
        (False, "stands"),
        (True, "revoked"),
    ]
    assert "takes it back" in server.run("verdict", "verify", verdict["statement"], expect=4).stderr
    assert server.run_json("verdict", "verify", listed[0]["statement"])["holds"]
    assert server.get(TARBALL).status == 200
    NodeProject(tmp_path / "project", server.url, {"taken-back": "1.0.0"}).npm("install").succeeded()
    assert "root matches checkpoint" in server.run("log", "verify").stdout


def test_a_revoked_ruleset_holds_and_says_so_also_when_revoked_offline(deploy, npm_upstream):
    npm = npm_upstream([npm_package("taken-back", "1.0.0")])
    server = deploy(npm=npm.url).start()
    assert server.get(TARBALL).status == 200
    (verdict,) = static_verdicts(server)
    shown = server.run_json("verdict", "show", verdict["statement"])
    ruleset = shown["payload"]["predicate"]["analyzer"]["ruleset"]["digest"]["sha256"]
    refused = server.run("verdict", "revoke", "--ruleset", ruleset, "--reason", "wrong", "--verdict-key", expect=2)
    assert "root key" in refused.stderr
    server.stop()

    done = server.run("verdict", "revoke", "--ruleset", ruleset, "--reason", "wrong")
    assert "when the server starts" in done.stdout and "until jurat is updated" in done.stderr
    server.start()
    answer = server.get(TARBALL)
    assert answer.status == 403 and answer.json()["code"] == "HELD_UNAVAILABLE"
    assert len(static_verdicts(server)) == 1
    assert "root matches checkpoint" in server.run("log", "verify").stdout
