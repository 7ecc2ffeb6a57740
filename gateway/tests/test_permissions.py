"""Whether somebody may do something: asked of the service whose right it is, with a token of its own (S11)."""

import json

import pytest
from gateway_process import Gateway
from played_services import Reply, Suite

ID = "01930000-0000-7000-8000-0000000000a1"
SAID = {"allowed": False, "reason": "administrators-only", "explanation": {"el": "Όχι", "en": "No"}}


@pytest.mark.parametrize(
    ("act", "service"),
    [("unit.rename", "orgs"), ("conference.edit", "conferences"), ("coordinator_message.send", "notifications")],
)
def test_the_service_that_owns_the_act_answers(
    gateway: Gateway, suite: Suite, session: str, act: str, service: str
) -> None:
    suite.upstreams[service].reply = lambda _request: Reply(body=json.dumps(SAID).encode())

    answer = gateway.get(f"/api/v1/permissions?act={act}&object={ID}", session=session)

    assert (answer.status_code, answer.json()) == (200, SAID)
    assert answer.headers["Cache-Control"] == "no-store"
    asked = suite.upstreams[service].last
    assert asked.target == f"/internal/permissions?act={act}&object={ID}"
    assert asked.header("Authorization") == f"Bearer phantom.{service}.{suite.sessions.known[session]}"


def test_the_last_of_two_acts_is_the_one_that_is_checked_and_asked(
    gateway: Gateway, suite: Suite, session: str
) -> None:
    suite.upstreams["orgs"].reply = lambda _request: Reply(body=json.dumps(SAID).encode())

    gateway.get("/api/v1/permissions?act=conference.edit&act=unit.rename", session=session)

    assert suite.upstreams["orgs"].last.target == "/internal/permissions?act=unit.rename"


def test_what_is_hidden_stays_so(gateway: Gateway, suite: Suite, session: str) -> None:
    problem = json.dumps({"type": "/problems/not-found", "title": "?", "status": 404}).encode()
    suite.upstreams["orgs"].reply = lambda _request: Reply(
        status=404, body=problem, headers=[("Content-Type", "application/problem+json")]
    )

    answer = gateway.get(f"/api/v1/permissions?act=unit.rename&object={ID}", session=session)

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.headers["Content-Language"] == "el"


@pytest.mark.parametrize("query", ["act=unit.paint", "act=", f"object={ID}", "act=unit.rename&object=mine"])
def test_what_nobody_knows_is_asked_of_nobody(gateway: Gateway, suite: Suite, session: str, query: str) -> None:
    answer = gateway.get(f"/api/v1/permissions?{query}", session=session)

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
    assert not suite.upstreams["orgs"].received


def test_without_that_service_it_says_to_come_back_later(gateway: Gateway, suite: Suite, session: str) -> None:
    suite.upstreams["orgs"].reply = lambda _request: Reply(status=500)

    answer = gateway.get(f"/api/v1/permissions?act=unit.rename&object={ID}", session=session)

    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


def test_nobody_asks_without_a_session(gateway: Gateway, suite: Suite) -> None:
    assert gateway.get(f"/api/v1/permissions?act=unit.rename&object={ID}").status_code == 401
    assert not suite.upstreams["orgs"].received
