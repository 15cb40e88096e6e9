"""Ambiguous framing is refused and closed by the real server; what clients hold open is bounded."""

import re
import socket
import threading
import time

import pytest

from support.packages import npm_package
from support.server import wait_until

SMUGGLING = {
    "length and chunked": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "same length twice": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "length list": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na",
    "signed length": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
    "hexadecimal length": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na",
    "folded header": b"GET /-/livez HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
    "space before colon": b"GET /-/livez HTTP/1.1\r\nHost : a\r\n\r\n",
    "bare line feed": b"GET /-/livez HTTP/1.1\nHost: a\n\n",
    "bare carriage return": b"GET /-/livez HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
    "nul in a value": b"GET /-/livez HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
    "two hosts": b"GET /-/livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "no host": b"GET /-/livez HTTP/1.1\r\n\r\n",
    "unknown coding": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked not last": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "space in target": b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
    "bad version": b"GET /-/livez HTTP/1.2.3\r\nHost: a\r\n\r\n",
    "bad chunk size": b"POST /-/npm/v1/security/advisories/bulk HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
}


def exchange(port: int, data: bytes, split: bool = False) -> bytes:
    """What the server sends until it closes the connection (or falls silent after an answer)."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = b""
        try:
            if split:
                for index in range(len(data)):
                    connection.sendall(data[index : index + 1])
            else:
                connection.sendall(data)
            while chunk := connection.recv(65536):
                received += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass
        return received


@pytest.fixture
def server(deploy, npm_upstream):
    npm = npm_upstream([npm_package("plain-fixture", "1.0.0")])
    return deploy(npm=npm.url, workers=1).start()


def test_ambiguous_framing_is_400_and_closed_however_it_is_split(server):
    for name, request in SMUGGLING.items():
        for split in (False, True):
            # A second request behind the bad one must never be answered.
            answer = exchange(server.port, request + b"GET /-/livez HTTP/1.1\r\nHost: a\r\n\r\n", split)
            assert answer.startswith(b"HTTP/1.1 4") or answer.startswith(b"HTTP/1.1 5"), (name, answer[:200])
            assert answer.count(b"HTTP/1.1 ") == 1, (name, answer)


def test_pipelined_requests_are_answered_in_order(server):
    request = b"GET /-/livez HTTP/1.1\r\nHost: a\r\n\r\n"
    missing = b"GET /-/nothing HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /-/livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answer = exchange(server.port, request + missing + last)
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"200", b"404", b"200"]


def test_oversized_heads_are_refused(server):
    target = exchange(server.port, b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    assert target.startswith(b"HTTP/1.1 414")
    header = exchange(server.port, b"GET /-/livez HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20000 + b"\r\n\r\n")
    assert header.startswith(b"HTTP/1.1 431")


def resident_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))


def test_thousands_of_idle_connections_leave_others_served_and_memory_bounded(server):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(10_000, hard - 500)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 500), hard))
    assert wanted >= 3_000, f"this machine allows only {hard} open files"
    before = resident_bytes(server.process.pid)
    idle = []
    try:
        for _ in range(wanted):
            idle.append(socket.create_connection(("127.0.0.1", server.port), timeout=10))
            idle[-1].sendall(b"GET /-/livez HTTP/1.1\r\nHost: a\r\nX-Slow:")
        started = time.monotonic()
        answer = server.get("/plain-fixture/-/plain-fixture-1.0.0.tgz", {"User-Agent": "npm/10"})
        assert answer.status == 200
        assert time.monotonic() - started < 10
        assert resident_bytes(server.process.pid) - before < wanted * 24 * 1024
    finally:
        for connection in idle:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_slow_bodies_are_cut_off_and_others_served_meanwhile(server):
    request = b"POST /-/npm/v1/security/advisories/bulk HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as slow:
        slow.sendall(request)
        stop = threading.Event()

        def trickle():
            while not stop.is_set():
                try:
                    slow.sendall(b"{")
                except OSError:
                    return
                stop.wait(1)

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        try:
            assert server.get("/plain-fixture").status == 200
            answer = wait_until(lambda: slow.recv(4096) or b"closed", "the slow body is cut off", 90)
            assert answer == b"closed" or answer.startswith(b"HTTP/1.1 408")
        finally:
            stop.set()
            thread.join()
