"""A coordinator's details: put together from orgs and identity, each asked with a token of its own (S14)."""

import json

import pytest
from gateway_process import Gateway
from played_services import Received, Reply, Suite

ID = "01930000-0000-7000-8000-0000000000a1"
DETAILS, PART = f"/api/v1/coordinators/{ID}", f"/internal/coordinators/{ID}"
PLACE, ACCOUNT = {"surname": "ΝΙΚΟΛΑΟΥ", "may": ["demote"]}, {"phone": "+302101234567", "emails": []}


@pytest.fixture
def serving(suite: Suite) -> Suite:
    suite.upstreams["orgs"].reply = lambda _request: Reply(body=json.dumps(PLACE).encode())
    identity_says(suite, Reply(body=json.dumps(ACCOUNT).encode()))
    return suite


def identity_says(suite: Suite, said: Reply) -> None:
    def reply(request: Received) -> Reply:
        return said if request.target == PART else suite.sessions.answer(request)

    suite.upstreams["identity"].reply = reply


def test_where_they_stand_and_how_to_reach_them(gateway: Gateway, serving: Suite, session: str) -> None:
    answer = gateway.get(DETAILS, session=session)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {**PLACE, "account": ACCOUNT}
    assert answer.headers["Cache-Control"] == "no-store"
    asked = serving.upstreams["orgs"].last
    assert (asked.target, asked.header("Accept-Language")) == (PART, "el")
    assert asked.header("Authorization") == f"Bearer phantom.orgs.{serving.sessions.known[session]}"


@pytest.mark.parametrize("said", [Reply(status=500), Reply(status=404), Reply(reset=True), Reply(body=b"[]")], ids=str)
def test_what_identity_cannot_say_is_null(gateway: Gateway, serving: Suite, session: str, said: Reply) -> None:
    identity_says(serving, said)

    answer = gateway.get(DETAILS, session=session)

    assert (answer.status_code, answer.json()) == (200, {**PLACE, "account": None})


def test_orgs_decides_whether_there_is_an_answer(gateway: Gateway, serving: Suite, session: str) -> None:
    problem = json.dumps({"type": "/problems/not-found", "title": "?", "status": 404}).encode()
    serving.upstreams["orgs"].reply = lambda _request: Reply(
        status=404, body=problem, headers=[("Content-Type", "application/problem+json")]
    )

    answer = gateway.get(DETAILS, session=session)

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert "phone" not in answer.text


def test_without_orgs_it_says_to_come_back_later(gateway: Gateway, serving: Suite, session: str) -> None:
    serving.upstreams["orgs"].reply = lambda _request: Reply(status=500)

    answer = gateway.get(DETAILS, session=session)

    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


def test_nobody_gets_it_without_a_session(gateway: Gateway, serving: Suite) -> None:
    assert gateway.get(DETAILS).status_code == 401
    assert gateway.get(DETAILS.replace(ID, "mine"), session="unknown").status_code in (400, 401)
    assert not serving.upstreams["orgs"].received
