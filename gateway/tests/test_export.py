"""«Download all my data»: put together from the services, each asked with a token of its own (O5)."""

import json

import pytest
from gateway_process import Gateway
from played_services import Received, Reply, Suite

EXPORT, PART = "/api/v1/account/export", "/internal/account-export"
SERVICES = ("identity", "orgs", "conferences", "notifications")


@pytest.fixture
def serving(suite: Suite) -> Suite:
    """Each service answers with its name; identity with sessions, too."""
    for name in SERVICES:

        def reply(request: Received, name: str = name) -> Reply:
            if request.target != PART:
                return suite.sessions.answer(request)
            return Reply(body=json.dumps({"of": name}).encode())

        suite.upstreams[name].reply = reply
    return suite


def test_the_parts_of_all_services_are_put_together(gateway: Gateway, serving: Suite, session: str) -> None:
    answer = gateway.get(EXPORT, session=session)

    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["complete"]
    assert [(part["service"], part["state"], part["data"]) for part in body["parts"]] == [
        (name, "included", {"of": name}) for name in SERVICES
    ]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    asked = serving.upstreams["orgs"].last
    assert asked.header("Authorization") == f"Bearer phantom.orgs.{serving.sessions.known[session]}"
    assert session not in str(asked)


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(status=500, body=b"{}"),
        Reply(body=b"no json"),
        Reply(body=b"[1]"),
        Reply(reset=True),
        Reply(delay=2),
        Reply(body=b'{"a": 1}', cut_after=3),
    ],
    ids=["failed", "not json", "a list", "reset", "slow", "cut"],
)
def test_a_service_that_is_away_is_named_and_the_rest_is_there(
    gateway: Gateway, serving: Suite, session: str, trouble: Reply
) -> None:
    serving.upstreams["conferences"].reply = lambda _request: trouble

    body = gateway.get(EXPORT, session=session).json()

    assert not body["complete"]
    states = {part["service"]: (part["state"], part["data"]) for part in body["parts"]}
    assert states["conferences"] == ("unavailable", None)
    assert states["notifications"] == ("included", {"of": "notifications"})


def test_without_any_part_it_says_to_come_back_later(gateway: Gateway, serving: Suite, session: str) -> None:
    for name in SERVICES:
        if name != "identity":
            serving.upstreams[name].reply = lambda _request: Reply(status=500)
    serving.upstreams["identity"].reply = lambda request: (
        Reply(status=500) if request.target == PART else serving.sessions.answer(request)
    )

    answer = gateway.get(EXPORT, session=session)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_nobody_gets_it_without_a_session(gateway: Gateway, serving: Suite) -> None:
    assert gateway.get(EXPORT).status_code == 401
    assert gateway.get(EXPORT, session="unknown").status_code == 401
    assert gateway.get(PART).status_code == 404 or not serving.upstreams["orgs"].received
    assert not serving.upstreams["orgs"].received
