"""Whatever comes over the wire, the gateway answers something, and never 500."""

import json
import socket
from contextlib import suppress
from uuid import uuid4

import pytest
from gateway_process import Gateway
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from played_services import Suite

JSON = {"Content-Type": "application/json"}
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "PATCH", "CONNECT", "BREW"]
PATHS = [
    "/api/v1/things",
    f"/api/v1/things/{uuid4()}",
    "/api/v1/join/x",
    "/oauth/token",
    "/auth/login",
    "/hooks/zoom",
    "/page",
    "/api/docs/x",
    "*",
    "//",
    "/api",
    "http://other/api/v1/things",
]
NAMES = [
    *(
        "Host",
        "Cookie",
        "Authorization",
        "Origin",
        "Content-Length",
        "Content-Type",
        "Transfer-Encoding",
        "Accept-Language",
    ),
    *("Idempotency-Key", "X-Correlation-ID", "X-Forwarded-For", "Expect", "Connection", "Upgrade", "If-None-Match"),
]
VALUES = [
    *(
        "0",
        "5",
        "-1",
        "1e3",
        "chunked",
        "gzip",
        "application/json",
        "application/x-www-form-urlencoded",
        "100-continue",
    ),
    *("Bearer x", "Session x", "__Host-epresence=x", "__Host-epresence", "el", "en;q=x", "upgrade", "websocket", "h2c"),
]


def send(gateway: Gateway, raw: bytes) -> bytes:
    """The answer; a request that never ends is given up after a moment."""
    answer = b""
    with socket.create_connection(("127.0.0.1", gateway.port)) as line:
        line.settimeout(0.3)
        with suppress(ConnectionError, TimeoutError):
            line.sendall(raw)
            while part := line.recv(65536):
                answer += part
    return answer


def ensure_no_server_error(answer: bytes, request: bytes = b"") -> None:
    if answer:
        status = int(answer.split(b" ", 2)[1])
        assert status not in (500, 502, 503), (request, answer[:500])


text = some.text(max_size=30)
fuzz = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzz
@given(
    method=some.sampled_from(METHODS),
    path=some.sampled_from(PATHS),
    query=some.binary(max_size=30),
    headers=some.lists(some.tuples(some.sampled_from(NAMES), some.sampled_from(VALUES) | text), max_size=5),
    body=some.binary(max_size=60),
)
def test_no_request_is_too_odd(
    gateway: Gateway, suite: Suite, method: str, path: str, query: bytes, headers: list[tuple[str, str]], body: bytes
) -> None:
    head = (
        f"{method} {path}".encode()
        + (b"?" + query if query else b"")
        + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    )
    lines = b"".join(f"{name}: {value}\r\n".encode("utf-8", "surrogatepass") for name, value in headers)

    raw = head + lines + b"\r\n" + body
    ensure_no_server_error(send(gateway, raw), raw)


@fuzz
@given(raw=some.binary(max_size=300))
def test_no_bytes_are_too_odd(gateway: Gateway, raw: bytes) -> None:
    ensure_no_server_error(send(gateway, raw + b"\r\n\r\n"))


@fuzz
@given(path=some.text(max_size=40))
def test_no_path_is_too_odd(gateway: Gateway, suite: Suite, path: str) -> None:
    raw = b"/api/v1/" + path.encode("utf-8", "surrogatepass")

    ensure_no_server_error(send(gateway, b"GET " + raw + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))


any_text = some.text(some.characters(), max_size=20)  # with halves of surrogate pairs, which JSON can write
json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | any_text,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(any_text, inner, max_size=4),
    max_leaves=10,
)


@fuzz
@given(body=some.dictionaries(some.sampled_from(["name", "email", "at", "tags"]) | any_text, json_values) | json_values)
def test_no_body_is_too_odd(gateway: Gateway, suite: Suite, session: str, body: object) -> None:
    answer = gateway.post("/api/v1/things", session=session, data=json.dumps(body), headers=JSON)

    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    "headers",
    [
        "X-Long: " + "x" * 100_000,
        "".join(f"X-{n}: y\r\n" for n in range(300)) + "X: y",
        "Cookie: __Host-epresence=" + "x" * 20_000,
        "Accept-Language: " + "el," * 2000,
    ],
)
def test_headers_that_are_too_large_are_refused(gateway: Gateway, suite: Suite, headers: str) -> None:
    answer = send(gateway, f"GET /api/v1/public HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n\r\n".encode())

    assert int(answer.split(b" ", 2)[1]) in (200, 400, 431)
    ensure_no_server_error(answer)


def test_nothing_here_speaks_websocket(gateway: Gateway) -> None:
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    answer = send(gateway, f"GET /live HTTP/1.1\r\nHost: x\r\n{upgrade}{key}\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 403")
