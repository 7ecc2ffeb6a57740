"""Tiny real servers that play the services: they keep what they were sent, and answer as the test says."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from uuid import uuid4

SECRET = "only-for-tests-internal-secret"
SERVICES = ("identity", "orgs", "conferences", "notifications", "portal")


@dataclass
class Received:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    client_port: int

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) < 2, f"{name} came {len(found)} times"
        return found[0] if found else None


@dataclass
class Reply:
    status: int = 200
    body: bytes = b'{"ok":true}'
    headers: list[tuple[str, str]] = field(default_factory=lambda: [("Content-Type", "application/json")])
    delay: float = 0
    reset: bool = False  # closes the connection with RST, before a word
    cut_after: int | None = None  # announces the whole body, sends so much of it, and closes
    raw: bytes | None = None  # sends just this
    chunks: list[bytes] | None = None


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """A caller that breaks off is what some tests are about."""


class Upstream:
    def __init__(self) -> None:
        self.received: list[Received] = []
        self.reply: Callable[[Received], Reply] = lambda _request: Reply()
        self.server = Server(("127.0.0.1", 0), self._handler())
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def last(self) -> Received:
        return self.received[-1]

    def forget(self) -> None:
        self.received.clear()
        self.reply = lambda _request: Reply()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version: ClassVar[str] = "HTTP/1.1"
            timeout: ClassVar[int] = 30

            def answer(self) -> None:
                request = Received(
                    self.command, self.path, list(self.headers.items()), self._read(), self.client_address[1]
                )
                if self.path == "/health/ready":
                    self._send(Reply())
                    return
                upstream.received.append(request)
                self._send(upstream.reply(request))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer

            def _read(self) -> bytes:
                if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                    parts = []
                    while size := int(self.rfile.readline(), 16):
                        parts.append(self.rfile.read(size))
                        self.rfile.readline()
                    self.rfile.readline()
                    return b"".join(parts)
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))

            def _send(self, reply: Reply) -> None:
                time.sleep(reply.delay)
                if reply.reset:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True
                    self.connection.close()
                    return
                if reply.raw is not None:
                    self.wfile.write(reply.raw)
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers:
                    self.send_header(name, value)
                if reply.chunks is not None:
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    for chunk in reply.chunks:
                        self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
                    self.wfile.write(b"0\r\n\r\n")
                    return
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body[: reply.cut_after])
                self.close_connection = self.close_connection or reply.cut_after is not None

            def log_message(self, *_: Any) -> None:
                """Tests read what was received, not a log."""

        return Handler


@dataclass
class Sessions:
    """What the played identity knows: credential → session id; and how often it was asked."""

    known: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    delay: float = 0
    refuse_with: Reply | None = None

    def open(self) -> str:
        value = f"secret-{uuid4()}"
        self.known[value] = str(uuid4())
        return value

    def answer(self, request: Received) -> Reply:
        if request.target != "/internal/token-exchange":
            return Reply()
        assert request.header("Authorization") == f"Internal {SECRET}"
        question = json.loads(request.body)
        self.asked.append(question)
        time.sleep(self.delay)
        if self.refuse_with:
            return self.refuse_with
        session_id = self.known.get(question["credential"]["value"])
        if session_id is None:
            return Reply(401, b'{"type":"/problems/session-expired","status":401}')
        token = f"phantom.{question['audience']}.{session_id}"
        told = {
            "token": token,
            "expires_in": 300,
            "session_id": session_id,
            "person_id": str(uuid4()),
            "state": "active",
        }
        return Reply(200, json.dumps(told).encode())


class Suite:
    """Upstreams, and the gateways before them."""

    def __init__(self) -> None:
        self.upstreams = {name: Upstream() for name in SERVICES}
        self.sessions = Sessions()
        self.reset()

    def __getattr__(self, name: str) -> Upstream:
        return self.upstreams[name]

    def reset(self) -> None:
        for upstream in self.upstreams.values():
            upstream.forget()
        self.sessions.__init__()  # type: ignore[misc]
        self.upstreams["identity"].reply = self.sessions.answer

    def close(self) -> None:
        for upstream in self.upstreams.values():
            upstream.close()
