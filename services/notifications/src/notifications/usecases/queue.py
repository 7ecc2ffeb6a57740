from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import timers
from chassis.ids import new_id
from chassis.inbox import Fact
from chassis.logs import correlation_id
from notifications import queries
from notifications.letters.composing import message_id
from notifications.models import CoordinatorMessage, Message
from notifications.rules.messages import Lane, State, Template, lane_of
from notifications.rules.retries import give_up_at
from notifications.settings import Settings

SEND = "send"  # the timer of a lane


def add(
    session: Session,
    fact: Fact,
    template: Template,
    *,
    about: UUID,
    person_id: UUID | None,
    useful_until: datetime | None,
    settings: Settings,
    now: datetime,
) -> None:
    """One mail for one recipient of one fact (S33), however often the fact is told.

    Whatever was queued about the same thing and is still unsent is out of date: an invitation before its cancellation,
    a link before the one that replaced it.
    """
    lane = lane_of(template)
    outdate(session, about, before=fact.sequence)
    overtaken = queries.is_overtaken(session, about, sequence=fact.sequence)
    values = _queued(fact.id, template, about, person_id, useful_until=useful_until, settings=settings, now=now) | {
        "sequence": fact.sequence,
        "occurred_at": fact.occurred_at,
        "correlation_id": fact.correlation_id,
        "data": {} if overtaken else dict(fact.data),
        "state": State.superseded if overtaken else State.queued,
    }
    session.execute(insert(Message).values(values).on_conflict_do_nothing())
    wake(session, lane, now)


def add_for_all(
    session: Session, message: CoordinatorMessage, person_ids: Iterable[UUID], *, settings: Settings, now: datetime
) -> None:
    """One mail for each of them; what it says stays with the message until it is sent."""
    template = Template.coordinator_message
    mails = [
        _queued(message.id, template, uuid5(message.id, str(person_id)), person_id, settings=settings, now=now)
        | {"sequence": 1, "occurred_at": now, "correlation_id": correlation_id(), "data": {}, "state": State.queued}
        for person_id in person_ids
    ]
    session.execute(insert(Message), mails)
    wake(session, lane_of(template), now)


def _queued(
    fact_id: UUID,
    template: Template,
    about: UUID,
    person_id: UUID | None,
    *,
    useful_until: datetime | None = None,
    settings: Settings,
    now: datetime,
) -> dict[str, Any]:
    key, domain = settings.message_id_key, settings.sender.domain
    return {
        "id": new_id(),
        "template": template,
        "about": about,
        "fact_id": fact_id,
        "person_id": person_id,
        "lane": lane_of(template),
        "message_id": message_id(key, fact_id=fact_id, template=template, about=about, domain=domain),
        "attempts": 0,
        "doubtful": False,
        "queued_at": now,
        "due_at": now,
        "give_up_at": give_up_at(queued_at=now, patience=settings.patience, useful_until=useful_until),
    }


def outdate(session: Session, about: UUID, *, before: int) -> None:
    for outdated in queries.unsent_messages(session, about, before=before):
        outdated.state, outdated.data = State.superseded, {}


def wake(session: Session, lane: Lane, at: datetime) -> None:
    timers.schedule(session, SEND, lane, at)


def sleep_until_due(session: Session, lane: Lane, *, now: datetime, earliest: datetime) -> None:
    """Move the lane's timer to its next mail, not before `earliest`.

    Taking the timer first makes a reaction that queues meanwhile wait: its wish comes after ours, no mail is forgotten.
    """
    wake(session, lane, now)
    due_at = queries.next_due_at(session, lane)
    if due_at is None:
        timers.cancel(session, SEND, lane)
    else:
        wake(session, lane, max(due_at, earliest))
