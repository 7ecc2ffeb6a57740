"""What a service keeps of somebody, as plain rows for that somebody."""

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from chassis.db import Base

MOST = 10_000  # of one kind: nobody comes near, and an answer must end


def rows(session: Session, model: type[Base], whose: ColumnElement[bool], *names: str) -> list[dict[str, Any]]:
    """These columns of the rows that are theirs, by name."""
    columns = [getattr(model, name) for name in names]
    return [dict(zip(names, row, strict=True)) for row in session.execute(select(*columns).where(whose).limit(MOST))]
