"""The list of coordinators (S12): those who are, and open invitations to be, as rows of one shape and order."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Select, String, Uuid, cast, func, null, select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.pages import Arm
from chassis.text import folded
from orgs.models import CoordinatorInvitation, Membership, Person, Unit
from orgs.rules.coordinators import OPEN
from orgs.rules.memberships import Role


class CoordinatorRow(NamedTuple):
    """Of somebody (`person_id`) or of an invitation (`invitation_id`); names and address are as written in it."""

    person_id: UUID | None
    invitation_id: UUID | None
    number: int | None
    surname: str
    name: str
    email: str | None
    role: Role
    institution_id: UUID
    unit_id: UUID
    unit_name: str
    status: str
    created_at: datetime
    expires_at: datetime | None
    accepted_surname: str | None
    accepted_name: str | None


def arms(institution_id: UUID, search: str | None) -> list[Arm]:
    return [_coordinators(institution_id, search), invitations(institution_id, search)]


def _coordinators(institution_id: UUID, search: str | None) -> Arm:
    """As far as identity has told us who they are."""
    query = _people().where(Membership.institution_id == institution_id, Membership.role != Role.user)
    if search:
        query = query.where(_found(search, Membership.search, func.lower(Person.email)))
    return query, [Membership.search, Membership.person_id]


def invitations(institution_id: UUID, search: str | None = None) -> Arm:
    query = _invitations().where(
        CoordinatorInvitation.institution_id == institution_id, CoordinatorInvitation.state.in_(OPEN)
    )
    if search:
        query = query.where(_found(search, CoordinatorInvitation.search, CoordinatorInvitation.address_key))
    return query, [CoordinatorInvitation.search, CoordinatorInvitation.id]


def coordinator(session: Session, person_id: UUID) -> CoordinatorRow:
    found = session.execute(
        _people().where(Membership.person_id == person_id, Membership.role != Role.user)
    ).one_or_none()
    if found is None:
        raise NotFound
    return CoordinatorRow(*found)


def invitation(session: Session, invitation_id: UUID) -> CoordinatorRow:
    return CoordinatorRow(*session.execute(_invitations().where(CoordinatorInvitation.id == invitation_id)).one())


def _people() -> Select[Any]:
    nothing = cast(null(), String)
    return (
        select(
            *(Person.person_id, cast(null(), Uuid).label("invitation_id"), Person.number),
            *(Person.surname, Person.name, Person.email, cast(Membership.role, String).label("role")),
            *(Membership.institution_id, Membership.unit_id, Unit.name.label("unit_name"), Person.status),
            *(Membership.created_at, cast(null(), DateTime(timezone=True)).label("expires_at")),
            *(nothing.label("accepted_surname"), nothing.label("accepted_name")),
        )
        .select_from(Membership)
        .outerjoin(Person, Person.person_id == Membership.person_id)  # there always is one of both: an outer join is
        .outerjoin(Unit, Unit.id == Membership.unit_id)  # left out when counting
        .where(Membership.search.is_not(None))
    )


def _invitations() -> Select[Any]:
    invited = CoordinatorInvitation
    return (
        select(
            *(cast(null(), Uuid).label("person_id"), invited.id.label("invitation_id")),
            *(cast(null(), BigInteger).label("number"), invited.surname, invited.name, invited.email),
            *(cast(invited.role, String).label("role"), invited.institution_id, invited.unit_id),
            *(Unit.name.label("unit_name"), cast(invited.state, String).label("status")),
            *(invited.created_at, invited.expires_at),
            *(Person.surname.label("accepted_surname"), Person.name.label("accepted_name")),
        )
        .outerjoin(Unit, Unit.id == invited.unit_id)
        .outerjoin(Person, Person.person_id == invited.person_id)
    )


def _found(search: str, names: Any, address: Any) -> Any:
    """By words of the name, or by the address in full."""
    if "@" in search:
        return address == search.strip().casefold()
    return names.contains(folded(search), autoescape=True)
