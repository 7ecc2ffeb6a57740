"""Who is not let in: strangers' pages, floods, and what is no request at all."""

from collections.abc import Callable
from uuid import uuid4

import pytest
import requests
from gateway_process import Gateway
from played_services import Suite

THINGS = "/api/v1/things"


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1", ""])
@pytest.mark.parametrize("cookie", ["__Host-epresence={}", "__Host-epresence-signin={}"])
def test_a_cookie_that_a_strangers_page_sent_along_is_refused(
    gateway: Gateway, suite: Suite, session: str, origin: str | None, cookie: str
) -> None:
    headers = {"Cookie": cookie.format(session), **({"Origin": origin} if origin is not None else {})}

    answers = [
        gateway.post(THINGS, json={"name": "x"}, headers=headers),
        gateway.request("DELETE", "/api/v1/sign-in", headers=headers),
        gateway.post("/conferences/new", data={"title": "x"}, headers=headers),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/origin-refused")
    assert not suite.orgs.received
    assert not suite.portal.received
    assert not suite.identity.received


def test_our_own_pages_may_send_forms(gateway: Gateway, suite: Suite, session: str) -> None:
    assert gateway.post(THINGS, json={"name": "x"}, session=session).status_code == 200
    assert gateway.post("/conferences/new", data={"title": "x"}, session=session).status_code == 200


def test_reading_needs_no_origin_nor_does_a_program(gateway: Gateway, suite: Suite, session: str) -> None:
    cookie = {"Cookie": f"__Host-epresence={session}"}
    token = {"Authorization": f"Bearer {session}"}

    assert gateway.get(THINGS, headers=cookie).status_code == 200
    assert gateway.post(THINGS, json={"name": "x"}, headers=token).status_code == 200


def test_the_portal_vouches_for_its_own_forms(gateway: Gateway, suite: Suite, session: str) -> None:
    headers = {"Authorization": f"Session {session}", "Cookie": "__Host-epresence-signin=x"}

    answer = requests.post(gateway.internal_url + THINGS, json={"name": "x"}, headers=headers, timeout=5)

    assert answer.status_code == 200


def test_a_session_that_floods_is_slowed_down_alone(start: Callable[..., Gateway], suite: Suite, session: str) -> None:
    gateway = start(session_per_minute="60", session_burst="5")
    gateway.get(THINGS, session=session)  # from here on it is known

    statuses = [gateway.get(THINGS, session=session).status_code for _ in range(6)]
    refused = gateway.get(THINGS, session=session)

    assert statuses[:4] == [200] * 4
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-requests")
    assert int(refused.headers["Retry-After"]) >= 1
    assert gateway.get(THINGS, session=suite.sessions.open()).status_code == 200
    assert gateway.get("/api/v1/public").status_code == 200


def test_invented_sessions_count_for_where_they_come_from(start: Callable[..., Gateway], suite: Suite) -> None:
    gateway = start(address_per_minute="60", address_burst="5")

    statuses = [gateway.get(THINGS, session=f"invented-{n}").status_code for n in range(8)]

    assert statuses[:5] == [401] * 5
    assert statuses[6:] == [429] * 2
    assert gateway.get("/").status_code == 429
    assert gateway.get("/api/v1/nothing").status_code == 429
    # A link that everybody opens in the same minute, files, and webhooks are never slowed down.
    assert gateway.get("/api/v1/join/ticket").status_code == 200
    assert gateway.get("/join/ticket").status_code == 200
    assert gateway.get("/static/site.css").status_code == 200
    assert gateway.post("/hooks/zoom", data=b"{}").status_code == 200
    # The portal says for whom it asks: that browser is another address.
    there = {"X-Client-Address": "192.0.2.7"}
    assert requests.get(gateway.internal_url + "/api/v1/public", headers=there, timeout=5).status_code == 200


def test_behind_a_proxy_we_trust_the_client_is_whom_it_saw(start: Callable[..., Gateway], suite: Suite) -> None:
    gateway = start(trusted_proxies="127.0.0.0/8")

    gateway.get("/api/v1/public", headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.9, 127.0.0.2"})
    assert suite.orgs.last.header("X-Client-Address") == "192.0.2.9"

    gateway.get("/api/v1/public", headers={"X-Forwarded-For": "nonsense"})
    assert suite.orgs.last.header("X-Client-Address") == "127.0.0.1"


def test_the_internal_listener_serves_the_portals_needs_only(gateway: Gateway, suite: Suite) -> None:
    paths = ("/", "/conferences", "/auth/login", "/hooks/zoom", "/oauth/token", "/health/live", "/api/docs", "/metrics")
    for path in paths:
        assert requests.get(gateway.internal_url + path, timeout=5).status_code == 404, path
    assert not suite.portal.received


def test_figures_and_details_are_on_the_ops_port_only(gateway: Gateway, suite: Suite) -> None:
    gateway.get(f"{THINGS}/{uuid4()}")

    assert 'operation="orgs.things.read"' in requests.get(f"{gateway.ops_url}/metrics", timeout=5).text
    assert gateway.get("/metrics").json() == {"ok": True}  # the portal's address space
    assert suite.portal.last.target == "/metrics"
