"""Copies of others' facts. `sequence` decides, not the order of arrival; nothing is kept of who was erased.

A snapshot says again what is known: it may fill in what a row of the same sequence lacks, such as a new column.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import Executable, Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import tombstones
from chassis.db import Base


def apply(
    session: Session,
    model: type[Base],
    key: Mapping[str, Any],
    sequence: int,
    values: Mapping[str, Any],
    *,
    restated: bool = False,
) -> bool:
    """Write the row unless something as new or newer is there, or whom it is about is buried; was it written?

    `restated` values take the place of equally new ones, too.
    """
    named = list(tombstones.ids_in(key.values()))
    if named and tombstones.is_buried(session, *named):
        return False
    upsert = _upsert(model, tuple(key), tuple(values), restated)
    written = session.execute(upsert, {**key, **values, "sequence": sequence}).first() is not None
    for known in session:  # what this session already read of that row would hide the new values
        if isinstance(known, model) and all(getattr(known, name) == value for name, value in key.items()):
            session.expire(known)
    return written


@cache
def _upsert(model: type[Base], key: tuple[str, ...], names: tuple[str, ...], restated: bool) -> Executable:
    """Made once: building a statement takes longer than running it."""
    table = cast(Table, model.__table__)
    fresh = insert(table)
    newer = {name: fresh.excluded[name] for name in (*names, "sequence")}
    known, told = table.c.sequence, fresh.excluded.sequence
    is_news = known <= told if restated else known < told
    upsert = fresh.on_conflict_do_update(index_elements=list(key), set_=newer, where=is_news)
    return upsert.returning(table.c.sequence)
