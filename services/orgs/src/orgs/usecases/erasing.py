"""Somebody's account was deleted (S6): of where they belonged and what they were offered nothing is left here."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis import outbox
from chassis.clock import now
from chassis.forgetting import Forgetting
from chassis.tombstones import TombstoneRow
from orgs import events, queries
from orgs.models import Collaboration, CoordinatorInvitation, Membership, Offer, Person, RoleRequest
from orgs.rules.memberships import Role
from orgs.usecases import leads

# Whose rows go with the person, what hangs on others first; a test holds that no table that names one is missing.
THEIRS: tuple[InstrumentedAttribute[Any], ...] = (
    Collaboration.owner_person_id,
    Collaboration.collaborator_person_id,
    RoleRequest.person_id,
    Offer.person_id,
    CoordinatorInvitation.person_id,
    Membership.person_id,
    Person.person_id,
)


def erase(session: Session, person_id: UUID) -> datetime | None:
    """A handful of rows, so at once. Others hear of the erasing from identity, not of a membership that ended."""
    membership = queries.membership_for_update(session, person_id)  # whoever is about to grant something is waited for
    leading = membership is not None and membership.role == Role.institution_coordinator
    led = membership.institution_id if membership is not None and leading else None
    if led is not None:
        leads.leaving(session, led)
    invited_by_them = update(CoordinatorInvitation).where(CoordinatorInvitation.inviter_id == person_id)
    session.execute(invited_by_them.values(inviter_id=None).execution_options(synchronize_session=False))
    for column in THEIRS:
        statement = delete(column.class_).where(column == person_id)
        session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()
    if led is not None:
        leads.left(session, led)
    return None


def _done(session: Session, stone: TombstoneRow) -> None:
    outbox.add(session, events.person_erased(stone, now()))


FORGETTING = Forgetting(
    erase=erase,
    done=_done,
    about=frozenset({"person_id", "owner_person_id", "collaborator_person_id"}),
    spared=frozenset({"identity.person.erased.v1", "orgs.person.erased.v1"}),
)
