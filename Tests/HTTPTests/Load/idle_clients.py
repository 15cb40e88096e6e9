"""Holds many idle connections to a server open until standard input ends. Usage: idle_clients.py PORT COUNT.

Every second connection has sent the beginning of a head. Prints "ready" when all are open.
"""

import resource
import socket
import sys

port, count = int(sys.argv[1]), int(sys.argv[2])
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if hard != resource.RLIM_INFINITY and hard < count + 100:
    sys.exit(f"{count + 100} open files are needed, the hard limit is {hard}: raise it (ulimit -Hn)")
resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, hard))
peers = []
for number in range(count):
    peer = socket.create_connection(("127.0.0.1", port), timeout=20)
    if number % 2:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: " + b"x" * 200)
    peers.append(peer)
print("ready", flush=True)
sys.stdin.read()
