"""Reads that deserve a name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.text import folded
from chassis.tokens import Actor
from orgs.models import (
    CoordinatorInvitation,
    Institution,
    Membership,
    Offer,
    Person,
    PlannedConference,
    RoleRequest,
    Unit,
)
from orgs.rules.coordinators import OPEN
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


def institution_to_join(session: Session, id_: UUID) -> Institution:
    """Its state stays as it is until the transaction ends; others may join it meanwhile."""
    return _locked_institution(session, id_, alone=False)


def institution_for_update(session: Session, id_: UUID) -> Institution:
    return _locked_institution(session, id_, alone=True)


def _locked_institution(session: Session, id_: UUID, *, alone: bool) -> Institution:
    query = select(Institution).where(Institution.id == id_).with_for_update(read=not alone, key_share=alone)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def unit(session: Session, id_: UUID) -> tuple[Institution, Unit]:
    """With its institution."""
    query = select(Institution, Unit).join(Unit, Unit.institution_id == Institution.id)
    found = session.execute(query.where(Unit.id == id_)).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def unit_for_update(session: Session, id_: UUID) -> tuple[Institution, Unit]:
    """Whoever is about to be in it is waited for, or waits."""
    institution = institution_to_join(session, unit(session, id_)[0].id)
    query = select(Unit).where(Unit.id == id_).with_for_update(key_share=True)
    return institution, session.scalars(query.execution_options(populate_existing=True)).one()


def institutions_named(search: str | None, *, closed: bool = False) -> Select[Institution]:
    query = select(Institution)
    if not closed:
        query = query.where(Institution.state == State.active)
    return query.where(Institution.search.contains(folded(search), autoescape=True)) if search else query


def units_named(institution_id: UUID, search: str | None, *, closed: bool = False) -> Select[Unit]:
    query = select(Unit).where(Unit.institution_id == institution_id)
    if not closed:
        query = query.where(Unit.state == State.active)
    return query.where(Unit.search.contains(folded(search), autoescape=True)) if search else query


def members_named(institution_id: UUID, search: str | None) -> Select[*tuple[Any, ...]]:
    """Who belongs to an institution, as far as identity has told us who they are."""
    query = (
        select(Person, Membership.role, Unit.id, Unit.name)
        .select_from(Membership)
        .outerjoin(Person, Person.person_id == Membership.person_id)  # there always is one of both: an outer join is
        .outerjoin(Unit, Unit.id == Membership.unit_id)  # left out when counting
        .where(Membership.institution_id == institution_id, Membership.search.is_not(None))
    )
    return query.where(Membership.search.contains(folded(search), autoescape=True)) if search else query


def uses_of_institution(session: Session, institution_id: UUID) -> dict[str, int]:
    """What keeps it from being closed, and how many of each; what there is none of is left out."""

    def there(what: Any) -> tuple[ColumnElement[bool], ...]:
        return (what.institution_id == institution_id,)

    return _counted(
        session, {"coordinators": _enabled(*there(Membership), Membership.role != Role.user)} | _open(there)
    )


def uses_of_unit(session: Session, unit: Unit) -> dict[str, int]:
    def there(what: Any) -> tuple[ColumnElement[bool], ...]:
        return what.institution_id == unit.institution_id, what.unit_id == unit.id

    return _counted(session, {"people": _enabled(*there(Membership))} | _open(there))


def _enabled(*which: ColumnElement[bool]) -> Select[int]:
    enabled = or_(Person.status.is_(None), Person.status != "disabled")
    members = _how_many(Membership).outerjoin(Person, Person.person_id == Membership.person_id)
    return members.where(*which, enabled)


def _open(there: Callable[[Any], tuple[ColumnElement[bool], ...]]) -> dict[str, Select[int]]:
    """What waits or is planned in a place: each with `institution_id` and `unit_id`."""
    planned = (PlannedConference.state.in_(("scheduled", "open")), PlannedConference.ends_at > func.now())
    return {
        "role_requests": _how_many(RoleRequest).where(*there(RoleRequest), RoleRequest.state == RequestState.open),
        "invitations": _how_many(CoordinatorInvitation).where(
            *there(CoordinatorInvitation), CoordinatorInvitation.state.in_(OPEN)
        ),
        "conferences": _how_many(PlannedConference).where(*there(PlannedConference), *planned),
    }


def _counted(session: Session, uses: Mapping[str, Select[int]]) -> dict[str, int]:
    query = select(*(count.scalar_subquery().label(name) for name, count in uses.items()))
    return {name: count for name, count in session.execute(query).one()._mapping.items() if count}


def figures(session: Session, institution_id: UUID) -> Row[int, int, int, int, int]:
    """Of its people, its coordinators by role, its open units, its open role requests."""
    mine, units = Membership.institution_id == institution_id, Unit.institution_id == institution_id
    asked = RoleRequest.institution_id == institution_id
    counts = (
        _how_many(Membership).where(mine),
        _how_many(Membership).where(mine, Membership.role == Role.institution_coordinator),
        _how_many(Membership).where(mine, Membership.role == Role.unit_coordinator),
        _how_many(Unit).where(units, Unit.state == State.active),
        _how_many(RoleRequest).where(asked, RoleRequest.state == RequestState.open),
    )
    return session.execute(select(*(count.scalar_subquery() for count in counts))).one()


def _how_many(what: type[Any]) -> Select[int]:
    return select(func.count()).select_from(what)


def unknown_institutions(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    wanted = set(ids)
    return wanted - set(session.scalars(select(Institution.id).where(Institution.id.in_(wanted))))


def active_institutions(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    """Those of them that take people; they stay open until the transaction ends."""
    query = select(Institution.id).where(Institution.id.in_(ids), Institution.state == State.active)
    return set(session.scalars(query.order_by(Institution.id).with_for_update(read=True)))


def names_of_places(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Of institutions and units, closed ones too."""
    wanted = set(ids)
    of_institutions = select(Institution.id, Institution.name).where(Institution.id.in_(wanted))
    of_units = select(Unit.id, Unit.name).where(Unit.id.in_(wanted))
    return dict(session.execute(of_institutions.union_all(of_units)).all())


def active_unit(session: Session, institution_id: UUID, unit_id: UUID | None) -> UUID:
    """That unit of that institution; its general one when none is named or it was closed. It stays open meanwhile."""
    if unit_id is not None and lock_active_unit(session, institution_id, unit_id):
        return unit_id
    return session.get_one(Institution, institution_id).general_unit_id


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
    """Locks the person before the row: there may be none yet, and two facts may be about to make it."""
    alone_with(session, person_id)
    # Against whoever holds the row for what they write about this person, see `hold_memberships`.
    return session.get(Membership, person_id, populate_existing=True, with_for_update={"key_share": True})


def alone_with(session: Session, id_: UUID) -> None:
    """Until the transaction ends nobody else who asks for it deals with whatever has this id, or is about to."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(id_), 0))))


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


def person(session: Session, person_id: UUID) -> Person | None:
    return session.get(Person, person_id, populate_existing=True)


def lock_invited_address(session: Session, institution_id: UUID, key: str) -> None:
    lock = func.hashtextextended(f"invited {institution_id} {key}", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))


def open_coordinator_invitation(session: Session, institution_id: UUID, key: str) -> UUID | None:
    return session.scalar(
        select(CoordinatorInvitation.id).where(
            CoordinatorInvitation.institution_id == institution_id,
            CoordinatorInvitation.address_key == key,
            CoordinatorInvitation.state.in_(OPEN),
        )
    )


def coordinator_invitation(session: Session, id_: UUID) -> CoordinatorInvitation:
    found = session.get(CoordinatorInvitation, id_)
    if found is None:
        raise NotFound
    return found


def coordinator_invitation_for_update(session: Session, id_: UUID) -> CoordinatorInvitation | None:
    query = select(CoordinatorInvitation).where(CoordinatorInvitation.id == id_).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def membership_by_address(session: Session, institution_id: UUID, key: str) -> Membership | None:
    """Of whose primary address we know it is; by their other ones identity finds them."""
    query = select(Membership).join(Person, Person.person_id == Membership.person_id)
    return session.scalar(query.where(func.lower(Person.email) == key, Membership.institution_id == institution_id))


def reason_for_role(session: Session, person_id: UUID, institution_id: UUID, role: Role) -> str | None:
    """What they wrote when they asked for the role they have, if they asked for it."""
    query = select(RoleRequest.reason).where(
        RoleRequest.person_id == person_id,
        RoleRequest.institution_id == institution_id,
        RoleRequest.role == role,
        RoleRequest.state == RequestState.accepted,
    )
    return session.scalar(query.order_by(RoleRequest.id.desc()).limit(1))


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


def hold_memberships(session: Session, person_ids: Iterable[UUID]) -> None:
    """Where these people belong stays as it is until the transaction ends, and whoever is changing it is waited for."""
    query = select(Membership.person_id).where(Membership.person_id.in_(person_ids)).order_by(Membership.person_id)
    session.execute(query.with_for_update(read=True)).all()
