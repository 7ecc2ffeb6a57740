"""What others keep copies of, told again when they ask. Whoever was erased has no row any more."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from chassis import snapshots
from chassis.outbox import Fact
from chassis.snapshots import Snapshots
from identity import events
from identity.models import Person


def people(session: Session, after: UUID | None, limit: int) -> Sequence[Fact]:
    everybody = select(Person).options(selectinload(Person.emails))
    rows = session.scalars(snapshots.following(everybody, Person.id, after, limit))
    return [events.person_changed(row) for row in rows]


SNAPSHOTS: Snapshots = {"identity.person": people}
