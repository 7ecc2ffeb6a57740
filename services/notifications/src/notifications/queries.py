"""Reads that deserve a name."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, select, true
from sqlalchemy.orm import Session, aliased

from chassis.errors import NotFound
from chassis.tokens import Actor
from notifications.models import CoordinatorMessage, Institution, Membership, Message, Person
from notifications.rules.coordinator_messages import PROGRESS
from notifications.rules.messages import CANCELLATIONS, Lane, State, Template, Trace
from notifications.rules.permissions import COORDINATING, Viewer

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
    mine = select(Membership.platform_administrator).where(Membership.person_id == person_id)
    return bool(session.scalar(mine))


def viewer_of(session: Session, actor: Actor) -> Viewer:
    """Rights come from our own rows. Whom we do not know is a plain user."""
    found = session.get(Membership, actor.id)
    if found is None:
        return Viewer(actor.id)
    return Viewer(actor.id, found.role, found.institution_id, found.platform_administrator, actor.mfa)


def ensure_institution(session: Session, viewer: Viewer, institution_id: UUID) -> None:
    """The viewer's own is one even before its name has come."""
    if institution_id != viewer.institution_id and session.get(Institution, institution_id) is None:
        raise NotFound


def lock_institution(session: Session, institution_id: UUID) -> None:
    """Whoever else writes to its coordinators waits until this transaction ends."""
    name = f"coordinator messages {institution_id}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def messages_of_day(session: Session, institution_id: UUID, day: date) -> int:
    mine = (CoordinatorMessage.institution_id == institution_id, CoordinatorMessage.day == day)
    return session.scalar(select(func.count()).select_from(CoordinatorMessage).where(*mine)) or 0


def coordinators_of(institution_id: UUID) -> Select[UUID]:
    """Whom a message reaches: those with a role there whose account is active."""
    return (
        select(Person.person_id)
        .join(Membership, Membership.person_id == Person.person_id)
        .where(
            Membership.institution_id == institution_id, Membership.role.in_(COORDINATING), Person.status == "active"
        )
    )


def count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


CoordinatorMessageRow = Row[CoordinatorMessage, Person | None, int, int, int, int]


def coordinator_messages() -> Select[*tuple[Any, ...]]:
    """With who wrote them and how many of the mails are how far: one statement, whatever the number."""
    counts = (func.count().filter(Message.state.in_(states)).label(word) for word, states in PROGRESS.items())
    tally = select(*counts).where(_mails_of(CoordinatorMessage.id)).lateral("tally")
    return (
        select(CoordinatorMessage, Person, *tally.c)
        .select_from(CoordinatorMessage)
        .outerjoin(Person, Person.person_id == CoordinatorMessage.sender_id)
        .join(tally, true())
    )


def coordinator_message(session: Session, id_: UUID) -> CoordinatorMessageRow:
    found = session.execute(coordinator_messages().where(CoordinatorMessage.id == id_)).first()
    if found is None:
        raise NotFound
    return found


def recipients(message: CoordinatorMessage) -> Select[*tuple[Any, ...]]:
    """Names of those only who are of the institution still: the others are none of its business any more."""
    here = and_(Membership.person_id == Message.person_id, Membership.institution_id == message.institution_id)
    return (
        select(Message, Person)
        .select_from(Message)
        .outerjoin(Membership, here)
        .outerjoin(Person, Person.person_id == Membership.person_id)
        .where(_mails_of(message.id))
    )


def unwanted_among(session: Session, messages: Sequence[Message]) -> set[UUID]:
    """Mails of coordinator messages to whoever coordinates there no longer, or whose text was erased."""
    theirs = {message.id for message in messages if message.template is Template.coordinator_message}
    if not theirs:
        return set()
    wanted = (
        select(Message.id)
        .join(CoordinatorMessage, CoordinatorMessage.id == Message.fact_id)
        .join(Person, Person.person_id == Message.person_id)
        .join(Membership, Membership.person_id == Message.person_id)
        .where(
            Message.id.in_(theirs),
            Membership.institution_id == CoordinatorMessage.institution_id,
            Membership.role.in_(COORDINATING),
            Person.status == "active",
            CoordinatorMessage.body.is_not(None),
        )
    )
    return theirs - set(session.scalars(wanted))


def coordinator_texts(session: Session, ids: set[UUID]) -> Sequence[Row[CoordinatorMessage, Person | None, str | None]]:
    """Each with who wrote it and the name of the writer's institution."""
    query = (
        select(CoordinatorMessage, Person, Institution.name)
        .outerjoin(Person, Person.person_id == CoordinatorMessage.sender_id)
        .outerjoin(Membership, Membership.person_id == CoordinatorMessage.sender_id)
        .outerjoin(Institution, Institution.institution_id == Membership.institution_id)
    )
    return session.execute(query.where(CoordinatorMessage.id.in_(ids))).all()


def _mails_of(id_: Any) -> ColumnElement[bool]:
    return and_(Message.fact_id == id_, Message.template == Template.coordinator_message)
