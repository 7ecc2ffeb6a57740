"""Somebody's account was deleted (S6): the farewell goes out first, then nothing leads to the person any more."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from chassis import forgetting, outbox
from chassis.clock import now
from chassis.forgetting import Forgetting
from chassis.inbox import Fact
from chassis.tombstones import TombstoneRow
from notifications import events
from notifications.models import CoordinatorMessage, Membership, Message, Person
from notifications.queries import UNDER_WAY
from notifications.rules.messages import State, Template
from notifications.settings import Settings
from notifications.usecases import queue

FAREWELL_WITHIN = timedelta(hours=72)
LOOK_AGAIN, LONGEST_PAUSE = timedelta(seconds=2), timedelta(hours=1)
PORTION = 500
NOBODY = "–"
NAMED = ("person_id", "owner_person_id", "collaborator_person_id")


def begin(session: Session, fact: Fact, *, settings: Settings, now: datetime) -> None:
    """Queue the farewell, to the address sealed in the fact, and no other mail to this person from now on."""
    person_id = UUID(fact.data["person_id"])
    forgetting.begin(session, person_id, fact.sequence)
    _supersede(session, Message.about.in_([UUID(id_) for id_ in fact.data["withdrawn_ids"]]))
    _supersede(session, _to(person_id))
    _forget_who_it_was(session, person_id)
    if fact.data["sealed"] is not None:
        queue.add(
            session,
            fact,
            Template.account_erased,
            about=person_id,
            person_id=None,  # the address we had is gone already
            useful_until=fact.occurred_at + FAREWELL_WITHIN,
            settings=settings,
            now=now,
        )


def erase(session: Session, person_id: UUID) -> datetime | None:
    """Whatever is left, a portion at a time; while the farewell is on its way its sealed address must stay."""
    moment = now()
    _forget_who_it_was(session, person_id)
    _supersede(session, _to(person_id))
    _leave_out_of_others_mails(session, person_id)
    of_theirs = select(Message.id).where(Message.person_id == person_id).limit(PORTION)
    forgotten = update(Message).where(Message.id.in_(of_theirs)).values(person_id=None)
    if session.scalars(forgotten.returning(Message.id)).first() is not None:
        return moment
    waiting = _under_way(session, person_id)
    if waiting is None:
        return None
    if moment < waiting.occurred_at + FAREWELL_WITHIN:
        age = moment - waiting.queued_at
        return moment + min(max(age / 8, LOOK_AGAIN), LONGEST_PAUSE)
    waiting.state, waiting.data = State.superseded, {}
    return moment


def _forget_who_it_was(session: Session, person_id: UUID) -> None:
    """What they wrote to coordinators are their words: it goes with them, and its unsent mails find no text."""
    session.execute(delete(Person).where(Person.person_id == person_id))
    session.execute(delete(Membership).where(Membership.person_id == person_id))
    written = update(CoordinatorMessage).where(CoordinatorMessage.sender_id == person_id)
    session.execute(written.values(sender_id=None, subject=None, body=None))


def _to(person_id: UUID) -> ColumnElement[bool]:
    """All mails to this person but the farewell, and those that tell others of working together with them."""
    named = (Message.data[field].astext == str(person_id) for field in NAMED)
    return or_(Message.person_id == person_id, *named) & (Message.template != Template.account_erased)


def _supersede(session: Session, which: ColumnElement[bool]) -> None:
    """Those being sent this very moment end by themselves."""
    unsent = select(Message).where(which, Message.state == State.queued).with_for_update()
    for message in session.scalars(unsent).all():
        message.state, message.data, message.person_id = State.superseded, {}, None
    session.flush()


def _leave_out_of_others_mails(session: Session, person_id: UUID) -> None:
    """Invitations to conferences that were theirs may still wait for the mail server."""
    named = Message.data["coordinator"]["id"].astext == str(person_id)
    for message in session.scalars(select(Message).where(Message.state.in_(UNDER_WAY), named).with_for_update()).all():
        message.data = {**message.data, "coordinator": {**message.data["coordinator"], "name": NOBODY}}
    session.flush()


def _under_way(session: Session, person_id: UUID) -> Message | None:
    """The farewell, or a mail that a sender has in hand."""
    theirs = or_(Message.about == person_id, _to(person_id))
    query = select(Message).where(theirs, Message.state.in_(UNDER_WAY)).order_by(Message.queued_at).limit(1)
    return session.scalar(query.with_for_update())


def _done(session: Session, stone: TombstoneRow) -> None:
    outbox.add(session, events.person_erased(stone, now()))


FORGETTING = Forgetting(
    erase=erase,
    done=_done,
    about=frozenset(NAMED),
    spared=frozenset({"identity.person.erased.v1", "notifications.person.erased.v1"}),
)
