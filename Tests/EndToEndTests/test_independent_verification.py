"""The log verified by programs that share nothing with jurat: Go's transparency-log packages, and OpenSSL."""

from __future__ import annotations

import base64
import concurrent.futures
import http.server
import json
import os
import shutil
import struct
import subprocess
import threading
from pathlib import Path

import pytest

from support.packages import npm_package

PACKAGES = 140
PROGRAM = Path(__file__).parent / "independent" / "verifylog.go"


@pytest.fixture(scope="session")
def verifylog(tmp_path_factory) -> Path:
    """The Go program, built from Debian's own packages without any network."""
    folder = tmp_path_factory.mktemp("verifylog")
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
    }
    binary = folder / "verifylog"
    subprocess.run(["go", "build", "-o", str(binary), str(PROGRAM)], env=environment, check=True)
    return binary


@pytest.fixture
def filled(deploy, npm_upstream):
    """A served log of more than one full tile, made by real requests."""
    packages = [npm_package(f"log-fixture-{number}", "1.0.0") for number in range(PACKAGES)]
    server = deploy(npm=npm_upstream(packages).url, workers=2).start()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda p: server.get(f"/{p.name}/-/{p.filename}", {"User-Agent": "npm/10"}).status, packages
        )
        assert set(answers) == {200}
    server.settle()
    assert server.head_of_log() > 256
    return server


def verify(program: Path, where: str | Path, key: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(program), str(where), key], capture_output=True, text=True, timeout=120)


def log_key(server) -> str:
    keys = server.run_json("log", "head")["keys"]
    assert len(keys) == 1
    return keys[0]


class TamperingProxy:
    """Hands everything on and flips one bit of answers whose path begins with `prefix`."""

    def __init__(self, server) -> None:
        self.prefix = None
        self.mangle = None
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = server.get(self.path)
                body = answer.body
                if proxy.prefix and self.path.startswith(proxy.prefix):
                    body = proxy.mangle(body)
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/-/log"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


def flip(body: bytes, at: int) -> bytes:
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def replaced_hash(body: bytes) -> bytes:
    """A consistency answer with another first hash, still well-formed."""
    answer = json.loads(body)
    if answer["hashes"]:
        answer["hashes"][0] = base64.b64encode(bytes(32)).decode()
    return json.dumps(answer).encode()


def replaced_proof_hash(body: bytes) -> bytes:
    head, note = body.split(b"\n\n", 1)
    lines = head.split(b"\n")
    lines[-1] = base64.b64encode(bytes(32))
    return b"\n".join(lines) + b"\n\n" + note


def test_go_verifies_the_served_log_and_refuses_every_tampered_answer(filled, verifylog):
    key = log_key(filled)
    size = filled.head_of_log()
    done = verify(verifylog, f"{filled.url}/-/log", key)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["size"] == size and report["proofs"] > 15

    proxy = TamperingProxy(filled)
    try:
        assert verify(verifylog, proxy.url, key).returncode == 0
        other_size = lambda body: body.replace(f"\n{size}\n".encode(), f"\n{size - 1}\n".encode(), 1)
        tampering = {
            "/-/log/checkpoint": [other_size, lambda b: flip(b, len(b) - 8)],
            "/-/log/tile/0/000": [lambda b: flip(b, 0), lambda b: flip(b, 8191)],
            "/-/log/tile/0/001": [lambda b: flip(b, 5), lambda b: b[:-32]],
            "/-/log/tile/1/": [lambda b: flip(b, 31)],
            "/-/log/tile/entries/000": [lambda b: flip(b, 700), lambda b: b[:-1]],
            "/-/log/tile/entries/001": [lambda b: flip(b, 300)],
            "/-/log/proof": [replaced_proof_hash, lambda b: b.replace(b"index ", b"index 1", 1)],
            "/-/log/consistency": [replaced_hash],
        }
        for prefix, ways in tampering.items():
            for number, mangle in enumerate(ways):
                proxy.prefix, proxy.mangle = prefix, mangle
                refused = verify(verifylog, proxy.url, key)
                assert refused.returncode == 1, f"{prefix} {number}: {refused.stdout}"
    finally:
        proxy.close()
    name, digest, material = key.split("+", 2)
    assert verify(verifylog, f"{filled.url}/-/log", "+".join([name, "00000000", material])).returncode == 1


def test_go_verifies_an_exported_directory_and_refuses_changed_files(filled, verifylog, tmp_path):
    key = log_key(filled)
    export = tmp_path / "export"
    report = filled.run_json("log", "export", "--to", str(export))
    assert report["size"] == filled.head_of_log() and report["from"] == 0
    done = verify(verifylog, export, key)
    assert done.returncode == 0, done.stderr
    assert filled.run_json("log", "export", "--to", str(export))["bytes"] == 0

    files = [path for path in export.rglob("*") if path.is_file()]
    assert len(files) >= 6
    for path in files:
        copy = tmp_path / "copy"
        shutil.copytree(export, copy)
        changed = copy / path.relative_to(export)
        changed.write_bytes(flip(changed.read_bytes(), len(changed.read_bytes()) // 2))
        assert verify(verifylog, copy, key).returncode == 1, path
        shutil.rmtree(copy)


def public_pem(raw: bytes, path: Path) -> Path:
    der = bytes.fromhex("302a300506032b6570032100") + raw
    path.write_text(f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(der).decode()}\n-----END PUBLIC KEY-----\n")
    return path


def openssl_accepts(folder: Path, raw_key: bytes, message: bytes, signature: bytes) -> bool:
    pem = public_pem(raw_key, folder / "key.pem")
    (folder / "message").write_bytes(message)
    (folder / "signature").write_bytes(signature)
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", str(pem)]
    command += ["-sigfile", str(folder / "signature"), "-in", str(folder / "message")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert ("Signature Verified Successfully" in done.stdout) == (done.returncode == 0)
    return done.returncode == 0


def leaves_of(server) -> list[dict]:
    size = server.head_of_log()
    body = server.get(f"/-/log/tile/entries/000.p/{size}" if size < 256 else "/-/log/tile/entries/000").body
    leaves = []
    while body:
        (length,) = struct.unpack(">H", body[:2])
        leaves.append(json.loads(body[2 : 2 + length]))
        body = body[2 + length :]
    return leaves


def test_openssl_verifies_a_statement_and_a_checkpoint(deploy, npm_upstream, tmp_path):
    package = npm_package("openssl-fixture", "1.0.0")
    server = deploy(npm=npm_upstream([package]).url).start()
    assert server.get(f"/openssl-fixture/-/{package.filename}", {"User-Agent": "npm/10"}).status == 200

    keys, checked = {}, 0
    for leaf in leaves_of(server):
        payload = base64.b64decode(leaf["payload"], validate=True)
        statement = json.loads(payload)
        if statement["predicateType"].endswith(":key-event:v1"):
            raw = base64.b64decode(statement["predicate"]["publicKey"], validate=True)
            keys[statement["subject"][0]["name"]] = raw
            continue
        kind = leaf["payloadType"].encode()
        message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        signature = base64.b64decode(leaf["signatures"][0]["sig"], validate=True)
        valid = [raw for raw in keys.values() if openssl_accepts(tmp_path, raw, message, signature)]
        assert len(valid) == 1, "exactly one of the log's keys made this signature"
        assert not openssl_accepts(tmp_path, valid[0], flip(message, len(message) - 9), signature)
        assert not openssl_accepts(tmp_path, valid[0], message, flip(signature, 40))
        checked += 1
    assert checked >= 2

    text, signatures = server.get("/-/log/checkpoint").body.decode().rsplit("\n\n", 1)
    line = signatures.splitlines()[0].split(" ")
    assert line[0] == "—" and line[1] == text.split("\n")[0]
    signature = base64.b64decode(line[2], validate=True)[4:]
    material = base64.b64decode(log_key(server).split("+", 2)[2], validate=True)
    assert material[0] == 1
    message = (text + "\n").encode()
    assert openssl_accepts(tmp_path, material[1:], message, signature)
    assert not openssl_accepts(tmp_path, material[1:], message.replace(b"\n", b"\n1", 1), signature)


def test_proofs_and_kept_checkpoints_on_the_command_line(deploy, npm_upstream, tmp_path):
    package = npm_package("proof-fixture", "1.0.0")
    server = deploy(npm=npm_upstream([package]).url).start()
    kept = tmp_path / "kept"
    kept.write_bytes(server.get("/-/log/checkpoint").body)
    early = server.head_of_log()
    assert server.get(f"/proof-fixture/-/{package.filename}", {"User-Agent": "npm/10"}).status == 200
    statement = server.statements(analyzer="static")[0]

    file = tmp_path / "one.tlog-proof"
    server.run("log", "prove", statement["statement"][:12], "--to", str(file))
    held = server.run_json("verdict", "verify", str(file))
    assert held["holds"] and held["statement"] == statement["statement"]
    assert server.run_json("verdict", "verify", statement["statement"][:16])["holds"]
    assert server.get(f"/-/log/proof?statement={statement['statement']}").body == file.read_bytes()

    # Away from the log, only keys that are named count.
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    stranger = type(server).__new__(type(server))
    stranger.__dict__ = {**server.__dict__, "folder": elsewhere}
    signer = next(
        json.loads(base64.b64decode(leaf["payload"]))["predicate"]["publicKey"]
        for leaf in leaves_of(server)
        if b'"role":"verdict"' in base64.b64decode(leaf["payload"])
    )
    refused = stranger.run("verdict", "verify", str(file), expect=4)
    assert "cannot be checked" in refused.stderr
    stranger.run("verdict", "verify", str(file), "--key", log_key(server), "--signer", signer)
    text = file.read_text()
    index = statement["logIndex"]
    neighbour = index - 1 if index + 1 == server.head_of_log() else index + 1
    assert f"\nindex {index}\n" in text
    file.write_text(text.replace(f"\nindex {index}\n", f"\nindex {neighbour}\n", 1))
    assert "inclusion" in server.run("verdict", "verify", str(file), expect=4).stderr

    consistent = server.run_json("log", "prove", "--consistency", str(early))
    assert consistent["from"]["size"] == early and consistent["to"]["size"] == server.head_of_log()
    verified = server.run_json("log", "verify", "--from-checkpoint", str(kept))
    assert verified["prefix"]["size"] == early
    piped = server.run("log", "verify", "--from-checkpoint", "-", input=kept.read_text())
    assert f"checkpoint of {early} entries is a prefix" in piped.stdout
    kept.write_text(kept.read_text().replace(f"\n{early}\n", f"\n{early + 1}\n", 1))
    assert "does not hold" in server.run("log", "verify", "--from-checkpoint", str(kept), expect=4).stderr
