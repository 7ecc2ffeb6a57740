"""Reads that deserve a name."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from chassis.errors import NotFound
from chassis.tokens import Actor
from conferences.models import (
    Booking,
    Collaboration,
    Conference,
    Group,
    GroupMember,
    Institution,
    InvitationMail,
    Membership,
    Participation,
    Person,
    Unit,
)
from conferences.rules import groups, permissions
from conferences.rules.handing_over import Receiver
from conferences.rules.names import full
from conferences.rules.periods import LONGEST, Period
from conferences.rules.permissions import COORDINATING, Role, Viewer
from conferences.rules.states import State
from conferences.seen import Seen, seen

ALIVE = (State.scheduled, State.open)
Owner, Coordinator, Mine = aliased(Membership), aliased(Person), aliased(Participation)


def viewer_of(session: Session, actor: Actor) -> Viewer:
    """Rights come from our own copy; an administrator's need a second factor. A program has its institution's view."""
    if actor.client_id is not None:
        return Viewer(actor.id, program_of=actor.on_behalf_of)
    return planner_of(session, actor, None)[0]


def planner_of(session: Session, actor: Actor, unit_id: UUID | None) -> tuple[Viewer, UUID | None]:
    """The viewer, and whose the unit is that they name: None for one that is unknown or closed."""
    found = session.execute(
        select(Membership, Person.surname, Person.name, Unit.institution_id, Institution.state, _owners_helped())
        .outerjoin(Person, Person.person_id == Membership.person_id)
        .outerjoin(Institution, Institution.institution_id == Membership.institution_id)
        .outerjoin(Unit, and_(Unit.unit_id == unit_id, Unit.state == "active"))
        .where(Membership.person_id == actor.id)
    ).one_or_none()
    if found is None:
        return Viewer(actor.id), None
    membership, surname, name, unit_institution_id, institution_state, helped = found
    viewer = Viewer(
        person_id=actor.id,
        name=full(surname or "", name or ""),
        role=membership.role,
        institution_id=membership.institution_id,
        institution_closed=institution_state == "closed",
        unit_id=membership.unit_id,
        helps=frozenset(helped or ()),
        administrator=membership.platform_administrator and actor.mfa,
    )
    return viewer, unit_institution_id


def _owners_helped() -> ScalarSelect[Any]:
    """Of the membership's person: read with it, so that lists are found by the owners' ids, as by the own one."""
    return (
        select(func.array_agg(Owner.person_id))
        .join(Collaboration, Collaboration.owner_person_id == Owner.person_id)
        .where(
            Collaboration.collaborator_person_id == Membership.person_id,
            Collaboration.active,
            Owner.role.in_(COORDINATING),
            Owner.institution_id == Membership.institution_id,
        )
        .correlate(Membership)
        .scalar_subquery()
    )


def unit_institution(session: Session, unit_id: UUID | None) -> UUID | None:
    """Whose unit this is; None for one that is unknown or closed."""
    return session.scalar(select(Unit.institution_id).where(Unit.unit_id == unit_id, Unit.state == "active"))


def conferences_of(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """All conferences, each with room, coordinator and the viewer's own place: one statement, whatever the number."""
    here, enabled = Owner.institution_id == Conference.institution_id, Coordinator.status.is_distinct_from("disabled")
    leads = and_(Owner.role == Role.institution_coordinator, here, enabled)
    acts = and_(or_(Owner.platform_administrator, and_(Owner.role.in_(COORDINATING), here)), enabled)
    return (
        select(
            Conference, Booking.room, Booking.room_reason, Coordinator.surname, Coordinator.name,
            leads.label("coordinator_leads_institution"), acts.label("coordinator_acts"), Mine.id.label("mine_id"),
            Mine.invited_at.label("mine_invited_at"),
        )
        .outerjoin(Booking, and_(Booking.conference_id == Conference.id, Booking.current))
        .outerjoin(Coordinator, Coordinator.person_id == Conference.coordinator_id)
        .outerjoin(Owner, Owner.person_id == Conference.coordinator_id)
        .outerjoin(
            Mine,
            and_(Mine.conference_id == Conference.id, Mine.person_id == viewer.person_id, *_with_place(Mine)),
        )
    )  # fmt: skip


def conference(session: Session, conference_id: UUID, viewer: Viewer, now: datetime) -> Seen:
    found = session.execute(conferences_of(viewer).where(Conference.id == conference_id)).one_or_none()
    if found is None:
        raise NotFound
    return seen(found, now)


def conference_for_update(session: Session, conference_id: UUID, viewer: Viewer, now: datetime) -> Seen:
    """Locks the conference first, so that what is read along is what the change is decided on."""
    lock(session, conference_id)
    return conference(session, conference_id, viewer, now)


def lock(session: Session, conference_id: UUID) -> Conference:
    query = select(Conference).where(Conference.id == conference_id)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def conferences_for_update(session: Session, ids: Iterable[UUID], viewer: Viewer, now: datetime) -> list[Seen]:
    """Locked in the order of their ids, so that two at once wait for each other and never for ever; by start."""
    wanted = Conference.id.in_(list(ids))
    session.execute(select(Conference.id).where(wanted).order_by(Conference.id).with_for_update())
    query = conferences_of(viewer).where(wanted).order_by(Conference.starts_at, Conference.id)
    return [seen(row, now) for row in session.execute(query.execution_options(populate_existing=True))]


def to_hand_over(
    session: Session,
    viewer: Viewer,
    *,
    of: UUID | None,
    ids: Sequence[UUID] | None,
    to: Receiver,
    now: datetime,
    limit: int,
) -> Sequence[UUID]:
    """The planned ones of somebody, or those named, at the receiver's institution; the earliest first."""
    query = select(Conference.id).where(
        *planned_filter(now),
        Conference.institution_id == to.institution_id,
        Conference.coordinator_id != to.person_id,
        decides_filter(viewer),
    )
    if of is not None:
        query = query.where(Conference.coordinator_id == of)
    if ids is not None:
        query = query.where(Conference.id.in_(ids))
    return session.scalars(query.order_by(Conference.starts_at, Conference.id).limit(limit)).all()


def receiver(session: Session, person_id: UUID) -> Receiver | None:
    """Held until the commit: nobody is erased, or made something else, between this look and what is decided on it."""
    found = session.execute(
        select(Membership.role, Membership.institution_id, Person.status)
        .join(Person, Person.person_id == Membership.person_id)
        .where(Membership.person_id == person_id)
        .with_for_update(read=True, of=Membership)
    ).one_or_none()
    if found is None:
        return None
    role, institution_id, status = found
    return Receiver(person_id, role, institution_id, active=status == "active")


def candidates(conference: Conference) -> Select[*tuple[Any, ...]]:
    """The active coordinators of its institution, without the present one."""
    return (
        select(Person, Unit)
        .join(Membership, Membership.person_id == Person.person_id)
        .outerjoin(Unit, Unit.unit_id == Membership.unit_id)
        .where(
            Membership.institution_id == conference.institution_id,
            Membership.role.in_(COORDINATING),
            Person.status == "active",
            Person.person_id != conference.coordinator_id,
        )
    )


def manages_filter(viewer: Viewer) -> ColumnElement[bool]:
    """`permissions.manages` for lists; a test proves both equal."""
    here = Conference.institution_id == viewer.institution_id
    helped = and_(here, Conference.coordinator_id.in_(viewer.helps))
    return or_(decides_filter(viewer), helped) if viewer.coordinates and viewer.helps else decides_filter(viewer)


def decides_filter(viewer: Viewer) -> ColumnElement[bool]:
    """`permissions.decides`, likewise."""
    if viewer.administrator:
        return true()
    ways: list[ColumnElement[bool]] = [false()]
    if viewer.coordinates:
        mine = Conference.coordinator_id == viewer.person_id
        ways.append(and_(mine, Conference.institution_id == viewer.institution_id))
    if viewer.role == Role.institution_coordinator:
        here = Membership.institution_id == Conference.institution_id
        fellow = _owner_enabled_and(Membership.role == Role.institution_coordinator, here)
        ways.append(and_(Conference.institution_id == viewer.institution_id, ~fellow))
    return or_(*ways)


def coordinates_filter(viewer: Viewer) -> ColumnElement[bool]:
    return and_(Conference.coordinator_id == viewer.person_id, decides_filter(viewer))


def lacks_coordinator_filter() -> ColumnElement[bool]:
    """`permissions.lacks_coordinator` for lists; the same test proves both equal."""
    here = and_(Membership.role.in_(COORDINATING), Membership.institution_id == Conference.institution_id)
    return ~_owner_enabled_and(or_(Membership.platform_administrator, here))


def _owner_enabled_and(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the owner's membership is such and their account not disabled."""
    disabled = exists().where(Person.person_id == Conference.coordinator_id, Person.status == "disabled")
    return exists().where(Membership.person_id == Conference.coordinator_id, *conditions) & ~disabled


def participates_filter(viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(
        Participation.conference_id == Conference.id,
        Participation.person_id == viewer.person_id,
        *_with_place(Participation),
    )


def planned_filter(now: datetime) -> Sequence[ColumnElement[bool]]:
    return (Conference.state.in_(ALIVE), Conference.starts_at > now - LONGEST, Conference.ends_at > now)


def scope_filter(scope: str, day: Period, now: datetime) -> Sequence[ColumnElement[bool]]:
    """Bounds on the start keep the range of the index short: nothing lasts longer than a day."""
    if scope == "future":
        return (Conference.state.in_(ALIVE), Conference.starts_at > now)
    if scope == "planned":
        return planned_filter(now)
    if scope == "current":
        return (Conference.state.in_(ALIVE), Conference.starts_at <= now, Conference.ends_at > now)
    return (
        Conference.state != State.cancelled,
        Conference.starts_at < day.ends_at,
        Conference.starts_at > day.starts_at - LONGEST,
        Conference.ends_at > day.starts_at,
    )


def institution_name(session: Session, institution_id: UUID) -> str:
    return session.scalar(select(Institution.name).where(Institution.institution_id == institution_id)) or ""


def people(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, Person]:
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    return {row.person_id: row for row in session.scalars(select(Person).where(Person.person_id.in_(wanted)))}


def _with_place(participation: type[Participation]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return participation.removed_at.is_(None), ~participation.is_manager


def visible_conference(session: Session, conference_id: UUID, viewer: Viewer, now: datetime) -> Seen:
    found = conference(session, conference_id, viewer, now)
    permissions.ensure_may(viewer, "read", found.relation)
    return found


def seen_as(viewer: Viewer, wanted: str | None) -> ColumnElement[bool]:
    """Where the viewer has a place, what the viewer manages, or both."""
    if viewer.program_of is not None:
        return Conference.institution_id == viewer.program_of
    ways = {"participant": participates_filter, "manager": manages_filter, "coordinator": coordinates_filter}
    if wanted is not None:
        return ways[wanted](viewer)
    return or_(participates_filter(viewer), manages_filter(viewer))


def participants_of(conference_id: UUID) -> Select[*tuple[Any, ...]]:
    """Those with a place, in the order they were added, and what became of their last invitation's mail."""
    return (
        select(Participation, Person, InvitationMail)
        .outerjoin(Person, Person.person_id == Participation.person_id)
        .outerjoin(InvitationMail, InvitationMail.participation_id == Participation.id)
        .where(Participation.conference_id == conference_id, *_with_place(Participation))
    )


def own_groups_filter(viewer: Viewer) -> ColumnElement[bool]:
    """`groups.may` for lists; a test proves both equal."""
    return Group.owner_id == viewer.person_id if viewer.coordinates else false()


def groups_of(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """The viewer's own, each with the number of members: one statement, whatever the number of groups."""
    count = select(func.count()).where(GroupMember.group_id == Group.id).correlate(Group).scalar_subquery()
    return select(Group, count).where(own_groups_filter(viewer))


def group(session: Session, group_id: UUID, viewer: Viewer) -> tuple[Group, int]:
    found = session.execute(groups_of(viewer).where(Group.id == group_id)).one_or_none()
    if found is None:
        raise NotFound
    row, count = found
    return row, count


def group_for_update(session: Session, group_id: UUID, viewer: Viewer) -> Group:
    """Changes of one group come one after the other; those who are just adding it to a conference are not kept."""
    query = select(Group).where(Group.id == group_id)
    locking = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalar(locking)
    if found is None:
        raise NotFound
    groups.ensure_may(viewer, found.owner_id)
    return found


def groups_for_use(session: Session, viewer: Viewer, ids: Sequence[UUID]) -> set[UUID]:
    """The viewer's own among these, kept from being deleted; locked in order, so that nobody waits in a circle."""
    query = select(Group.id).where(Group.id.in_(ids), own_groups_filter(viewer)).order_by(Group.id)
    return set(session.scalars(query.with_for_update(read=True, key_share=True)))


def is_administrator(session: Session, person_id: UUID) -> bool:
    mine = select(Membership.platform_administrator).where(Membership.person_id == person_id)
    return bool(session.scalar(mine))
