"""Messages of the provider: proved over raw bytes, read tolerantly, reduced."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conferences.rules import hooks

SECRET = "example-secret-token"
SENT_AT = datetime.fromtimestamp(1795593612, UTC)
BODY = (
    '{"event":"meeting.ended","payload":{"account_id":"aCc0unt1dExample","object":{"id":"81234567890",'
    '"uuid":"q1Rz0uX2T7mB5n8Kx4d3Aw==","topic":"Συνεδρίαση \\uD83D\\uDE00"}},"event_ts":1795593612345}'
).encode()
SIGNATURE = "v0=f430cb3357bb2f55cd4cfe33953bc25477ff6a6147a44701dba90f50b89d6db7"

JOINED: dict[str, Any] = json.loads(
    '{"event":"meeting.participant_joined","payload":{"account_id":"aCc0unt1dExample","object":{"uuid":"q1Rz0uX2T7mB5n8Kx4d3Aw==",'
    '"participant":{"user_id":"16785408","user_name":"Μαρία Παπαδοπούλου","registrant_id":"Zr0uS1_hQkyT5d2Vt8mPxA",'
    '"participant_user_id":"","id":"","join_time":"2026-11-25T08:03:19Z","email":"p4711@vc.example.gr",'
    '"participant_uuid":"5E0C7A1B-90D2-43F1-8C55-2B7B6A4D9E10","public_ip":"203.0.113.7"},"id":"81234567890","type":2,'
    '"topic":"Συνεδρίαση 14","host_id":"hT3sQx0fSdK2bYw9Lm1ZpQ","duration":90,"start_time":"2026-11-25T07:58:02Z",'
    '"timezone":"Europe/Athens"}},"event_ts":1795593799402}'
)


def joined(**participant: Any) -> dict[str, Any]:
    message = json.loads(json.dumps(JOINED))
    person = message["payload"]["object"]["participant"]
    for name, value in participant.items():
        if value is None:
            person.pop(name, None)
        else:
            person[name] = value
    return dict(message)


def test_the_published_signature_is_accepted_byte_for_byte() -> None:
    assert hooks.is_authentic(SECRET, "1795593612", SIGNATURE, BODY, SENT_AT)
    assert not hooks.is_authentic(SECRET, "1795593612", SIGNATURE, BODY + b" ", SENT_AT)
    assert not hooks.is_authentic("other", "1795593612", SIGNATURE, BODY, SENT_AT)
    assert not hooks.is_authentic("", "1795593612", SIGNATURE, BODY, SENT_AT)


@pytest.mark.parametrize(("off", "accepted"), [(-300, True), (300, True), (301, False), (-301, False)])
def test_old_messages_are_refused(off: int, accepted: bool) -> None:
    assert hooks.is_authentic(SECRET, "1795593612", SIGNATURE, BODY, SENT_AT + timedelta(seconds=off)) is accepted


@pytest.mark.parametrize("timestamp", ["", "now", "١٧٩٥٥٩٣٦١٢", "9" * 40, "-1"])
def test_a_timestamp_must_be_one(timestamp: str) -> None:
    assert not hooks.is_authentic(SECRET, timestamp, SIGNATURE, BODY, SENT_AT)


def test_the_address_proves_itself() -> None:
    answer = hooks.answer_validation(SECRET, {"payload": {"plainToken": "plainTokenExample"}})

    assert answer["encryptedToken"] == "b684183ea1a6284c9cab420fb92f11040f05963c894af1d7de9ad25836edb829"


def test_a_joined_message_is_reduced_to_what_attendance_needs() -> None:
    found = hooks.read(JOINED)

    assert found == hooks.Hook(
        event=hooks.JOINED,
        meeting_id=81234567890,
        meeting_uuid="q1Rz0uX2T7mB5n8Kx4d3Aw==",
        at=datetime(2026, 11, 25, 8, 3, 19, tzinfo=UTC),
        started_at=datetime(2026, 11, 25, 7, 58, 2, tzinfo=UTC),
        device="16785408",
        registrant_id="Zr0uS1_hQkyT5d2Vt8mPxA",
        alias="p4711@vc.example.gr",
        is_host=False,
    )
    assert "Μαρία" not in str(found)
    assert "203.0.113.7" not in str(found)


def test_ids_may_be_numbers_or_strings() -> None:
    as_number = joined(user_id=16785408)
    as_number["payload"]["object"]["id"] = 81234567890

    assert hooks.read(as_number) == hooks.read(JOINED)


def test_without_user_id_the_device_is_known_by_its_uuid() -> None:
    found = hooks.read(joined(user_id=None, registrant_id=None, email=""))

    assert found is not None
    assert (found.device, found.registrant_id, found.alias) == ("5E0C7A1B-90D2-43F1-8C55-2B7B6A4D9E10", None, None)


def test_the_host_is_recognised() -> None:
    found = hooks.read(joined(id="hT3sQx0fSdK2bYw9Lm1ZpQ"))

    assert found is not None
    assert found.is_host


def test_without_a_time_of_its_own_the_messages_time_counts() -> None:
    found = hooks.read(joined(join_time=None))

    assert found is not None
    assert found.at == datetime.fromtimestamp(1795593799, UTC)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event": "meeting.created"},
        {"event": hooks.JOINED},
        {"event": hooks.JOINED, "payload": []},
        {"event": hooks.JOINED, "payload": {"object": {"id": True, "uuid": "x"}}, "event_ts": 1},
        {"event": hooks.ENDED, "payload": {"object": {"id": "1", "uuid": ""}}, "event_ts": 1},
        {"event": hooks.ENDED, "payload": {"object": {"id": "1", "uuid": "a\ud800"}}, "event_ts": 1},
        {"event": hooks.ENDED, "payload": {"object": {"id": "1", "uuid": "a\0"}}, "event_ts": 1},
        {"event": hooks.ENDED, "payload": {"object": {"id": "1", "uuid": "x"}}, "event_ts": None},
        {"event": hooks.LEFT, "payload": {"object": {"id": "1", "uuid": "x", "participant": "?"}}, "event_ts": 1},
        {"event": hooks.ENDED, "payload": {"object": {"id": "1", "uuid": "x"}}, "event_ts": 10**15 - 1},
        {"event": hooks.ENDED, "payload": {"object": {"id": 1, "uuid": "x", "end_time": "0001-01-01T00:00:00+14:00"}}},
        {"event": hooks.ENDED, "payload": {"object": {"id": 1, "uuid": "x", "end_time": "9999-12-31T23:59:59-14:00"}}},
        {"event": ["meeting.ended"], "payload": {"object": {"id": "1", "uuid": "x"}}, "event_ts": 1},
    ],
)
def test_what_cannot_be_understood_is_left_aside(body: dict[str, Any]) -> None:
    assert hooks.read(body) is None
