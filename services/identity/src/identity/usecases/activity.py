"""Accounts in use are kept (O3). Written past the version: it is no news for anybody else."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from identity.models import Person

NOTED_EVERY = timedelta(days=1)  # one write a day for each person is enough


def note(session: Session, person_ids: Sequence[UUID], at: datetime) -> None:
    """They signed in, or were in a conference. A warning is called off at once."""
    stale = or_(Person.last_active_at <= at - NOTED_EVERY, Person.inactivity_warnings > 0)
    news = and_(Person.id.in_(person_ids), Person.last_active_at < at, stale)
    # In one order: two facts about the same people must not wait for each other in a circle.
    ids = session.scalars(select(Person.id).where(news).order_by(Person.id).with_for_update()).all()
    if ids:
        values = {"last_active_at": at, "inactivity_warnings": 0, "inactivity_warned_at": None}
        session.execute(
            update(Person).where(Person.id.in_(ids)).values(values), execution_options={"synchronize_session": False}
        )
