"""What others keep copies of, told again when they ask. All there ever were: who needs some, passes over the rest."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import snapshots
from chassis.outbox import Fact
from chassis.snapshots import Snapshots
from conferences import events
from conferences.models import Conference


def conferences(session: Session, after: UUID | None, limit: int) -> Sequence[Fact]:
    rows = session.scalars(snapshots.following(select(Conference), Conference.id, after, limit))
    return [events.conference_fact("changed", row) for row in rows]


SNAPSHOTS: Snapshots = {"conferences.conference": conferences}
