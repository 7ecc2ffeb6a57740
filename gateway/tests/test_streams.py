"""Bodies that cross as they are: webhooks byte by byte, the portal's pages and files in pieces."""

import hashlib
import os

import pytest
from gateway_process import Gateway
from played_services import Reply, Suite


def test_a_webhook_crosses_as_bytes_with_its_signature(gateway: Gateway, suite: Suite) -> None:
    body = b'{"event" : "meeting.started",\n "payload": {"\\u0000": [' + b"[" * 50
    headers = {
        "x-zm-signature": "v0=abc",
        "x-zm-request-timestamp": "1",
        "Authorization": "abc",
        "Cookie": "__Host-epresence=a",
    }

    answer = gateway.post("/hooks/zoom?x=1", data=body, headers={**headers, "Content-Type": "application/json"})

    assert answer.status_code == 200
    told = suite.conferences.last
    assert (told.target, told.body) == ("/hooks/zoom?x=1", body)
    assert told.header("x-zm-signature") == "v0=abc"
    assert told.header("x-zm-request-timestamp") == "1"
    assert told.header("Authorization") is None
    assert told.header("Cookie") is None
    assert not suite.identity.received


def test_a_webhook_is_short_and_quick(gateway: Gateway, suite: Suite) -> None:
    assert gateway.post("/hooks/zoom", data=b"x" * 20_001).status_code == 413
    assert gateway.post("/hooks/zoom", data=iter([b"x" * 15_000] * 2)).status_code == 413

    suite.conferences.reply = lambda _request: Reply(delay=1.5)
    assert gateway.post("/hooks/zoom", data=b"{}").status_code == 504


def test_a_large_file_comes_through_in_pieces(gateway: Gateway, suite: Suite) -> None:
    body = os.urandom(5_000_000)
    suite.portal.reply = lambda _request: Reply(body=body, headers=[("Content-Type", "application/octet-stream")])

    with gateway.get("/conferences/1/report.xlsx", stream=True) as answer:
        assert answer.headers["Content-Length"] == "5000000"
        received = b"".join(answer.iter_content(65_536))

    assert hashlib.sha256(received).digest() == hashlib.sha256(body).digest()


def test_pieces_of_unknown_length_come_through(gateway: Gateway, suite: Suite) -> None:
    suite.portal.reply = lambda _request: Reply(chunks=[b"one ", b"two ", b"three"])

    answer = gateway.get("/page")

    assert answer.content == b"one two three"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_form_goes_through_in_pieces(gateway: Gateway, suite: Suite, chunked: bool) -> None:
    body = os.urandom(2_000_000)

    answer = gateway.post("/upload", data=iter([body[:700_000], body[700_000:]]) if chunked else body)

    assert answer.status_code == 200
    assert suite.portal.last.body == body


def test_too_large_a_form_is_refused_announced_or_not(gateway: Gateway, suite: Suite) -> None:
    announced = gateway.post("/upload", data=b"x" * 3_000_001)
    chunked = gateway.post("/upload", data=iter([b"x" * 1_000_000] * 4))

    assert (announced.status_code, chunked.status_code) == (413, 413)
    assert chunked.json()["type"] == "/problems/too-large"


def test_pages_keep_their_methods_and_query(gateway: Gateway, suite: Suite) -> None:
    gateway.request("HEAD", "/a%20b/c?x=%FF&y=1")

    assert (suite.portal.last.method, suite.portal.last.target) == ("HEAD", "/a%20b/c?x=%FF&y=1")


def test_the_portals_own_errors_are_pages(gateway: Gateway, suite: Suite) -> None:
    suite.portal.reply = lambda _request: Reply(503, b"<h1>later</h1>", [("Content-Type", "text/html")])

    assert gateway.get("/conferences").content == b"<h1>later</h1>"


def test_a_dead_portal_is_a_problem_too(gateway: Gateway, suite: Suite) -> None:
    suite.portal.reply = lambda _request: Reply(reset=True)

    answer = gateway.get("/")

    assert (answer.status_code, answer.json()["type"]) == (502, "/problems/bad-gateway")


@pytest.mark.parametrize(("language", "words"), [("el", "Η απάντηση διακόπηκε"), ("en", "The answer was broken off")])
def test_whoever_looks_with_a_browser_gets_a_page_from_us(
    gateway: Gateway, suite: Suite, language: str, words: str
) -> None:
    suite.portal.reply = lambda _request: Reply(reset=True)

    answer = gateway.get("/conferences", headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": language})

    assert answer.status_code == 502
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Retry-After"] == "2"
    assert f"<h1>{words}</h1>" in answer.text
    assert answer.headers["X-Correlation-ID"] in answer.text
