"""What others keep copies of, told again when they ask."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import snapshots
from chassis.outbox import Fact
from chassis.snapshots import Snapshots
from orgs import events
from orgs.models import Collaboration, Institution, Membership, Unit


def institutions(session: Session, after: UUID | None, limit: int) -> Sequence[Fact]:
    rows = session.scalars(snapshots.following(select(Institution), Institution.id, after, limit))
    return [events.institution_changed(row) for row in rows]


def units(session: Session, after: UUID | None, limit: int) -> Sequence[Fact]:
    every = select(Unit, Institution).join(Institution, Institution.id == Unit.institution_id)
    rows = session.execute(snapshots.following(every, Unit.id, after, limit))
    return [events.unit_changed(unit, institution) for unit, institution in rows]


def memberships(session: Session, after: UUID | None, limit: int) -> Sequence[Fact]:
    rows = session.scalars(snapshots.following(select(Membership), Membership.person_id, after, limit))
    return [events.membership_changed(row) for row in rows]


def collaborations(session: Session, after: UUID | None, limit: int) -> Sequence[Fact]:
    rows = session.scalars(snapshots.following(select(Collaboration), Collaboration.id, after, limit))
    return [events.collaboration_changed(row) for row in rows]


SNAPSHOTS: Snapshots = {
    "orgs.institution": institutions,
    "orgs.unit": units,
    "orgs.membership": memberships,
    "orgs.collaboration": collaborations,
}
