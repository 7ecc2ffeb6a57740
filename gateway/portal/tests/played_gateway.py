"""A gateway on a real socket that answers what a test tells it to, and only what the contracts allow.

Real journeys are in `tests/browser`. Here the wire is what matters: each request and each answer is held against
`contracts/openapi`.
"""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connexion.json_schema import Draft4ResponseValidator
from jsonschema import Draft4Validator

from chassis import contracts

SERVICES = ("identity", "orgs", "conferences", "notifications", "edge")


@dataclass(frozen=True)
class Asked:
    """One request the portal made."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    """What to say; a body of bytes is no JSON and is not checked."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()


Reply = Answer | Callable[[Asked], Answer]


class PlayedGateway:
    def __init__(self) -> None:
        self.replies: dict[tuple[str, str], Reply] = {}
        self.asked: list[Asked] = []
        self.broken: list[str] = []
        operations()  # read before anybody waits for an answer: the portal's patience is a second
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def reset(self) -> None:
        self.replies, self.asked, self.broken = {}, [], []

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def on(self, method: str, path: str, body: Any = None, status: int = 200, **more: Any) -> None:
        """Answer this from now on."""
        self.replies[method, path] = Answer(body, status, **more)

    def refuse(self, method: str, path: str, type: str, *, headers: dict[str, str] | None = None, **facts: Any) -> None:
        """Answer with a problem of the catalogue, in Greek as a Greek page asks for it."""
        known = contracts.problems()[type]
        body = {
            "type": f"/problems/{type}",
            "title": known["title"]["el"],
            "status": known["status"],
            "detail": known["detail"]["el"],
        }
        self.replies[method, path] = Answer(
            body | {"instance": "correlation-1"} | facts, known["status"], headers or {}
        )

    def refuse_session(self, method: str, path: str) -> None:
        """Answer as to somebody whose session is over."""
        operation, document = operation_of(method, path)
        type = resolve(operation["responses"]["401"], document)["x-problems"][0]
        self.replies[method, path] = Answer({"type": f"/problems/{type}", "title": "?", "status": 401}, 401)

    def calls(self, method: str, path: str) -> list[Asked]:
        return [asked for asked in self.asked if (asked.method, asked.path) == (method, path)]

    def _answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        reply = self.replies.get((asked.method, asked.path))
        if reply is None:
            self.broken.append(f"{asked.method} {asked.path} was not expected")
            return Answer({"type": "/problems/not-found", "title": "?", "status": 404}, 404)
        answer = reply(asked) if callable(reply) else reply
        operation = operation_of(asked.method, asked.path)
        self.broken += faults(operation, asked, answer)
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        played = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer in one piece: in two, the second waits 40 ms for the first to be acknowledged

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                content = self.rfile.read(length)
                address = urlsplit(self.path)
                body = json.loads(content) if content else None
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = played._answer(
                    Asked(self.command, address.path, dict(parse_qsl(address.query)), headers, body)
                )
                payload = answer.body if isinstance(answer.body, bytes) else b""
                if answer.body is not None and not payload:
                    payload = json.dumps(answer.body).encode()
                self.send_response(answer.status)
                kind = "application/problem+json" if answer.status >= 400 else "application/json"
                for name, value in ({"Content-Type": kind} | answer.headers).items():
                    self.send_header(name, value)
                for cookie in answer.cookies:
                    self.send_header("Set-Cookie", cookie)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler


@cache
def operations() -> list[tuple[str, re.Pattern[str], dict[str, Any], dict[str, Any]]]:
    found = []
    for service in SERVICES:
        document = contracts.openapi(f"{service}.yaml")
        for path, item in document["paths"].items():
            pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
            found += [
                (method.upper(), pattern, operation, document)
                for method, operation in item.items()
                if isinstance(operation, dict) and "operationId" in operation
            ]
    return found


def operation_of(method: str, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for known, pattern, operation, document in operations():
        if known == method and pattern.fullmatch(path):
            return operation, document
    raise AssertionError(f"no contract knows {method} {path}")


def faults(found: tuple[dict[str, Any], dict[str, Any]], asked: Asked, answer: Answer) -> list[str]:
    """Where a request or an answer departs from its contract."""
    operation, document = found
    name = operation["operationId"]
    wrong = []
    if asked.body is not None:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        wrong += [f"{name} request: {error.message}" for error in check(schema, document, asked.body)]
    if answer.status == 502 or answer.status >= 500:
        return wrong
    response = resolve(operation["responses"].get(str(answer.status)), document)
    if response is None:
        return [*wrong, f"{name} never answers {answer.status}"]
    if answer.status >= 400:
        type_ = answer.body["type"].rsplit("/", 1)[-1]
        wrong += [] if type_ in response["x-problems"] else [f"{name} never answers {type_}"]
    elif not isinstance(answer.body, bytes) and "content" in response:
        schema = response["content"]["application/json"]["schema"]
        wrong += [f"{name} answer: {error.message}" for error in check(schema, document, answer.body)]
    return wrong


def resolve(node: Any, document: dict[str, Any]) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def check(schema: Any, document: dict[str, Any], value: Any) -> Any:
    rooted = {"components": document["components"]} | schema
    return Draft4ResponseValidator(rooted, format_checker=Draft4Validator.FORMAT_CHECKER).iter_errors(value)
