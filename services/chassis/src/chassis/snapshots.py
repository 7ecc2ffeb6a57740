"""An owner says again how things are, to one service that asks: in portions, so that ordinary facts are not held up.

A service registers `SNAPSHOTS = {"<service>.<aggregate>": function(session, after_id, limit) -> facts}`: the facts that
are sent when such an aggregate changes, in the order of their ids, the next `limit` after `after_id`. They leave as
`….snapshot.v1` for the asking service's queue alone. A portion and how far it went are one commit, so whoever is
killed goes on where they were; the next portion is made once the relay has sent the one before.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis import clock, db, logs, metrics, outbox, timers, tombstones
from chassis.inbox import SNAPSHOT, NotYet, Reaction
from chassis.inbox import Fact as Received
from chassis.outbox import Fact, OutboxRow
from chassis.timers import Timer, TimerFunction, TimerRow

log = logs.get_logger(__name__)
TIMER = "snapshots"
AT_ONCE = 500  # one window of the relay: an ordinary fact waits for no more
PAUSE = timedelta(seconds=0.2)
SAID_EVERY = 20

Portion = Callable[[Session, UUID | None, int], Sequence[Fact]]
Snapshots = Mapping[str, Portion]
Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])


def following(
    query: Query, id_: InstrumentedAttribute[UUID] | ColumnElement[UUID], after: UUID | None, limit: int
) -> Query:
    """The next rows by their id."""
    rest = query if after is None else query.where(id_ > after)
    return rest.order_by(id_).limit(limit)


def reactions(snapshots: Snapshots, *, askers: Iterable[str]) -> dict[str, Reaction]:
    """For the owner's `REACTIONS`: who may ask."""

    def asked(session: Session, fact: Received) -> None:
        aggregate, asker = fact.data["aggregate"], fact.type.partition(".")[0]
        if aggregate not in snapshots:
            raise NotYet(f"snapshots of {aggregate}")  # the asker is newer than we are
        payload = {"aggregate": aggregate, "asker": asker, "request_id": fact.subject}
        timers.schedule(session, TIMER, f"{asker} {aggregate}", clock.now(), payload)
        log.info("snapshots asked for", aggregate=aggregate, asker=asker)

    return {f"{asker}.projection.requested.v1": asked for asker in askers}


def timer(snapshots: Snapshots) -> TimerFunction:
    """For the owner's `TIMERS`, under the name `TIMER`."""

    def restate(due: Timer) -> None:
        with db.transaction() as session:
            if _still_waiting(session):
                due.again(session, clock.now() + PAUSE)
            else:
                _restate(session, due, snapshots[due.payload["aggregate"]])

    return restate


def _restate(session: Session, due: Timer, portion: Portion) -> None:
    aggregate, asker, request_id = (due.payload[name] for name in ("aggregate", "asker", "request_id"))
    after, restated, portions = (due.payload.get(name, start) for name, start in _START)
    facts = portion(session, UUID(after) if after is not None else None, AT_ONCE)
    said = [_snapshot(fact, aggregate, asker) for fact in _of_the_living(session, facts)]
    restated, portions, done = restated + len(said), portions + 1, not facts
    outbox.add(session, *said, _progress(aggregate, asker, request_id, restated, portions, done=done))
    if done:
        due.finish(session)
    else:
        far = {"after": str(facts[-1].subject), "restated": restated, "portions": portions}
        due.keep(session, {**due.payload, **far})
        due.again(session, clock.now() + PAUSE)
    metrics.SNAPSHOTS_SENT.labels(aggregate, asker).inc(len(said))
    if done or portions % SAID_EVERY == 0:
        log.info("snapshots made", aggregate=aggregate, asker=asker, restated=restated, done=done)


_START = (("after", None), ("restated", 0), ("portions", 0))


def _of_the_living(session: Session, facts: Sequence[Fact]) -> list[Fact]:
    """Whoever is being erased meanwhile: either we know it, or the erasing waits and finds what we wrote."""
    gone = tombstones.buried(session, (UUID(str(fact.subject)) for fact in facts))
    return [fact for fact in facts if UUID(str(fact.subject)) not in gone]


def _snapshot(fact: Fact, aggregate: str, asker: str) -> Fact:
    return replace(fact, type=f"{aggregate}{SNAPSHOT}", public=False, to=asker)


def _progress(aggregate: str, asker: str, request_id: str, restated: int, portions: int, *, done: bool) -> Fact:
    """Behind its portion in the same queue: whoever hears it has the portion."""
    owner = aggregate.partition(".")[0]
    data = {"request_id": request_id, "aggregate": aggregate, "restated": restated, "done": done}
    return Fact(f"{owner}.snapshots.sent.v1", request_id, portions, data, to=asker)


def _still_waiting(session: Session) -> bool:
    """What was made before is not at the broker yet: more would only lie here, in front of ordinary facts."""
    return bool(session.scalar(select(exists().where(OutboxRow.recipient.is_not(None)))))


def under_way(session: Session) -> list[TimerRow]:
    """What this service is restating to others."""
    return list(session.scalars(select(TimerRow).where(TimerRow.name == TIMER).order_by(TimerRow.subject)))
