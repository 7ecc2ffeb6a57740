"""What crosses the door in headers, and what does not."""

from uuid import UUID, uuid4

import pytest
import requests
from gateway_process import Gateway
from played_services import SECRET, Reply, Suite

from gateway.headers import security_headers
from gateway.settings import Settings

THING = f"/api/v1/things/{uuid4()}"
FORGED = {
    "X-Internal": "forged",
    "X-Client-Address": "6.6.6.6",
    "X-Forwarded-For": "6.6.6.6",
    "X-Real-IP": "6.6.6.6",
    "Forwarded": "for=6.6.6.6",
    "Connection": "close, X-Own",
    "TE": "trailers",
    "Upgrade": "h2c",
}


def test_a_service_is_told_who_calls_by_us_alone(gateway: Gateway, suite: Suite, session: str) -> None:
    gateway.get(THING, session=session, headers=FORGED)

    told = suite.orgs.last
    assert told.header("X-Internal") == SECRET
    assert told.header("X-Client-Address") == "127.0.0.1"
    assert "6.6.6.6" not in str(told)
    assert told.header("User-Agent") is None


def test_the_portal_gets_pages_headers_without_our_secret(gateway: Gateway, suite: Suite) -> None:
    gateway.get("/conferences", headers={**FORGED, "Cookie": "epresence_language=en", "Authorization": "Bearer x"})

    told = suite.portal.last
    assert told.header("X-Client-Address") == "127.0.0.1"
    assert told.header("X-Internal") is None
    assert told.header("Authorization") is None
    assert told.header("Cookie") == "epresence_language=en"
    assert told.header("Host") == f"127.0.0.1:{gateway.port}"
    assert "6.6.6.6" not in str(told)
    assert SECRET not in str(told)


def test_identity_alone_gets_cookies_and_only_its_own(gateway: Gateway, suite: Suite, session: str) -> None:
    cookie = "epresence_language=en; __Host-epresence-signin=abc; other=1"

    gateway.get("/api/v1/sign-in", headers={"Cookie": cookie, "User-Agent": "Browser"})
    gateway.get("/api/v1/public", headers={"Cookie": cookie})

    assert suite.identity.last.header("Cookie") == "__Host-epresence-signin=abc"
    assert suite.identity.last.header("User-Agent") == "Browser"
    assert suite.orgs.last.header("Cookie") is None


def test_cookies_that_identity_sets_come_back_unchanged(gateway: Gateway, suite: Suite) -> None:
    cookies = [
        "__Host-epresence=abc; Path=/; Secure; HttpOnly; SameSite=Lax",
        "__Host-epresence-state=; Max-Age=0; Path=/",
    ]
    headers = [("Location", "https://taxisnet.example/?state=x"), *(("Set-Cookie", cookie) for cookie in cookies)]
    suite.identity.reply = lambda _request: Reply(302, b"", headers)

    for base in (gateway.url, gateway.internal_url):
        path = "/auth/login" if base == gateway.url else "/api/v1/sign-in"
        answer = requests.get(base + path, allow_redirects=False, timeout=5)

        assert answer.status_code == 302
        assert answer.headers["Location"] == "https://taxisnet.example/?state=x"
        assert answer.raw.headers.getlist("Set-Cookie") == cookies


def test_every_answer_carries_the_security_headers_once(gateway: Gateway, suite: Suite, session: str) -> None:
    own = [
        ("Content-Security-Policy", "default-src *"),
        ("Server", "secret/1.0"),
        ("X-Powered-By", "x"),
        ("Content-Type", "text/html"),
    ]
    suite.portal.reply = lambda _request: Reply(headers=own)
    answers = [
        gateway.get("/"),
        gateway.get(THING, session=session),
        gateway.get("/api/v1/nothing"),
        gateway.get("/health/live"),
        gateway.get("/api/docs"),
        gateway.get("/auth/login"),
    ]

    for answer in answers:
        assert answer.raw.headers.getlist("Content-Security-Policy") == [
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; form-action 'self' https://zoom.us https://*.zoom.us https://taxisnet.example; "
            "frame-ancestors 'none'; base-uri 'none'"
        ]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert answer.raw.headers.getlist("Server") == ["epresence"]
        assert len(answer.raw.headers.getlist("Date")) == 1
        assert "Strict-Transport-Security" not in answer.headers
        assert "X-Powered-By" not in answer.headers
        assert UUID(answer.headers["X-Correlation-ID"])


def test_answers_are_not_stored_unless_the_service_says_so(gateway: Gateway, suite: Suite, session: str) -> None:
    assert gateway.get(THING, session=session).headers["Cache-Control"] == "no-store"

    suite.orgs.reply = lambda _request: Reply(headers=[("Cache-Control", "private, max-age=5")])
    assert gateway.get(THING, session=session).headers["Cache-Control"] == "private, max-age=5"


@pytest.mark.parametrize(
    ("given", "kept"), [("trip-0123.x_y", True), ("short", False), ("a b c d e f g h", False), ("x" * 65, False)]
)
def test_a_correlation_id_is_taken_if_well_formed(
    gateway: Gateway, suite: Suite, session: str, given: str, kept: bool
) -> None:
    answer = gateway.get(THING, session=session, headers={"X-Correlation-ID": given})

    assert (answer.headers["X-Correlation-ID"] == given) is kept
    assert suite.orgs.last.header("X-Correlation-ID") == answer.headers["X-Correlation-ID"]
    assert suite.identity.last.header("X-Correlation-ID") == answer.headers["X-Correlation-ID"]


def test_a_problem_names_the_correlation_id(gateway: Gateway) -> None:
    answer = gateway.get("/api/v1/nothing")

    assert answer.json()["instance"] == answer.headers["X-Correlation-ID"]


def test_browsers_keep_to_https_where_that_is_the_address() -> None:
    told = dict(security_headers(Settings(public_url="https://epresence.example")))

    assert told[b"strict-transport-security"] == b"max-age=63072000; includeSubDomains"
