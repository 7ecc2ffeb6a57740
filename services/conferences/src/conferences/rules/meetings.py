"""What we ask of a meeting at the provider, and whether it kept it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from conferences.rules.periods import JOIN_LEAD, Period

REGISTRATION_BY_APPROVAL = 1
SCHEDULED = 2
FAILED_AFTER = timedelta(minutes=15)

# Everything left out would follow the settings of the host's account: two hosts would make two kinds of rooms.
SETTINGS: Mapping[str, Any] = {
    "approval_type": REGISTRATION_BY_APPROVAL,
    "join_before_host": True,
    "jbh_time": int(JOIN_LEAD.total_seconds()) // 60,
    "waiting_room": False,
    "meeting_authentication": False,
    "allow_multiple_devices": True,
    "use_pmi": False,
    "registrants_confirmation_email": False,
    "registrants_email_notification": False,
    "close_registration": False,
    "show_share_button": False,
    "auto_recording": "none",
    "mute_upon_entry": True,
    "host_video": False,
    "participant_video": False,
    "audio": "both",
    "private_meeting": True,
    "auto_start_meeting_summary": False,
    "auto_start_ai_companion_questions": False,
}
# Without these people could not enter, or strangers could: read back, and no room is better than a wrong one.
CHECKED = (
    "approval_type", "join_before_host", "waiting_room", "meeting_authentication", "allow_multiple_devices", "use_pmi",
    "auto_start_meeting_summary", "auto_start_ai_companion_questions",
)  # fmt: skip


def marker(conference_id: UUID, generation: int) -> str:
    """How a meeting is found again when the answer to its making was lost; lists cut an agenda, so it stands first."""
    return f"epresence:{conference_id}:{generation}"


def topic(number: int) -> str:
    """Titles stay ours."""
    return f"Τηλεδιάσκεψη {number}"


def body(*, number: int, conference_id: UUID, generation: int, period: Period) -> dict[str, Any]:
    return {
        "topic": topic(number),
        "agenda": marker(conference_id, generation),
        "type": SCHEDULED,
        "start_time": period.starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "timezone": "Europe/Athens",
        "duration": int(period.elapsed.total_seconds()) // 60,
        "settings": dict(SETTINGS),
    }


def lost_settings(meeting: Mapping[str, Any]) -> dict[str, Any]:
    """What the provider silently dropped: it answers 201 and ignores what a host is not entitled to.

    A switch it does not know at all and does not show is off already.
    """
    kept = meeting.get("settings") or {}
    wrong = {name: SETTINGS[name] for name in CHECKED if kept.get(name, False) != SETTINGS[name]}
    if meeting.get("type") != SCHEDULED:
        wrong["use_pmi"] = False
    return wrong


def is_running(meeting: Mapping[str, Any]) -> bool:
    return meeting.get("status") == "started"


def is_shut(meeting: Mapping[str, Any]) -> bool:
    """Nobody is in and nobody can start it without the host."""
    return not is_running(meeting) and not (meeting.get("settings") or {}).get("join_before_host", False)


def alias(short_id: int, turn: int, domain: str) -> str:
    """The address the provider is given for a participant: never a real one, never the same for two conferences."""
    return f"p-{short_id}.{turn}@{domain}"


def has_failed(first_tried_at: datetime, now: datetime) -> bool:
    """From then on the page says so; trying goes on."""
    return now - first_tried_at >= FAILED_AFTER
