from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import timers
from chassis.ids import new_id
from chassis.inbox import Fact
from notifications import queries
from notifications.letters.composing import message_id
from notifications.models import Message
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
    for outdated in queries.unsent_messages(session, about, before=fact.sequence):
        outdated.state, outdated.data = State.superseded, {}
    overtaken = queries.is_overtaken(session, about, sequence=fact.sequence)
    values = {
        "id": new_id(),
        "template": template,
        "about": about,
        "fact_id": fact.id,
        "sequence": fact.sequence,
        "occurred_at": fact.occurred_at,
        "person_id": person_id,
        "data": {} if overtaken else dict(fact.data),
        "lane": lane,
        "message_id": message_id(
            settings.message_id_key, fact_id=fact.id, template=template, about=about, domain=settings.sender.domain
        ),
        "correlation_id": fact.correlation_id,
        "state": State.superseded if overtaken else State.queued,
        "attempts": 0,
        "doubtful": False,
        "queued_at": now,
        "due_at": now,
        "give_up_at": give_up_at(queued_at=now, patience=settings.patience, useful_until=useful_until),
    }
    session.execute(insert(Message).values(values).on_conflict_do_nothing())
    wake(session, lane, now)


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
