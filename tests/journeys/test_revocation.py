"""A session that was ended is refused by the gateway, whichever service the request is for (O1, phantom token)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from runner.running import Running
from tests.journeys.outside import eventually
from tests.journeys.visitor import Addresses, Visitor

OPERATIONS = ("/api/v1/session", "/api/v1/membership", "/api/v1/conferences?scope=current")
GENEROUS_SECONDS = 5.0  # as long as the gateway may believe what it heard, if the news of the end got lost


def test_an_ended_session_is_refused_everywhere(at: Addresses, capsys: pytest.CaptureFixture[str]) -> None:
    person = Visitor(at)
    person.sign_in("institution-coordinator-other")
    thief = Visitor(at, cookies=dict(person.cookies))
    for operation in OPERATIONS:  # the gateway has its answer ready
        thief.get(operation)

    person.post("/api/v1/sign-out")
    ended = time.monotonic()

    def refused(operation: str) -> Callable[[], bool]:
        return lambda: thief.call("GET", operation).status_code == 401

    for operation in OPERATIONS:
        eventually(refused(operation), within=GENEROUS_SECONDS, every=0.005, what=f"the refusal of {operation}")
        with capsys.disabled():
            print(f"\nrefused {(time.monotonic() - ended) * 1000:.0f} ms after the end: {operation}", end="")


def test_a_token_behind_the_gateway_dies_within_minutes_and_at_one_service(
    running: Running, at: Addresses, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a service is given in a session's place: short, for it alone, and no longer given after the end."""
    person = Visitor(at)
    person.sign_in("institution-coordinator-other")
    session = person.cookies["__Host-epresence"].value
    headers = {"Authorization": f"Internal {running.keys['INTERNAL_SECRET']}"}

    def exchange(audience: str) -> requests.Response:
        question = {"credential": {"kind": "session", "value": session}, "audience": audience, "prolong": False}
        url = running.suite.url("identity.web") + "/internal/token-exchange"
        return requests.post(url, json=question, headers=headers, timeout=10)

    token = exchange("orgs").json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    claims = jwt.decode(token, _keys(running), algorithms=["Ed25519"]).claims
    lives_for = claims["exp"] - datetime.now(UTC).timestamp()
    at_home = requests.get(running.suite.url("orgs.web") + "/api/v1/membership", headers=bearer, timeout=10)
    abroad = requests.get(
        running.suite.url("conferences.web") + "/api/v1/people?search=abc", headers=bearer, timeout=10
    )
    person.post("/api/v1/sign-out")

    assert 0 < lives_for <= 300
    assert at_home.status_code == 200
    assert abroad.status_code == 401, "another service's token"
    assert exchange("orgs").status_code == 401
    with capsys.disabled():
        print(f"\na token already given out is refused by its service {lives_for:.0f} s after it was made", end="")


def _keys(running: Running) -> KeySet:
    answer = requests.get(running.suite.url("identity.web") + "/internal/jwks", timeout=10)
    return KeySet.import_key_set(answer.json())
