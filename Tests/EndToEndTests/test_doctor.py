"""`jurat doctor`: checks without a server, the proof of the sandbox, and what it says when something is wrong."""

import json
import os

from support.server import JuratServer, wait_until


def deployment(tmp_path, **options):
    server = JuratServer(tmp_path / "deployment", npm="http://127.0.0.1:9/", **options)
    server.run("init")
    return server


def checks(server, *arguments, expect=None):
    done = server.run("doctor", "-o", "json", *arguments, expect=expect)
    report = json.loads(done.stdout)
    assert (done.returncode == 0) == report["ok"]
    assert done.returncode in (0, 6)
    return report, {check["check"]: check for check in report["checks"]}


def test_a_fresh_deployment_is_well_and_its_sandbox_is_proved(tmp_path):
    server = deployment(tmp_path)
    report, found = checks(server, expect=0)
    assert report["ok"]
    for name in ("configuration", "data folder", "keys", "clock", "port", "kernel: landlock", "kernel: seccomp"):
        assert found[name]["state"] == "ok", found[name]
    attempts = [check for name, check in found.items() if name.startswith("sandbox: ")]
    assert len(attempts) >= 15
    assert all(check["state"] == "ok" for check in attempts), attempts
    assert "refused (E" in found["sandbox: read a file"]["finding"]
    assert "SIGSYS" in found["sandbox: open a network socket"]["finding"]
    assert "SIGSYS" in found["sandbox: run a program"]["finding"]
    assert "refused" in found["sandbox: start another process"]["finding"]
    assert "127.0.0.1:9" in found["what is sent"]["finding"]
    text = server.run("doctor").stdout
    assert "0 failed" in text and "sandbox: trace its parent" in text


def test_what_is_wrong_is_named_with_what_to_do(tmp_path):
    server = deployment(tmp_path)
    key = next((server.folder / "data" / "keys").glob("*.key"))
    key.chmod(0o644)
    (server.folder / "data").chmod(0o777)
    report, found = checks(server, expect=6)
    assert found["keys"]["state"] == "fail" and "chmod 600" in found["keys"]["advice"]
    assert found["data folder"]["state"] == "fail" and "chmod 700" in found["data folder"]["advice"]
    (server.folder / "jurat.yaml").write_text("listen: nowhere\n")
    report, found = checks(server, expect=6)
    assert "jurat.yaml" in found["configuration"]["finding"]


def test_a_running_server_is_seen_and_nothing_is_asked_without_online(tmp_path, npm_upstream):
    npm = npm_upstream([])
    server = JuratServer(tmp_path / "running", npm=npm.url)
    server.run("init")
    server.start()
    try:
        wait_until(lambda: server.get("/-/readyz").status == 200, "the server is ready")
        _, found = checks(server)
        assert found["server"]["state"] == "ok", found["server"]
        assert not any(name.startswith("online") for name in found)
        _, found = checks(server, "--online")
        assert found["online: registry npmjs"]["state"] in ("ok", "warn")
    finally:
        server.stop()


def test_a_server_that_is_away_fails_only_when_asked(tmp_path):
    server = deployment(tmp_path)
    assert checks(server, expect=0)[0]["ok"]
    _, found = checks(server, "--online", expect=6)
    assert found["online: registry npmjs"]["state"] == "fail"
