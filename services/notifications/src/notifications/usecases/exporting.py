"""All that notifications keeps of a person, for the person (O5): where mail goes, which there were, what they wrote."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.orm import Session

from chassis.exporting import rows
from notifications.models import CoordinatorMessage, Message, Person


def of(session: Session, person_id: UUID) -> dict[str, Any]:
    person = session.get(Person, person_id)
    return {
        "address": person.email if person is not None else None,
        "messages": rows(
            session,
            Message,
            or_(Message.person_id == person_id, Message.about == person_id),
            *("template", "state", "queued_at", "sent_at"),
        ),
        "coordinator_messages": rows(
            session,
            CoordinatorMessage,
            CoordinatorMessage.sender_id == person_id,
            *("subject", "body", "created_at"),
        ),
    }
