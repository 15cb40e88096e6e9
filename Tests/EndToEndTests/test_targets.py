"""No spelling of a request target reaches a refused artifact, manifest or metadata."""

import pytest

from support.packages import malicious_record, npm_package, osv_bundle, wheel

NPM_SPELLINGS = [
    "/{n}/-/{f}", "/{n}/-/./{f}", "//{n}/-/{f}", "/{n}//-/{f}", "/{n}/-//{f}", "/x/../{n}/-/{f}", "/./{n}/-/{f}",
    "/{n}/%2d/{f}", "/{n}/-/%2e/{f}", "/{n}%2f-%2f{f}", "/{n}%2F-%2F{f}", "/{n}/-%2f{f}", "/{n}%252f-%252f{f}",
    "/{n}/-/{s}%2etgz", "/{n}/-/{s}%252etgz", "/{n}/-/{s}.TGZ", "/{n}/-/{s}.tgz/", "/{n}/-/{f}?x=1", "/{n}/-/{f}%00",
    "/{n}/-/{f}%20", "/{n}/-/{f};v=1", "/{N}/-/{f}", "/%62ad-fixture/-/{f}", "/%2562ad-fixture/-/{f}",
    "/~npmjs/{n}/-/{f}", "/~NPMJS/{n}/-/{f}", "/~npmjs//{n}/-/{f}", "/{n}/1.1.0", "/{n}/v1.1.0", "/{n}/=1.1.0",
    "/{n}/1.1.0+build", "/{n}/%31.1.0", "/{n}/1.1.0/", "/{n}/01.1.0", "/{n}/1.1.0?write=true", "/{n}/latest",
    "/{n}/-/../-/{f}", "/{n}/x/../-/{f}", "/{n}/-/{n}-v1.1.0.tgz", "/{n}/-/{n}-1.1.0+b.tgz", "/{n}/download/{f}",
    "/@x/../{n}/-/{f}", "/{n}\\-\\{f}", "/{n}/-/{f}%0d%0aX: y", "/{n}/-/%E2%80%8b{f}",
]  # fmt: skip
PYTHON_SPELLINGS = [
    "{u}", "{u}.metadata", "{u}/", "{u}?x=1", "{u}%00", "{U}", "{u}%2emetadata", "{u}.METADATA", "/.{u}", "/x/..{u}",
    "{h}/./{w}", "{h}//{w}", "{h}%2f{w}", "{h}%252f{w}", "{h}/%2e%2e/{w}", "{h}/{w}.metadata/", "{h}/{w}.metadata?x",
]  # fmt: skip


@pytest.fixture
def scene(deploy, npm_upstream, python_upstream, tmp_path):
    bad = [npm_package("bad-fixture", version, files={"secret.txt": "payload-marker"}) for version in ("1.0.0", "1.1.0")]
    npm = npm_upstream(bad)
    files = [wheel("bad-fixture", version) for version in ("1.0.0", "1.1.0")]
    python = python_upstream(files)
    for ecosystem, name in (("npm", "npm"), ("PyPI", "pypi")):
        record = malicious_record(f"MAL-2099-1{len(name)}", ecosystem, "bad-fixture", ["1.1.0"])
        (tmp_path / f"{name}.zip").write_bytes(osv_bundle([record]))
    server = deploy(
        npm=npm.url,
        pypi=python.simple_url,
        advisories=f'{{ sources: {{ npm: "{tmp_path}/npm.zip", pypi: "{tmp_path}/pypi.zip" }} }}',
    )
    server.run("init")
    server.run("advisories", "sync")
    server.start()
    return server, npm, python, bad[1], files[1]


def test_npm_spellings(scene):
    server, npm, _, bad, _ = scene
    assert len(NPM_SPELLINGS) >= 40
    for spelling in NPM_SPELLINGS:
        stem = bad.filename.removesuffix(".tgz")
        target = spelling.format(n="bad-fixture", N="BAD-FIXTURE", f=bad.filename, s=stem)
        answer = server.get(target.replace(" ", "%20"))
        assert bad.tarball[:64] not in answer.body, target
        assert bad.integrity.encode() not in answer.body or answer.status == 403, target
        assert answer.status in (200, 400, 403, 404, 405), (target, answer.status)
        if answer.status == 200:
            assert '"version":"1.0.0"' in answer.body.decode().replace(": ", ":"), target
    asked = [path for path in npm.requests if bad.filename in path or "1.1.0" in path]
    assert asked == []


def test_python_spellings(scene):
    server, _, python, _, bad = scene
    page = server.get("/simple/bad-fixture/", {"Accept": "application/vnd.pypi.simple.v1+json"}).json()
    url = next(file["url"] for file in page["files"] if "-1.1.0-" in file["filename"]).removeprefix(server.url)
    head, name = url.rsplit("/", 1)
    for spelling in PYTHON_SPELLINGS:
        target = spelling.format(u=url, U=url.upper(), h=head, w=name)
        answer = server.get(target)
        assert bad.content[:64] not in answer.body, target
        assert bad.metadata not in answer.body, target
        assert answer.status in (400, 403, 404), (target, answer.status)
    assert not [path for path in python.requests if "1.1.0" in path]
