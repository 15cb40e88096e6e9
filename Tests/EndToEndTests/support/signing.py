"""Statements signed in the test itself, and Merkle roots computed without jurat: RFC 8032, DSSE and RFC 6962 anew."""

from __future__ import annotations

import base64
import hashlib
import json

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_BY = 4 * pow(5, _P - 2, _P) % _P


def _recover_x(y: int) -> int:
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    return x if x % 2 == 0 else _P - x


_B = (_recover_x(_BY), _BY, 1, _recover_x(_BY) * _BY % _P)


def _add(a, b):
    p = (a[1] - a[0]) * (b[1] - b[0]) % _P
    q = (a[1] + a[0]) * (b[1] + b[0]) % _P
    r, s = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiply(scalar: int, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _encode(point) -> bytes:
    inverse = pow(point[2], _P - 2, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class SigningKey:
    """An Ed25519 key. Slow (milliseconds a signature) and good enough for tests."""

    def __init__(self, seed: bytes) -> None:
        digest = hashlib.sha512(seed).digest()
        self._scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
        self._prefix = digest[32:]
        self.public = _encode(_multiply(self._scalar, _B))
        der = bytes.fromhex("302a300506032b6570032100") + self.public
        self.key_id = hashlib.sha256(der).hexdigest()

    @classmethod
    def from_file(cls, path) -> "SigningKey":
        fields = dict(line.split(": ", 1) for line in path.read_text().splitlines()[1:])
        return cls(base64.b64decode(fields["seed"]))

    def sign(self, message: bytes) -> bytes:
        nonce = int.from_bytes(hashlib.sha512(self._prefix + message).digest(), "little") % _L
        commitment = _encode(_multiply(nonce, _B))
        challenge = int.from_bytes(hashlib.sha512(commitment + self.public + message).digest(), "little") % _L
        return commitment + ((nonce + challenge * self._scalar) % _L).to_bytes(32, "little")


def denial(name: str, actor: str, key: SigningKey) -> tuple[str, str]:
    """A deny disposition about made-up bytes called `name`: its leaf, and its statement id."""
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "predicate": {
            "actor": actor,
            "createdAt": "2026-01-01T00:00:00Z",
            "decision": "deny",
            "inViewOf": [],
            "overrides": "NONE",
            "reason": "a test",
            "scope": {},
            "sequence": 1,
        },
        "predicateType": "urn:jurat:attestation:disposition:v1",
        "subject": [
            {
                "digest": {
                    "sha256": hashlib.sha256(name.encode()).hexdigest(),
                    "sha512": hashlib.sha512(name.encode()).hexdigest(),
                },
                "name": f"pkg:npm/{name}@1.0.0",
            }
        ],
    }
    payload = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
    kind = "application/vnd.in-toto+json"
    message = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    signature = base64.b64encode(key.sign(message)).decode()
    body = base64.b64encode(payload).decode()
    leaf = f'{{"payload":"{body}","payloadType":"{kind}","signatures":[{{"keyid":"{key.key_id}","sig":"{signature}"}}]}}'
    return leaf, hashlib.sha256(message).hexdigest()


def roots(leaves: list[bytes]) -> list[bytes]:
    """The RFC 6962 root of every prefix: `roots(leaves)[n]` is that of the first n leaves."""
    found, frontier = [hashlib.sha256(b"").digest()], []
    for index, leaf in enumerate(leaves):
        node = hashlib.sha256(b"\0" + leaf).digest()
        size = index + 1
        while size % 2 == 0:
            node = hashlib.sha256(b"\1" + frontier.pop() + node).digest()
            size //= 2
        frontier.append(node)
        root = frontier[-1]
        for left in reversed(frontier[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        found.append(root)
    return found


def checkpoint(note: bytes) -> tuple[str, int, bytes]:
    """Origin, size and root of a signed checkpoint."""
    origin, size, root = note.decode().split("\n\n")[0].split("\n")[:3]
    return origin, int(size), base64.b64decode(root)
