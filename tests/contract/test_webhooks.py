"""Signed messages of the meeting provider, in shapes it never sends: taken or refused, never failed at.

schemathesis cannot sign, and what it would make of an open object says little.
"""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as some

from runner.running import Running
from tests.contract.callers import TIMEOUT_SECONDS
from tests.contract.checking import ensure_problem
from tests.contract.generating import SEED
from tests.journeys.visitor import Addresses

EVENTS = [
    *("meeting.started", "meeting.ended", "meeting.participant_joined", "meeting.participant_left"),
    *("endpoint.url_validation", "meeting.something_new"),
]
TIMES = ["2026-11-25T08:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday", ""]
anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(max_size=20),
    lambda inside: some.lists(inside, max_size=3) | some.dictionaries(some.text(max_size=5), inside, max_size=3),
    max_leaves=5,
)
moments = some.sampled_from([1_795_593_600_000, "1795593600000", 10**13, 10**15 - 1, -1, 0, 10**20, 1.5])
ids = some.sampled_from([81234567890, "81234567890", 0, -1, 10**14, 10**20, "١٢٣", "", "x" * 300])
texts = some.text(min_size=1, max_size=110)


def mostly(**fields: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    """An object with these fields, one in five of them something else altogether; or no object at all."""
    right = some.fixed_dictionaries(
        {name: some.one_of(kind, kind, kind, kind, anything) for name, kind in fields.items()}
    )
    return some.one_of(right, right, right, anything)


times = some.sampled_from(TIMES)
participant = mostly(
    user_id=ids, participant_uuid=texts, registrant_id=texts, email=texts, id=texts, join_time=times, leave_time=times
)
meeting = mostly(id=ids, uuid=texts, start_time=times, end_time=times, host_id=texts, participant=participant)
messages = some.fixed_dictionaries(
    {
        "event": some.sampled_from(EVENTS),
        "event_ts": moments,
        "payload": mostly(object=meeting, plainToken=texts),
    }
)


@pytest.fixture(scope="module")
def zoom_secret(running: Running) -> str:
    return running.keys["ZOOM_WEBHOOK_SECRET"]


@seed(SEED)
@settings(max_examples=500, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=messages)
def test_no_signed_message_fails(message: dict[str, Any], at: Addresses, zoom_secret: str) -> None:
    body, timestamp = json.dumps(message).encode(), str(int(time.time()))
    signature = hmac.new(zoom_secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "x-zm-request-timestamp": timestamp,
        "x-zm-signature": f"v0={signature}",
    }

    answer = requests.post(f"{at.gateway}/hooks/zoom", data=body, headers=headers, timeout=TIMEOUT_SECONDS)

    assert answer.status_code in (200, 204, 400), f"{answer.status_code} {answer.text}"
    if answer.status_code == 400:
        ensure_problem(400, {name.lower(): value for name, value in answer.headers.items()}, answer.json())
