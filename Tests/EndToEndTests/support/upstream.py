"""Fixture upstream registries on loopback: what npm's and PyPI's servers answer, with counts and faults to order."""

from __future__ import annotations

import collections
import hashlib
import json
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .packages import NpmVersion, PythonFile


class FixtureUpstream:
    """An HTTP server whose answers a test can change while it runs. `requests` counts targets that were asked for."""

    def __init__(self) -> None:
        self.requests: collections.Counter[str] = collections.Counter()
        self.delay_seconds = 0.0
        self.is_down = False
        #: Paths that are answered 429 for now, with the seconds of Retry-After.
        self.throttled: dict[str, int] = {}
        #: Targets in the order in which they were asked for.
        self.order: list[str] = []
        self._lock = threading.Lock()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments) -> None:
                pass

            def do_GET(self) -> None:
                upstream._serve(self)

            do_HEAD = do_GET

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, accept: str) -> tuple[int, str, bytes]:
        raise NotImplementedError

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self.requests[handler.path] += 1
            self.order.append(handler.path)
        if self.delay_seconds:
            time.sleep(self.delay_seconds)
        wait = self.throttled.get(handler.path.split("?")[0])
        if wait is not None:
            status, kind, body = 429, "text/plain", b"slow down\n"
        elif self.is_down:
            status, kind, body = 503, "text/plain", b"down for a test\n"
        else:
            status, kind, body = self.answer(handler.path, handler.headers.get("Accept", ""))
        tag = '"' + hashlib.sha256(body).hexdigest()[:32] + '"'
        if status == 200 and handler.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("ETag", tag)
        if wait is not None:
            handler.send_header("Retry-After", str(wait))
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD" and status != 304:
            try:
                handler.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                pass


class NpmUpstream(FixtureUpstream):
    """An npm registry with the given versions; `tampered` names tarballs whose bytes differ from their integrity."""

    def __init__(self, versions: list[NpmVersion]) -> None:
        super().__init__()
        self.versions = list(versions)
        self.tampered: set[str] = set()
        #: Tarballs that the listing says are elsewhere, by file name.
        self.tarball_urls: dict[str, str] = {}

    def packument(self, name: str) -> dict | None:
        mine = [version for version in self.versions if version.name == name]
        if not mine:
            return None
        document = {"_id": name, "name": name, "dist-tags": {"latest": mine[-1].version}, "versions": {}, "time": {}}
        for item in mine:
            document["versions"][item.version] = {
                **item.manifest,
                "_id": f"{name}@{item.version}",
                "dist": {
                    "tarball": self.tarball_urls.get(item.filename, f"{self.url}{name}/-/{item.filename}"),
                    "integrity": item.integrity,
                    "shasum": hashlib.sha1(item.tarball).hexdigest(),
                },
            }
            document["time"][item.version] = item.published
        document["time"]["created"] = mine[0].published
        document["time"]["modified"] = mine[-1].published
        return document

    def answer(self, path: str, accept: str) -> tuple[int, str, bytes]:
        path = urllib.parse.unquote(path.split("?")[0]).lstrip("/")
        if "/-/" in path:
            name, filename = path.split("/-/", 1)
            for version in self.versions:
                if version.name == name and version.filename == filename:
                    body = version.tarball
                    if filename in self.tampered:
                        body = body[:-9] + bytes([body[-9] ^ 1]) + body[-8:]
                    return 200, "application/octet-stream", body
            return 404, "application/json", b'{"error":"Not found"}'
        document = self.packument(path)
        if document is None:
            return 404, "application/json", b'{"error":"Not found"}'
        return 200, "application/json", json.dumps(document).encode()


class PythonUpstream(FixtureUpstream):
    """A Python index; `speaks_json` makes it answer PEP 691 JSON, otherwise it knows PEP 503 HTML only."""

    def __init__(self, files: list[PythonFile], speaks_json: bool = False) -> None:
        super().__init__()
        self.files = list(files)
        self.speaks_json = speaks_json
        self.has_project_json = True
        self.tampered: set[str] = set()
        self.simple_url = self.url + "simple/"

    def answer(self, path: str, accept: str) -> tuple[int, str, bytes]:
        parts = path.split("?")[0].strip("/").split("/")
        if parts[0] == "simple" and len(parts) == 2:
            return self._page(parts[1], accept)
        if parts[0] == "pypi" and len(parts) == 3 and parts[2] == "json" and self.has_project_json:
            return self._project(parts[1])
        if parts[0] == "packages":
            for item in self.files:
                if parts[-1] == item.filename:
                    body = item.content
                    if item.filename in self.tampered:
                        body = body[:-1] + bytes([body[-1] ^ 1])
                    return 200, "application/octet-stream", body
                if parts[-1] == item.filename + ".metadata" and item.metadata is not None:
                    return 200, "application/octet-stream", item.metadata
        return 404, "text/plain", b"not found\n"

    def _mine(self, project: str) -> list[PythonFile]:
        return [item for item in self.files if item.project == project]

    def _page(self, project: str, accept: str) -> tuple[int, str, bytes]:
        mine = self._mine(project)
        if not mine:
            return 404, "text/plain", b"not found\n"
        if self.speaks_json and "application/vnd.pypi.simple.v1+json" in accept:
            files = [
                {
                    "filename": item.filename,
                    "url": f"{self.url}packages/{item.filename}",
                    "hashes": {"sha256": item.sha256},
                    "upload-time": item.uploaded,
                    "size": len(item.content),
                    "yanked": False,
                    "core-metadata": {"sha256": hashlib.sha256(item.metadata).hexdigest()} if item.metadata else False,
                }
                for item in mine
            ]
            versions = sorted({item.version for item in mine})
            page = {"meta": {"api-version": "1.1"}, "name": project, "versions": versions, "files": files}
            return 200, "application/vnd.pypi.simple.v1+json", json.dumps(page).encode()
        links = "".join(
            f'<a href="../../packages/{item.filename}#sha256={item.sha256}"'
            + (f' data-core-metadata="sha256={hashlib.sha256(item.metadata).hexdigest()}"' if item.metadata else "")
            + f">{item.filename}</a><br/>\n"
            for item in mine
        )
        return 200, "text/html", f"<!DOCTYPE html><html><body>\n{links}</body></html>".encode()

    def _project(self, project: str) -> tuple[int, str, bytes]:
        releases: dict[str, list[dict]] = {}
        for item in self._mine(project):
            releases.setdefault(item.version, []).append(
                {
                    "filename": item.filename,
                    "url": f"{self.url}packages/{item.filename}",
                    "digests": {"sha256": item.sha256},
                    "size": len(item.content),
                    "upload_time_iso_8601": item.uploaded,
                    "yanked": False,
                    "yanked_reason": None,
                }
            )
        if not releases:
            return 404, "text/plain", b"not found\n"
        last = sorted(releases)[-1]
        body = {"info": {"name": project, "version": last}, "releases": releases, "urls": releases[last]}
        return 200, "application/json", json.dumps(body).encode()
