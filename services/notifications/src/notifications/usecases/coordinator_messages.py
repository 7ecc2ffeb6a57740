"""Writing to all coordinators of an institution (S15): one mail each, a few messages a day."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis import audit, timers
from chassis.audit import Act
from notifications import queries
from notifications.models import CoordinatorMessage, Message
from notifications.rules import coordinator_messages as rules
from notifications.rules import permissions
from notifications.rules.messages import Template
from notifications.rules.permissions import Viewer
from notifications.settings import Settings
from notifications.usecases import queue

ERASE_TEXT = "erase_text"  # the timer of a message


class Text(NamedTuple):
    subject: str
    body: str


def send(
    session: Session, *, viewer: Viewer, institution_id: UUID, text: Text, settings: Settings, now: datetime
) -> CoordinatorMessage:
    """To everybody who coordinates there now, the sender too: that copy shows how it arrives."""
    queries.ensure_institution(session, viewer, institution_id)
    permissions.ensure_may_write_to(viewer, institution_id)
    queries.lock_institution(session, institution_id)
    day = rules.day_of(now)
    already = queries.messages_of_day(session, institution_id, day)
    rules.ensure_allowed(already=already, limit=settings.coordinator_messages_a_day, now=now)
    recipients = session.scalars(queries.coordinators_of(institution_id)).all()
    rules.ensure_somebody(len(recipients))

    message = CoordinatorMessage(
        institution_id=institution_id,
        sender_id=viewer.person_id,
        **text._asdict(),
        created_at=now,
        day=day,
        place=already + 1,
    )
    session.add(message)
    session.flush()
    queue.add_for_all(session, message, recipients, settings=settings, now=now)
    timers.schedule(session, ERASE_TEXT, message.id, now + settings.coordinator_text_kept)
    details = {"institution_id": str(institution_id), "recipients": len(recipients)}
    audit.record(session, Act("coordinator_message.sent", viewer.person_id, message.id, details))
    return message


def erase_text(session: Session, message_id: UUID) -> None:
    """What it said has served; that it was sent, when and to how many stays."""
    written = update(CoordinatorMessage).where(CoordinatorMessage.id == message_id)
    session.execute(written.values(subject=None, body=None))


def texts_of(session: Session, mails: Sequence[Message]) -> dict[UUID, dict[str, Any]]:
    """By message what its mails say."""
    ids = {mail.fact_id for mail in mails if mail.template is Template.coordinator_message}
    found = queries.coordinator_texts(session, ids) if ids else ()
    return {
        written.id: {
            "heading": written.subject,
            "body": written.body,
            "sender_name": f"{sender.surname} {sender.name}" if sender is not None and sender.surname else None,
            "sender_institution": institution,
        }
        for written, sender, institution in found
    }
