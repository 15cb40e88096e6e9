"""What an analysis found, or why there is none, as people read it: why, holds show, the page behind a refusal, clients."""

import random
import urllib.parse

from support.clients import NodeProject, PythonProject
from support.packages import npm_package, wheel
from support.server import wait_until


def page_of(answer) -> str:
    """The text of the page that a refusal links to."""
    return answer.json()["why"].split("/-/", 1)[1]


def test_findings_have_a_place_and_a_sentence_wherever_they_are_shown(deploy, npm_upstream):
    script = 'var a = 1;\nvar b = 2;\neval(Buffer.from("Y29uc29sZS5sb2coMSk=", "base64").toString());\n'
    npm = npm_upstream([npm_package("hides-code", "1.0.0", files={"index.js": script})])
    server = deploy(npm=npm.url).start()
    refused = server.get("/hides-code/-/hides-code-1.0.0.tgz", {"User-Agent": "npm/10"})
    assert refused.status == 403
    server.settle()
    why = server.run_json("why", "pkg:npm/hides-code@1.0.0", expect=3)
    [static] = [statement for statement in why["statements"] if statement["analyzer"] == "static"]
    worst = max(static["findings"], key=lambda finding: ["info", "suspicious", "malicious"].index(finding["severity"]))
    assert worst["path"] == "package/index.js" and worst["line"] == 3
    shown = [server.run("why", "pkg:npm/hides-code@1.0.0", expect=3).stdout]
    [hold] = server.run_json("holds", "list")
    assert hold["findings"] == len([found for found in static["findings"] if found["severity"] != "info"])
    shown.append(server.run("holds", "show", hold["id"], expect=3).stdout)
    shown.append(server.run("holds", "list", "-o", "wide").stdout)
    # A first version is reviewed in full by the analyzer of differences too, which finds the same.
    lines = [line for line in shown[0].splitlines() if line.split()[1:2] == [worst["rule"]]]
    [sentence] = {line.split(worst["rule"])[1].strip() for line in lines}
    assert len(sentence.split()) > 3, "a sentence, and no code"
    page = server.get("/-/" + page_of(refused)).body.decode()
    assert page.count(f"<li>{sentence}: <code>package/index.js:3</code></li>") == 1
    for text in shown:
        assert worst["rule"] in text and sentence in text and "package/index.js:3" in text, text


def code(megabytes: int) -> str:
    """Dense code: an analysis keeps something of nearly every word of it."""
    words = random.Random(7)
    lines = [f"var {words.choice('abcdefgh')}{n} = [{n}, '{n}', {{ k{n}: f({n}) }}];\n" for n in range(400)]
    block = "".join(lines)
    return block * (megabytes * 1_000_000 // len(block))


def test_an_analysis_that_fails_is_a_hold_whose_cause_everybody_can_read(deploy, npm_upstream, tmp_path):
    # One file, of which an analysis within these bounds cannot keep what it needs.
    files = {"lib/a.js": code(25)}
    npm = npm_upstream([npm_package("light-box", "1.0.0"), npm_package("heavy-box", "1.0.0", files=files)])
    server = deploy(npm=npm.url, extra="static: { memory: 256MiB }").start()
    NodeProject(tmp_path / "light", server.url, {"light-box": "1.0.0"}).npm("install").succeeded()
    words = "cannot be analysed now (static: memory)"
    NodeProject(tmp_path / "heavy", server.url, {"heavy-box": "1.0.0"}).npm("install").failed_saying("403", words)
    refused = server.get("/heavy-box/-/heavy-box-1.0.0.tgz", {"User-Agent": "npm/10"})
    assert refused.json()["code"] == "HELD_UNAVAILABLE" and words in refused.json()["error"] and words in refused.reason
    why = server.run_json("why", "pkg:npm/heavy-box@1.0.0", expect=3)
    assert why["code"] == "HELD_UNAVAILABLE" and why["unavailable"] == [{"analyzer": "static", "cause": "memory"}]
    assert words in server.run("why", "pkg:npm/heavy-box@1.0.0", expect=3).stdout
    [hold] = server.run_json("holds", "list")
    assert hold["code"] == "HELD_UNAVAILABLE"
    assert words in server.run("holds", "show", hold["id"], expect=3).stdout
    page = server.get("/-/" + page_of(refused)).body.decode()
    assert "Held: heavy-box@1.0.0" in page and "not possible: it needed more memory than it may have" in page
    assert server.run_json("status")["queue"]["unavailable"] == 1
    assert "heavy-box@1.0.0 not analysed: memory" in server.log()


def test_pip_says_why_too(deploy, python_upstream, tmp_path):
    files = {f"heavy_box/{n}.py": b"def f():\n    return {'a': [1, 2, 3], 'b': f(1)(2)}\n" * 400_000 for n in range(6)}
    python = python_upstream([wheel("heavy-box", "1.0", files=files)])
    server = deploy(pypi=python.simple_url, extra="static: { time: 1s }").start()
    page = server.get("/simple/heavy-box/", {"Accept": "application/vnd.pypi.simple.v1+json"}).json()
    path = urllib.parse.urlsplit(urllib.parse.urljoin(f"{server.url}/simple/heavy-box/", page["files"][0]["url"])).path
    # Before that pip would wait, hear that the analysis goes on, and ask again.
    wait_until(lambda: server.get(path).reason.startswith("Held"), "the analysis was given up", 90)
    PythonProject(tmp_path / "project", server.url + "/simple/").pip("heavy-box==1.0").failed_saying(
        "cannot be analysed now (static: time)"
    )
