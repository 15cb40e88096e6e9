"""Endpoints of language models on loopback, in the two forms that are in use, with answers to order."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CLEAN = json.dumps({"verdict": "clean", "findings": []})


def finding(verdict: str, rule: str, path: str, line: int) -> str:
    return json.dumps({"verdict": verdict, "findings": [{"rule": rule, "path": path, "line": line}]})


class ModelEndpoint:
    """Speaks `POST /v1/chat/completions` and `POST /v1/messages`.

    `answer(prompt)` is what the model writes. `key` is what a caller must show; `questions` holds every request.
    """

    def __init__(self, key: str | None = None) -> None:
        self.answer = lambda prompt: CLEAN
        self.status = 200
        self.key = key
        self.questions: list[tuple[str, dict]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments) -> None:
                pass

            def do_HEAD(self) -> None:
                self.reply(404, {})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                form = {"/v1/chat/completions": endpoint.completion, "/v1/messages": endpoint.message}.get(self.path)
                if form is None:
                    self.reply(404, {"error": {"message": f"no such path {self.path}"}})
                    return
                status, answer = form(self.headers, body)
                self.reply(status, answer)

            def reply(self, status: int, answer: dict) -> None:
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def completion(self, headers, body: dict) -> tuple[int, dict]:
        """Chat completions, with the members that the public reference requires."""
        assert set(body) <= {"model", "messages", "max_tokens", "temperature", "stream", "response_format"}, set(body)
        assert [message["role"] for message in body["messages"]] == ["system", "user"]
        if self.key and headers.get("Authorization") != f"Bearer {self.key}":
            return 401, {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error"}}
        text = self._ask("openai", body, body["messages"][1]["content"])
        if self.status != 200:
            return self.status, {"error": {"message": "ordered by a test"}}
        return 200, {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body["model"],
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text, "refusal": None},
                         "logprobs": None, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020},
        }

    def message(self, headers, body: dict) -> tuple[int, dict]:
        """Messages, with the header fields and members that the public reference requires."""
        assert set(body) <= {"model", "messages", "max_tokens", "temperature", "stream", "system"}, set(body)
        assert headers.get("anthropic-version") == "2023-06-01"
        assert [message["role"] for message in body["messages"]] == ["user"]
        if self.key and headers.get("x-api-key") != self.key:
            return 401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
        text = self._ask("anthropic", body, body["messages"][0]["content"])
        if self.status != 200:
            return self.status, {"type": "error", "error": {"type": "api_error", "message": "ordered by a test"}}
        return 200, {
            "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"],
            "content": [{"type": "text", "text": text}], "stop_reason": "end_turn", "stop_sequence": None,
            "usage": {"input_tokens": 1000, "output_tokens": 20},
        }

    def _ask(self, form: str, body: dict, prompt: str) -> str:
        self.questions.append((form, body))
        return self.answer(prompt)
