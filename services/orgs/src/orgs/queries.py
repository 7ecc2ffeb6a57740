"""Reads that deserve a name."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.text import folded
from orgs.models import Institution, Membership, Offer, Unit
from orgs.rules.institutions import State


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


def offers_to_take(session: Session, person_id: UUID) -> Sequence[Offer]:
    query = select(Offer).where(Offer.person_id == person_id, Offer.taken_at.is_(None))
    return session.scalars(query.order_by(Offer.invitation_id)).all()
