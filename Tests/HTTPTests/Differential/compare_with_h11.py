"""Sends generated requests to a running server and compares what it understood with what h11 understands.

Usage: compare_with_h11.py PORT SEED COUNT. The server answers each request with a description of it (see `describe` in
DifferentialTests.swift) and each refusal with a sentence. The rule: where h11 refuses, the server refuses; where h11
accepts, the server understands the same or refuses for a reason named in STRICTER.
"""

import random
import socket
import sys

import h11

# Sentences of refusals that h11 does not share, each a choice of the wire contract.
STRICTER = {
    "The request line is not \"method target HTTP/1.1\".",  # an empty line before it; line ends within it
    "This server does not know the request's method.",
    "This server speaks HTTP/1.0 and HTTP/1.1.",
    "The request target is not a path of visible ASCII characters.",
    "A line ends with LF in place of CR LF.",
    "A header field continues on a second line.",
    "A header field has a control character.",
    "The Host field is repeated or malformed.",
    "Content-Length is repeated.",
    "Content-Length is not one decimal number.",  # a list of equal numbers; more digits than fit
    "Content-Length and Transfer-Encoding stand together.",
    "Transfer-Encoding does not exist in HTTP/1.0.",
    "This server meets no expectation but 100-continue.",
    "The body is too large.",
    "The chunked body is malformed.",  # whitespace around sizes, other line ends, odd extensions
    "The trailer fields are malformed.",
}

FIELDS = [
    b"X-A: b", b"X-B:c", b"X-C: \t d e \t", b"X-D:", b"X-E: \xe9\x80",
    b"Accept: */*, application/json;q=0.5", b"Connection: close", b"Connection: keep-alive", b"Connection: x, Close",
    b"X-O: p", b"X-P: !#$%&'()*+", b"Cookie: a=b; c=d", b"Content-Length: 3", b"Content-Length: 0", b"Host: a", b"Content-Length: 03", b"Content-Length: 3, 3", b"Content-Length: +3",
    b"Content-Length: 99999999999999999999", b"content-length: 5", b"Transfer-Encoding: chunked",
    b"transfer-encoding: Chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: identity",
    b"Expect: 100-continue", b"Expect: x", b"X F: g", b"X-G : h", b" X-H: i", b"X-I: j\r\n k", b"X-J\x00: k", b"X-K: l\x00m",
    b"X-L: \x01", b"X-M: a\rb", b"X-N", b": o", b"X-\xe9: p",
]
TARGETS = [b"/", b"/a", b"/a%2fb?c=d", b"http://a/b", b"*", b"a", b"/a#b", b"/\xe9", b"//x", b"/a b", b"", b"/\x7f"]
METHODS = [b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"get", b"BREW", b"G(T"]
VERSIONS = [b"HTTP/1.1"] * 12 + [b"HTTP/1.0"] * 3 + [b"HTTP/1.2", b"HTTP/2.0", b"http/1.1", b"HTTP/1.1 ", b"HTTP/11", b""]
CHUNKS = [
    b"3\r\nabc\r\n", b"1\r\nx\r\n", b"003;a=b\r\nabc\r\n", b"A\r\n0123456789\r\n", b"3 \r\nabc\r\n", b"3\nabc\r\n",
    b"3\r\nabcd\r\n", b"g\r\n\r\n", b"-1\r\n", b"3;\x00\r\nabc\r\n", b"3;a\nb\r\nabc\r\n", b"fffffffffffffffff\r\n",
]
ENDS = [b"0\r\n\r\n"] * 8 + [b"0\r\nT: u\r\n\r\n", b"0;x\r\n\r\n", b"0\r\nT : u\r\n\r\n", b"0\n\n", b"0\r\n\n", b""]


def usual(rng, choices, usual_count, chance):
    """Mostly one of the first `usual_count` choices, the well-formed ones."""
    return rng.choice(choices if rng.random() < chance else choices[:usual_count])


def generate(rng):
    """The bytes of a connection: a few requests, some of them damaged."""
    out = b""
    for _ in range(rng.randint(1, 4)):
        oddity = rng.choice([0, 0, 0.1, 0.4])
        line = b" ".join(
            [usual(rng, METHODS, 7, oddity), usual(rng, TARGETS, 4, oddity), usual(rng, VERSIONS, 15, oddity)])
        fields = [] if rng.random() < oddity / 4 else [rng.choice([b"Host: a", b"host: a.example:80", b"HOST:[::1]"])]
        fields += [usual(rng, FIELDS, 12, oddity) for _ in range(rng.randint(0, 4))]
        body = b""
        kind = rng.random()
        if kind < 0.25:
            fields.append(b"Transfer-Encoding: chunked")
            body = b"".join(usual(rng, CHUNKS, 4, oddity) for _ in range(rng.randint(0, 3))) + usual(rng, ENDS, 10, oddity)
        elif kind < 0.5:
            body = bytes(rng.choices(b"abc\r\n", k=rng.randint(0, 9)))
            fields.append(b"Content-Length: %d" % len(body))
        rng.shuffle(fields)
        end = b"\n" if rng.random() < oddity / 8 else b"\r\n"
        out += end.join([line] + fields) + end + end + body
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        at = rng.randrange(len(out))
        choice = rng.random()
        spice = bytes([rng.choice(b"\r\n\t :;,\x00\x7f\x80\xff0aZ")])
        out = out[:at] + (spice if choice < 0.6 else b"") + out[at + (choice > 0.3):]
    return out


def origin_form(target):
    """The target as the server hands it on."""
    for scheme in (b"http://", b"https://"):
        if target.lower().startswith(scheme):
            rest = target[len(scheme):]
            cut = min((rest.find(c) for c in (b"/", b"?") if c in rest), default=len(rest))
            return rest[cut:] if rest[cut:cut + 1] == b"/" else b"/" + rest[cut:]
    return target


def understood_by_h11(data):
    """The requests that h11 makes of the bytes, and whether it refuses what follows them."""
    requests = []
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    connection.receive_data(data)
    connection.receive_data(b"")
    head, body = None, b""
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                head, body = event, b""
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                requests.append((
                    head.method, origin_form(head.target), head.http_version,
                    [(name, value) for name, value in head.headers], body))
                connection.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                    return requests, None
                connection.start_next_cycle()
            else:
                return requests, None
    except h11.RemoteProtocolError as error:
        # A request that was cut off is incomplete, not wrong.
        cut_off = "closed connection" in str(error)
        return requests, None if cut_off else str(error)


def comparable(name, value):
    """A field as h11 hands it on: it writes names, and what codings are called, in lower case."""
    name = name.lower()
    return name, value.lower() if name == b"transfer-encoding" else value


def understood_by_server(port, data, rng):
    """The same from the server; a refusal is its sentence."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        cut = rng.randint(0, len(data))
        received = b""
        try:
            for piece in (data[:cut], data[cut:]):
                peer.sendall(piece)
            peer.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server may have refused and closed already
        try:
            while more := peer.recv(65536):
                received += more
        except OSError:
            pass
    requests = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        status = int(lines[0].split(b" ")[1])
        if status == 100:
            received = rest
            continue
        length = next(int(l.split(b":")[1]) for l in lines if l.lower().startswith(b"content-length:"))
        description = b"X-Seen: "
        seen = next((l[len(description):] for l in lines if l.startswith(description)), None)
        # The description travels in a field because the answer to HEAD has no body.
        is_head = seen is not None and seen.startswith(b"HEAD ")
        body, received = (b"", rest) if is_head else (rest[:length], rest[length:])
        if seen is None:
            # A refusal by the handler travels in a field too; one by the server itself is a body.
            refusal = next((l[len(b"X-Refused: "):] for l in lines if l.startswith(b"X-Refused: ")), body)
            return requests, refusal.decode().strip()
        method, target, version, fields, content = seen.split(b" ")
        pairs = [tuple(bytes.fromhex(p.decode()) for p in f.split(b"=")) for f in fields.split(b",")[:-1]]
        requests.append((
            method, target, version, [comparable(n, v) for n, v in pairs], bytes.fromhex(content.decode()[1:])))
    return requests, None


def main():
    port, seed, count = (int(argument) for argument in sys.argv[1:4])
    failures, refusals, accepted, reasons = 0, 0, 0, {}
    for number in range(count):
        rng = random.Random(seed * 1_000_003 + number)
        data = generate(rng)
        expected, error = understood_by_h11(data)
        seen, refusal = understood_by_server(port, data, rng)
        accepted += len(seen)
        refusals += refusal is not None
        if refusal:
            reasons[refusal] = reasons.get(refusal, 0) + 1
        if expected and expected[-1][2] == b"1.0" and (b"connection", b"keep-alive") in expected[-1][3]:
            # h11 ends every connection of HTTP/1.0, the server goes on where the client asks for it.
            seen, refusal = seen[:len(expected)], None if len(seen) >= len(expected) else refusal
            error = None
        if seen != expected[:len(seen)]:
            problem = "understood differently"
        elif error and refusal is None and len(seen) >= len(expected):
            # h11 refuses what follows; the server may only have stopped because an earlier request closed.
            problem = "not refused: " + error
        elif len(seen) < len(expected) and refusal not in STRICTER or refusal and not error and refusal not in STRICTER:
            problem = f"refused without a reason that is named: {refusal}"
        else:
            continue
        failures += 1
        if failures <= 5:
            print(f"seed {seed} number {number}: {problem}\n  sent     {data!r}\n  h11      {expected} {error}\n  server   {seen} {refusal}")
    for reason, times in sorted(reasons.items()):
        print(f"  {times:5} {reason}")
    print(f"{count} connections, {accepted} requests understood, {refusals} refused, {failures} differences")
    sys.exit(1 if failures or not accepted or not refusals else 0)


main()
