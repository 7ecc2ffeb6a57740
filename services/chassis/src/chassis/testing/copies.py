"""Whether copies come back from snapshots as they were, and nothing else comes with them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.db import Base
from chassis.inbox import SNAPSHOT
from chassis.outbox import OutboxRow
from chassis.timers import TimerRow

Told = tuple[str, str, int, Mapping[str, Any]]  # type, subject, sequence, data
Rows = list[dict[str, Any]]


class Rebuilt(NamedTuple):
    """The copies before they were emptied and after their snapshots; all other rows that changed meanwhile."""

    before: list[Rows]
    after: list[Rows]
    side_effects: Rows


def rebuilt(
    session: Session,
    deliver: Callable[..., str],
    told: Iterable[Told],
    copies: Sequence[type[Base]],
    *,
    untouched: Sequence[type[Base]] = (),
) -> Rebuilt:
    """Hear facts, empty the copies, hear the facts' snapshots. `untouched`: what must not change with them."""
    told = list(told)
    for type_, subject, sequence, data in told:
        deliver(type_, data, subject=subject, sequence=sequence)
    before = [_rows(session, model) for model in copies]
    for model in copies:
        session.execute(delete(model))
    watched: list[type[Base]] = [OutboxRow, TimerRow, *untouched]
    others = [_rows(session, model) for model in watched]

    for type_, subject, sequence, data in told:
        aggregate = ".".join(type_.split(".")[:2])
        deliver(f"{aggregate}{SNAPSHOT}", data, subject=subject, sequence=sequence)

    changed = [
        row for model, old in zip(watched, others, strict=True) for row in _rows(session, model) if row not in old
    ]
    return Rebuilt(before, [_rows(session, model) for model in copies], changed)


def _rows(session: Session, model: type[Base]) -> Rows:
    """All there is in a table, in an order of its own."""
    found = session.execute(select(*model.__table__.columns)).mappings()
    return sorted((dict(row) for row in found), key=repr)
