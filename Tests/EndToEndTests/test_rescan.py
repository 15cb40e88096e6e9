"""`jurat verdict rescan`: what is known is analysed again, behind everything else, through restarts."""

import time

from support.packages import npm_package
from support.server import wait_until


def fetched(deploy, npm_upstream, count: int, **options):
    packages = [npm_package(f"known-{index}", "1.0.0", files={"a.js": "x = 1;\n" * 2000}) for index in range(count)]
    server = deploy(npm=npm_upstream(packages).url, **options).start()
    for package in packages:
        assert server.get(f"/{package.name}/-/{package.filename}").status == 200
    wait_until(lambda: len(static(server)) == count, "every package has a verdict")
    return server


def next_second() -> None:
    """Two equal verdicts of one second are one statement of the log."""
    now = int(time.time())
    wait_until(lambda: int(time.time()) > now, "a second passes")


def static(server) -> list[dict]:
    return server.statements(analyzer="static")


def test_everything_is_analysed_again_once(deploy, npm_upstream):
    server = fetched(deploy, npm_upstream, 3)
    assert "nothing is to be analysed again" in server.run("verdict", "rescan").stdout
    dry = server.run_json("verdict", "rescan", "--all", "--dry-run")
    assert dry == {"matching": 3, "here": 3, "dryRun": True} and len(static(server)) == 3
    next_second()
    done = server.run("verdict", "rescan", "--all")
    assert "3 of 3 artifacts were analysed again" in done.stdout
    assert len(static(server)) == 6
    next_second()
    one = server.run_json("verdict", "rescan", "pkg:npm/known-1")
    assert one["done"] == 1 and one["failed"] == 0 and one["worse"] == [] and one["orders"] == []
    assert len(static(server)) == 7
    said = [s for s in server.run_json("why", "pkg:npm/known-0@1.0.0")["statements"] if s["analyzer"] == "static"]
    next_second()
    again = server.run_json("verdict", "rescan", "--ruleset", said[-1]["ruleset"][:10])
    assert again["done"] == 3 and len(static(server)) == 10


def test_an_order_outlives_the_server(deploy, npm_upstream):
    server = fetched(deploy, npm_upstream, 4)
    next_second()
    server.run("verdict", "rescan", "--all", "--no-wait")
    server.kill()
    server.restart()
    wait_until(lambda: len(static(server)) >= 8, "the order is gone on with after the restart", 60)
    done = server.run_json("verdict", "rescan", "--all", "--dry-run")
    assert done["matching"] == 4
    wait_until(
        lambda: not (server.folder / "data" / "rescan.json").exists()
        or '"orders":[]' in (server.folder / "data" / "rescan.json").read_text(),
        "the order is fulfilled",
    )
    assert server.run("fsck").returncode == 0


def test_what_cannot_be_asked_is_a_mistake(deploy, npm_upstream):
    server = fetched(deploy, npm_upstream, 1)
    for arguments, code, words in [
        (["--all", "pkg:npm/known-0"], 2, "not several"),
        (["known-0"], 2, "no purl"),
        (["--analyzer", "advisory"], 2, "advisories sync"),
        (["--analyzer", "yara"], 2, "expected static, diff or ai-review"),
        (["--all", "--wait", "--no-wait"], 2, "contradict"),
        (["--ruleset", "xyz"], 1, "digest"),
        (["--ruleset", "0000000000"], 5, "judged nothing"),
        (["pkg:npm/never-seen"], 5, "judged nothing"),
    ]:
        done = server.run("verdict", "rescan", *arguments, expect=code)
        assert words in done.stderr, (arguments, done.stderr)
