"""Rules of the installation: YARA files that block, are changed while jurat runs, and are refused when they are bad."""

import json

from support.packages import npm_package
from support.server import JuratServer, wait_until

RULE = """
rule {name} {{
  meta:
    severity = "{severity}"
    description = "our own words"
  strings:
    $word = "{word}"
  condition:
    $word and ecosystem == "npm"
}}
"""


def rules(folder, name="word", severity="malicious", word="xyzzy-plugh"):
    folder.mkdir(exist_ok=True)
    (folder / "own.yar").write_text(RULE.format(name=name, severity=severity, word=word))


def start(tmp_path, npm, **options):
    server = JuratServer(tmp_path / "gateway", npm=npm.url, extra="static: { rules: ./rules }",
                         screening="{ cooldown: 0s }", **options)
    rules(server.folder / "rules")
    server.run("init")
    return server


def fetch(server, name, version="1.0.0"):
    return server.get(f"/{name}/-/{name}-{version}.tgz", {"User-Agent": "npm/10"})


def test_a_rule_of_ours_blocks_and_a_changed_one_judges_again(tmp_path, npm_upstream):
    npm = npm_upstream([
        npm_package("bad-word", "1.0.0", files={"index.js": "// xyzzy-plugh\n"}),
        npm_package("other-word", "1.0.0", files={"index.js": "// frobozz-gnusto\n"}),
    ])
    server = start(tmp_path, npm).start()
    try:
        assert fetch(server, "bad-word").status == 403
        assert fetch(server, "other-word").status == 200
        why = server.run("why", "pkg:npm/bad-word@1.0.0", expect=3).stdout
        assert "YARA:word" in why and "our own words" in why and "package/index.js" in why
        before = {entry["statement"] for entry in server.statements(analyzer="static")}
        rules(server.folder / "rules", name="second", word="frobozz-gnusto")
        wait_until(lambda: fetch(server, "other-word").status == 403, "the new rule judges what was served")
        wait_until(lambda: fetch(server, "bad-word").status == 200, "what only the former rule found is served")
        after = {entry["statement"] for entry in server.statements(analyzer="static")}
        assert before < after
    finally:
        server.stop()


def test_a_bad_rule_is_refused_with_file_and_line_and_the_old_set_stays(tmp_path, npm_upstream):
    npm = npm_upstream([npm_package("bad-word", "1.0.0", files={"index.js": "// xyzzy-plugh\n"})])
    server = start(tmp_path, npm).start()
    try:
        (server.folder / "rules" / "wrong.yar").write_text("rule wrong {\n  condition: $nothing }\n")
        wait_until(lambda: "wrong.yar, line 2" in server.log(), "the mistake is logged")
        assert fetch(server, "bad-word").status == 403
        checked = server.run("config", "check", expect=2)
        assert "wrong.yar, line 2" in checked.stdout + checked.stderr
        server.restart()
        assert fetch(server, "bad-word").status == 403
        assert "wrong.yar, line 2" in server.log()
    finally:
        server.stop()


def test_bad_rules_keep_a_first_start_from_happening(tmp_path, npm_upstream):
    server = start(tmp_path, npm_upstream([]))
    (server.folder / "rules" / "wrong.yar").write_text("include \"/etc/passwd\"\n")
    done = server.run("serve", expect=2)
    assert "wrong.yar, line 1" in done.stderr


def test_scan_takes_rules_too(tmp_path, npm_upstream):
    server = start(tmp_path, npm_upstream([]))
    package = tmp_path / "package"
    package.mkdir()
    (package / "package.json").write_text(json.dumps({"name": "acme-box", "version": "1.0.0"}))
    (package / "index.js").write_text("// one\n// xyzzy-plugh\n")
    found = server.run("scan", "--rules", "rules", str(package), expect=3).stdout
    assert "YARA:word" in found and "our own words" in found
    server.run("scan", str(package))
    assert "has no rules" in server.run("scan", "--rules", str(package), str(package), expect=5).stderr
