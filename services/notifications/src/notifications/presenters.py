from datetime import datetime
from typing import Any

from notifications.models import Message, Person
from notifications.queries import CoordinatorMessageRow
from notifications.rules.coordinator_messages import PROGRESS, PROGRESS_OF, next_day


def message(row: Message) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "template": row.template,
        "about": str(row.about),
        "state": row.state,
        "attempts": row.attempts,
        "message_id": row.message_id,
        "created_at": row.queued_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at is not None else None,
        "failure": row.failure,
    }


def coordinator_message(row: CoordinatorMessageRow) -> dict[str, Any]:
    written, sender, *counts = row
    return {
        "id": str(written.id),
        "institution_id": str(written.institution_id),
        "sender": _named(sender),
        "subject": written.subject,
        "body": written.body,
        "created_at": written.created_at.isoformat(),
        "counts": dict(zip(PROGRESS, counts, strict=True)),
    }


def recipient(row: tuple[Message, Person | None]) -> dict[str, Any]:
    mail, person = row
    return {"id": str(mail.id), "person": _named(person), "state": PROGRESS_OF[mail.state]}


def coordinator_message_options(*, recipients: int, limit: int, already: int, now: datetime) -> dict[str, Any]:
    left = max(0, limit - already)
    return {"recipients": recipients, "limit": limit, "left": left, "renews_at": next_day(now).isoformat()}


def _named(person: Person | None) -> dict[str, Any] | None:
    """None also where an earlier release has heard of the person, and no name."""
    if person is None or person.surname is None:
        return None
    return {"id": str(person.person_id), "surname": person.surname, "name": person.name}
