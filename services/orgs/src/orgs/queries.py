"""Reads that deserve a name."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.text import folded
from chassis.tokens import Actor
from orgs.models import Institution, Membership, Offer, Person, RoleRequest, Unit
from orgs.rules.institutions import State
from orgs.rules.memberships import Role
from orgs.rules.permissions import Viewer
from orgs.rules.role_requests import COORDINATING, Applicant
from orgs.rules.role_requests import State as RequestState


def institution(session: Session, id_: UUID) -> Institution:
    found = session.get(Institution, id_)
    if found is None:
        raise NotFound
    return found


def institutions_named(search: str | None) -> Select[Institution]:
    query = select(Institution).where(Institution.state == State.active)
    return query.where(Institution.search.contains(folded(search), autoescape=True)) if search else query


def units_named(institution_id: UUID, search: str | None) -> Select[Unit]:
    query = select(Unit).where(Unit.institution_id == institution_id, Unit.state == State.active)
    return query.where(Unit.search.contains(folded(search), autoescape=True)) if search else query


def unknown_institutions(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    wanted = set(ids)
    return wanted - set(session.scalars(select(Institution.id).where(Institution.id.in_(wanted))))


def active_institutions(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    return set(
        session.scalars(select(Institution.id).where(Institution.id.in_(ids), Institution.state == State.active))
    )


def names_of_places(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Of institutions and units, closed ones too."""
    wanted = set(ids)
    of_institutions = select(Institution.id, Institution.name).where(Institution.id.in_(wanted))
    of_units = select(Unit.id, Unit.name).where(Unit.id.in_(wanted))
    return dict(session.execute(of_institutions.union_all(of_units)).all())


def active_unit(session: Session, institution_id: UUID, unit_id: UUID | None) -> UUID:
    """That unit of that institution; its general one when none is named or it was closed meanwhile."""
    query = select(Unit.id).where(Unit.id == unit_id, Unit.institution_id == institution_id, Unit.state == State.active)
    return session.scalar(query) or session.get_one(Institution, institution_id).general_unit_id


def lock_active_unit(session: Session, institution_id: UUID, unit_id: UUID) -> bool:
    """Whether people of the institution may be in that unit; it stays open until the transaction ends."""
    query = select(Unit.id).where(Unit.id == unit_id, Unit.institution_id == institution_id, Unit.state == State.active)
    return session.scalar(query.with_for_update(read=True)) is not None


def membership_with_place(session: Session, person_id: UUID) -> Row[Membership, str, str]:
    """A membership with the names of its institution and unit."""
    query = (
        select(Membership, Institution.name, Unit.name)
        .join(Institution, Institution.id == Membership.institution_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.person_id == person_id)
    )
    found = session.execute(query).first()
    if found is None:
        raise NotFound
    return found


def membership_for_update(session: Session, person_id: UUID) -> Membership | None:
    """Locks the person, not the row: there may be none yet, and two facts may be about to make it."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(person_id), 0))))
    return session.get(Membership, person_id, populate_existing=True)


def is_employed_since(session: Session, person_id: UUID, sequence: int) -> bool:
    query = select(Person.person_id).where(
        Person.person_id == person_id, Person.sequence > sequence, Person.employment == "employed"
    )
    return session.scalar(query) is not None


def offers_to_take(session: Session, person_id: UUID) -> Sequence[Offer]:
    query = select(Offer).where(Offer.person_id == person_id, Offer.taken_at.is_(None))
    return session.scalars(query.order_by(Offer.invitation_id)).all()


def viewer_of(session: Session, actor: Actor) -> Viewer:
    """Rights come from our own rows; an administrator's need a second factor. Whom we do not know is a plain user."""
    found = session.get(Membership, actor.id)
    if found is None:
        return Viewer(actor.id)
    return Viewer(actor.id, found.role, found.institution_id, found.platform_administrator and actor.mfa)


def applicant(session: Session, person_id: UUID) -> Applicant | None:
    """None without a membership. Of whom identity has not told us yet, the employment is pending."""
    invited = exists().where(Offer.person_id == person_id, Offer.taken_at.is_not(None), Offer.role.in_(COORDINATING))
    query = select(Membership, Person, invited).outerjoin(Person, Person.person_id == Membership.person_id)
    found = session.execute(query.where(Membership.person_id == person_id)).first()
    if found is None:
        return None
    membership, person, was_invited = found
    return Applicant(
        standing=membership.standing,
        status=person.status if person is not None else "active",
        employment=person.employment if person is not None else "pending",
        institutions=_where_to_ask(session, membership.institution_id, person.employment_bodies if person else ()),
        invited_as_coordinator=was_invited,
    )


def _where_to_ask(session: Session, own: UUID, employment_api_ids: Sequence[str]) -> frozenset[UUID]:
    named = or_(Institution.id == own, Institution.employment_api_id.in_(employment_api_ids))
    return frozenset(session.scalars(select(Institution.id).where(named, Institution.state == State.active)))


def institutions_by_name(session: Session, ids: Iterable[UUID]) -> Sequence[Institution]:
    query = select(Institution).where(Institution.id.in_(ids))
    return session.scalars(query.order_by(Institution.search, Institution.id)).all()


RequestRow = Row[RoleRequest, Person | None, str, str | None]


def role_requests() -> Select[*tuple[Any, ...]]:
    """With who asks and the names of institution and unit: one statement, whatever the number."""
    return (
        select(RoleRequest, Person, Institution.name, Unit.name)
        .join(Institution, Institution.id == RoleRequest.institution_id)
        .outerjoin(Unit, Unit.id == RoleRequest.unit_id)
        .outerjoin(Person, Person.person_id == RoleRequest.person_id)
    )


def role_request(session: Session, id_: UUID) -> RequestRow:
    found = session.execute(role_requests().where(RoleRequest.id == id_)).first()
    if found is None:
        raise NotFound
    return found


def open_role_request(session: Session, person_id: UUID) -> RoleRequest | None:
    query = select(RoleRequest).where(RoleRequest.person_id == person_id, RoleRequest.state == RequestState.open)
    return session.scalar(query.execution_options(populate_existing=True))


def leads_of(session: Session, institution_id: UUID) -> Sequence[UUID]:
    """Institution coordinators who can sign in."""
    query = select(Membership.person_id).where(
        Membership.institution_id == institution_id, Membership.role == Role.institution_coordinator
    )
    return session.scalars(_able(query)).all()


def administrators(session: Session) -> Sequence[UUID]:
    """Platform administrators who can sign in."""
    return session.scalars(_able(select(Membership.person_id).where(Membership.platform_administrator))).all()


def _able(query: Select[UUID]) -> Select[UUID]:
    disabled = exists().where(Person.person_id == Membership.person_id, Person.status == "disabled")
    return query.where(~disabled).order_by(Membership.person_id)


def open_role_requests_of(session: Session, institution_id: UUID) -> int:
    query = select(func.count()).where(
        RoleRequest.institution_id == institution_id, RoleRequest.state == RequestState.open
    )
    return session.scalar(query) or 0


def lock_leads(session: Session, institution_id: UUID) -> None:
    """Of two coordinators who leave at once one is the last: they come one after the other."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"leads {institution_id}", 0))))


def full_name(session: Session, person_id: UUID) -> dict[str, str]:
    """Surname and name as identity says them; empty of whom it has said nothing yet."""
    found = session.get(Person, person_id)
    return {"surname": found.surname, "name": found.name} if found is not None else {"surname": "", "name": ""}


def is_administrator(session: Session, person_id: UUID) -> bool:
    mine = select(Membership.platform_administrator).where(Membership.person_id == person_id)
    return bool(session.scalar(mine))
