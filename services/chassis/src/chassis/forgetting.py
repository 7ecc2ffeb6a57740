"""Somebody is to be forgotten: buried at once, erased by a timer in portions, told of when nothing is left.

A worker that dies goes on where it was: each portion is a transaction of its own. When nothing is left it looks once
more, later than any request lasts: one that began before the burial may still have been writing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Text, cast, delete, select
from sqlalchemy.orm import Session

from chassis import audit, clock, db, timers, tombstones
from chassis.inbox import PREFIX, DeadLetterRow, ParkedRow
from chassis.outbox import OutboxRow
from chassis.timers import Timer, TimerFunction, TimerRow
from chassis.tombstones import TombstoneRow

TIMER = "forget"
QUIET = timedelta(seconds=30)

Received = TypeVar("Received", ParkedRow, DeadLetterRow)


@dataclass(frozen=True)
class Forgetting:
    """How a service forgets. `erase` erases a portion and says when to go on, None when nothing is left.

    `done` tells of the end. `about`: the fields by which facts say whom they are about. `spared`: types of facts that
    must still go out or be heard, such as the one that tells of the erasing.
    """

    erase: Callable[[Session, UUID], datetime | None]
    done: Callable[[Session, TombstoneRow], object]
    about: frozenset[str]
    spared: frozenset[str]


def begin(session: Session, subject: UUID, sequence: int) -> None:
    """Bury, and have the rest erased. Doing it again is harmless."""
    tombstones.bury(session, subject, sequence)
    moment = clock.now()
    timers.schedule(session, TIMER, subject, moment, {"since": moment.isoformat()})


def timer(forgetting: Forgetting) -> TimerFunction:
    def forget(due: Timer) -> None:
        subject, since = UUID(due.subject), datetime.fromisoformat(due.payload["since"])
        with db.transaction() as session:
            again_at = erase(session, subject, forgetting)
            if again_at is None and clock.now() < since + QUIET:
                again_at = since + QUIET
            if again_at is not None:
                due.again(session, again_at)
                return
            forgetting.done(session, session.get_one(TombstoneRow, subject))
            due.finish(session)

    return forget


def erase(session: Session, subject: UUID, forgetting: Forgetting) -> datetime | None:
    """A portion of the service's own rows; after the last one what waits in the tables that every service has."""
    again_at = forgetting.erase(session, subject)
    if again_at is None:
        _scrub(session, subject, forgetting)
        audit.forget(session, subject)
    return again_at


def redacted(value: Any, subject: str, *, outermost: bool = True) -> Any:
    """The same without what it says of the subject: within objects that name them other texts become empty.

    The outermost object is the fact itself, and others' facts stay others'.
    """
    if isinstance(value, list):
        return [redacted(item, subject, outermost=False) for item in value]
    if not isinstance(value, dict):
        return value
    theirs = not outermost and subject in value.values()
    return {
        name: "" if theirs and isinstance(item, str) and item != subject else redacted(item, subject, outermost=False)
        for name, item in value.items()
    }


def _scrub(session: Session, subject: UUID, forgetting: Forgetting) -> None:
    """Waiting facts about the subject go; others' facts that only name them lose what they say of them."""
    text = str(subject)
    session.execute(delete(TimerRow).where(TimerRow.subject == text, TimerRow.name != TIMER))
    waiting = select(OutboxRow).where((OutboxRow.subject == text) | cast(OutboxRow.data, Text).contains(text))
    for fact in session.scalars(waiting.where(OutboxRow.type.not_in(forgetting.spared)).with_for_update()).all():
        if _is_about(fact.subject, fact.data, text, forgetting):
            session.delete(fact)
        else:
            fact.data = redacted(fact.data, text)
    _scrub_received(session, ParkedRow, text, forgetting)
    _scrub_received(session, DeadLetterRow, text, forgetting)
    session.flush()


def _scrub_received(session: Session, model: type[Received], text: str, forgetting: Forgetting) -> None:
    kept = select(model).where(cast(model.body, Text).contains(text), model.type.not_in(forgetting.spared))
    for row in session.scalars(kept.with_for_update(skip_locked=True)).all():
        data = row.body.get("data")
        known = str(row.body.get("type", "")).startswith(PREFIX) and isinstance(data, dict)
        if not known or _is_about(row.body.get("subject"), data or {}, text, forgetting):
            session.delete(row)
        else:
            row.body = {**row.body, "data": redacted(data, text)}


def _is_about(subject: Any, data: dict[str, Any], text: str, forgetting: Forgetting) -> bool:
    return subject == text or any(data.get(field) == text for field in forgetting.about)
