"""Messages of the meeting provider: is it really him, and what does he say. Kept is only what attendance needs.

No name, no address of a person or of a machine is taken over from them.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FRESH_SECONDS = 300
JOINED, LEFT = "meeting.participant_joined", "meeting.participant_left"
STARTED, ENDED = "meeting.started", "meeting.ended"
URL_VALIDATION = "endpoint.url_validation"
ATTENDANCE = (STARTED, ENDED, JOINED, LEFT)
WITHOUT_PARTICIPANT = ""
YEARS = range(2000, 2200)  # what Python, PostgreSQL and the driver between them all can hold
LATEST = 7_000_000_000_000  # in milliseconds


@dataclass(frozen=True)
class Hook:
    """One message, reduced. `device` is new for each stay; `at` is the time the message speaks of, not its arrival."""

    event: str
    meeting_id: int
    meeting_uuid: str
    at: datetime
    started_at: datetime | None
    device: str = WITHOUT_PARTICIPANT
    registrant_id: str | None = None
    alias: str | None = None
    is_host: bool = False


def is_authentic(secret: str, timestamp: str, signature: str, body: bytes, now: datetime) -> bool:
    """Over the bytes as they came: written again they differ on emoji. Old ones may be replays and are refused."""
    if not (secret and timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > FRESH_SECONDS:
        return False
    expected = "v0=" + _sign(secret, b"v0:" + timestamp.encode() + b":" + body)
    return hmac.compare_digest(expected.encode(), signature.encode())


def answer_validation(secret: str, body: Mapping[str, Any]) -> dict[str, str]:
    """The proof that this address knows the secret."""
    payload = body.get("payload")
    plain = str(payload.get("plainToken", "")) if isinstance(payload, dict) else ""
    return {"plainToken": plain, "encryptedToken": _sign(secret, plain.encode())}


def _sign(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def read(body: Mapping[str, Any]) -> Hook | None:
    """What a message says about attendance; None when it says nothing or cannot be understood.

    Ids come as numbers or as strings, keys may lack: only what decides is demanded.
    """
    event = body.get("event")
    meeting = _object(body)
    meeting_id, uuid = _integer(meeting.get("id")), _word(meeting.get("uuid"))
    if event not in ATTENDANCE or meeting_id is None or uuid is None:
        return None
    participant = meeting.get("participant")
    person: Mapping[str, Any] = participant if isinstance(participant, dict) else {}
    at = _time(
        {STARTED: meeting.get("start_time"), ENDED: meeting.get("end_time")}.get(event)
        or person.get("join_time" if event == JOINED else "leave_time")
    ) or _milliseconds(body.get("event_ts"))
    device = _word(person.get("user_id")) or _word(person.get("participant_uuid"))
    if at is None or (event in (JOINED, LEFT) and device is None):
        return None
    host_id = meeting.get("host_id")
    return Hook(
        event=event,
        meeting_id=meeting_id,
        meeting_uuid=uuid,
        at=at,
        started_at=_time(meeting.get("start_time")),
        device=device or WITHOUT_PARTICIPANT,
        registrant_id=_word(person.get("registrant_id")),
        alias=(_word(person.get("email")) or "").casefold() or None,
        is_host=bool(host_id) and host_id in (person.get("id"), person.get("participant_user_id")),
    )


def _object(body: Mapping[str, Any]) -> Mapping[str, Any]:
    payload = body.get("payload")
    found = payload.get("object") if isinstance(payload, dict) else None
    return found if isinstance(found, dict) else {}


def _integer(value: Any) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _word(value: Any) -> str | None:
    """A short id, as text: printable, or it could not be stored."""
    text = str(value).strip() if isinstance(value, int | str) else ""
    return text if 0 < len(text) <= 254 and text.isprintable() else None


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    found = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return found if found.year in YEARS else None


def _milliseconds(value: Any) -> datetime | None:
    milliseconds = _integer(value)
    return datetime.fromtimestamp(milliseconds // 1000, UTC) if milliseconds and milliseconds < LATEST else None
