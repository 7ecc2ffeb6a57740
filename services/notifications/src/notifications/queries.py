"""Reads that deserve a name."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from notifications.models import Administrator, Message, Person
from notifications.rules.messages import CANCELLATIONS, Lane, State, Template, Trace

UNDER_WAY = (State.queued, State.sending)


def due_messages(session: Session, lane: Lane, *, now: datetime, limit: int) -> Sequence[Message]:
    """Also those whose sender has not come back in time: it died, or nobody knows how far it got."""
    query = select(Message).where(Message.lane == lane, Message.state.in_(UNDER_WAY), Message.due_at <= now)
    query = query.order_by(Message.due_at, Message.id).limit(limit)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def next_due_at(session: Session, lane: Lane) -> datetime | None:
    return session.scalar(select(func.min(Message.due_at)).where(Message.lane == lane, Message.state.in_(UNDER_WAY)))


def addresses(session: Session, person_ids: set[UUID]) -> dict[UUID, str]:
    query = select(Person.person_id, Person.email).where(Person.person_id.in_(person_ids), Person.email.is_not(None))
    return {person_id: email for person_id, email in session.execute(query) if email is not None}


def messages_about(about: UUID) -> Select[Message]:
    return select(Message).where(Message.about == about)


def unsent_messages(session: Session, about: UUID, *, before: int) -> Sequence[Message]:
    query = messages_about(about).where(Message.sequence < before, Message.state == State.queued)
    return session.scalars(query.with_for_update()).all()


def is_overtaken(session: Session, about: UUID, *, sequence: int) -> bool:
    """Facts may arrive in any order: what is older than the newest one about the same thing is out of date."""
    return session.scalar(messages_about(about).where(Message.sequence > sequence).limit(1)) is not None


def overtaken_among(session: Session, messages: Sequence[Message]) -> set[UUID]:
    later = aliased(Message)
    query = select(Message.id).join(later, (later.about == Message.about) & (later.sequence > Message.sequence))
    return set(session.scalars(query.where(Message.id.in_([message.id for message in messages]))))


def traces_before(session: Session, cancellation: Message) -> list[Trace]:
    """What became of the earlier invitations and cancellations of the same participation, oldest first."""
    query = select(Message.template, Message.state, Message.doubtful).where(
        Message.about == cancellation.about,
        Message.sequence < cancellation.sequence,
        Message.template.in_({Template.conference_invitation, *CANCELLATIONS}),
    )
    return [Trace(*row) for row in session.execute(query.order_by(Message.sequence))]


def is_administrator(session: Session, person_id: UUID) -> bool:
    return bool(session.scalar(select(Administrator.active).where(Administrator.person_id == person_id)))
