"""When a service is dead, slow, or breaks off: a problem with a word on when to come back, never a bare 500."""

import socket
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
import requests
from gateway_process import Gateway
from played_services import Received, Reply, Suite

THING = f"/api/v1/things/{uuid4()}"


def first(reply: Reply, then: Reply | None = None) -> Callable[[Received], Reply]:
    replies = [reply]
    return lambda _request: replies.pop() if replies else then or Reply()


def test_a_dead_service_is_unavailable(start: Callable[..., Gateway], session: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    gateway = start(orgs_url=f"http://127.0.0.1:{port}")

    answer = gateway.get(THING, session=session)

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/service-unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    ready = gateway.get("/health/ready")
    assert (ready.status_code, ready.json()) == (503, {"status": "unavailable"})
    assert requests.get(f"{gateway.ops_url}/health/ready", timeout=5).json()["missing"] == ["orgs"]
    assert gateway.get("/health/live").json() == {"status": "ok"}


def test_all_being_well_the_gateway_is_ready(gateway: Gateway) -> None:
    answer = gateway.get("/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_slow_service_times_out(gateway: Gateway, suite: Suite, session: str) -> None:
    suite.orgs.reply = lambda _request: Reply(delay=2)

    began = time.monotonic()
    answer = gateway.get(THING, session=session)

    assert (answer.status_code, answer.json()["type"]) == (504, "/problems/gateway-timeout")
    assert "Retry-After" in answer.headers
    assert time.monotonic() - began < 1.8


def test_a_get_is_sent_once_more_after_a_reset(gateway: Gateway, suite: Suite, session: str) -> None:
    suite.orgs.reply = first(Reply(reset=True))

    assert gateway.get(THING, session=session).status_code == 200
    assert len(suite.orgs.received) == 2


def test_what_changes_something_is_never_sent_twice(gateway: Gateway, suite: Suite, session: str) -> None:
    suite.orgs.reply = first(Reply(reset=True))

    answer = gateway.post("/api/v1/things", session=session, json={"name": "x"})

    assert (answer.status_code, answer.json()["type"]) == (502, "/problems/bad-gateway")
    assert len(suite.orgs.received) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(reset=True),
        Reply(body=b"x" * 5000, cut_after=10),
        Reply(raw=b"this is no HTTP\r\n\r\n"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000 + b"\r\n\r\n"),
        Reply(raw=b""),
        Reply(500, b"<h1>Internal Server Error</h1>", [("Content-Type", "text/html")]),
        Reply(502, b""),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_bad_gateway(
    gateway: Gateway, suite: Suite, session: str, reply: Reply
) -> None:
    suite.orgs.reply = lambda _request: reply

    answer = gateway.get(THING, session=session)

    assert (answer.status_code, answer.json()["type"]) == (502, "/problems/bad-gateway")
    assert b"Internal" not in answer.content


def test_a_services_own_problem_passes(gateway: Gateway, suite: Suite, session: str) -> None:
    body = b'{"type":"/problems/temporarily-unavailable","status":503}'
    headers = [("Content-Type", "application/problem+json"), ("Retry-After", "5")]
    suite.orgs.reply = lambda _request: Reply(503, body, headers)

    answer = gateway.get(THING, session=session)

    assert (answer.status_code, answer.content, answer.headers["Retry-After"]) == (503, body, "5")


def test_a_long_answer_that_breaks_off_is_seen_to(gateway: Gateway, suite: Suite) -> None:
    suite.portal.reply = lambda _request: Reply(body=b"x" * 1_000_000, cut_after=600_000)

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        gateway.get("/report.xlsx")


def test_connections_to_services_are_renewed(start: Callable[..., Gateway], suite: Suite, session: str) -> None:
    """Or a replica that came up later would get no work as long as the old connections hold."""
    gateway = start(connection_seconds="0.3")
    ports = set()
    suite.orgs.reply = lambda request: ports.add(request.client_port) or Reply()

    for _ in range(20):
        assert gateway.get(THING, session=session).status_code == 200
        time.sleep(0.05)

    assert 3 <= len(ports) <= 8
