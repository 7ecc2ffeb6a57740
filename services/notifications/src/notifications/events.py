"""What became of a mail, without any address."""

from datetime import datetime
from typing import Any

from chassis.outbox import Fact
from chassis.tombstones import TombstoneRow
from notifications.models import Message


def message_sent(message: Message, now: datetime) -> Fact:
    return Fact(
        "notifications.message.sent.v1", subject=message.id, sequence=message.attempts, data=_data(message, now)
    )


def message_failed(message: Message, now: datetime, *, reason: str) -> Fact:
    data = {**_data(message, now), "reason": reason}
    return Fact("notifications.message.failed.v1", subject=message.id, sequence=message.attempts, data=data)


def message_snapshot(message: Message) -> Fact:
    """Of a mail that was sent or given up. Those given up before it was noted when were so after their last attempt."""
    at = message.sent_at or message.failed_at or message.due_at
    data = {**_data(message, at), "state": message.state}
    return Fact("notifications.message.snapshot.v1", subject=message.id, sequence=message.attempts, data=data)


def person_erased(stone: TombstoneRow, now: datetime) -> Fact:
    data = {"person_id": str(stone.subject), "erased_at": now.isoformat()}
    return Fact("notifications.person.erased.v1", subject=stone.subject, sequence=stone.sequence, data=data)


def _data(message: Message, now: datetime) -> dict[str, Any]:
    return {
        "message_id": str(message.id),
        "template": message.template,
        "about": str(message.about),
        "about_sequence": message.sequence,
        "occurred_at": now.isoformat(),
    }
