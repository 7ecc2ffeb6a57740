"""Copies of others' facts. `sequence` decides, not the order of arrival."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.db import Base


def apply(
    session: Session, model: type[Base], key: Mapping[str, Any], sequence: int, values: Mapping[str, Any]
) -> bool:
    """Write the row unless something as new or newer is there; says whether it was written."""
    table = cast(Table, model.__table__)
    fresh = insert(table).values(**key, **values, sequence=sequence)
    upsert = fresh.on_conflict_do_update(
        index_elements=list(key),
        set_={**values, "sequence": sequence},
        where=table.c.sequence < fresh.excluded.sequence,
    )
    written = session.execute(upsert.returning(table.c.sequence)).first() is not None
    for known in session:  # what this session already read of that row would hide the new values
        if isinstance(known, model) and all(getattr(known, name) == value for name, value in key.items()):
            session.expire(known)
    return written
