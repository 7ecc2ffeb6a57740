"""Groups of users (S30): made from a report, kept by their owner, added to conferences whole.

They stay when the owner stops coordinating, out of reach until the role comes back: stepping down may be for a week.
For how long, left_groups.py says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.ids import new_id
from conferences import queries
from conferences.errors import PersonNotFound
from conferences.models import Group, GroupMember, Person, PersonAddress
from conferences.rules import addresses
from conferences.rules import groups as rules
from conferences.rules.permissions import Viewer
from conferences.seen import Seen
from conferences.usecases import reports
from conferences.usecases.adding import Line

LOCK_SEED = 0x67727073  # "grps": other advisory locks on the same id are others


@dataclass(frozen=True)
class Member:
    """Somebody in a group as its owner sees them; no `person` while our copy does not know them."""

    row: GroupMember
    person: Person | None
    address_is_theirs: bool


def make_from_report(
    session: Session, seen: Seen, *, viewer: Viewer, name: str, description: str, now: datetime
) -> Group:
    """«Δημιουργία ομάδας χρηστών»: everybody in the report who has an account, connected or not (S30)."""
    rules.ensure_may_have(viewer)
    attendees = reports.report(session, seen, viewer=viewer).attendees
    people = {
        one.participation.person_id: "" if one.participation.masked else one.participation.email
        for one in attendees
        if one.participation.person_id is not None
    }
    rules.ensure_fit(len(people))
    _lock_groups_of(session, viewer.person_id)
    mine = select(func.count()).select_from(Group).where(Group.owner_id == viewer.person_id)
    rules.ensure_room_for_one_more(session.scalar(mine) or 0)

    group = Group(owner_id=viewer.person_id, name=name.strip(), description=description, created_at=now)
    session.add(group)
    session.flush()  # only now it has an id
    _put_into(session, group.id, people.items(), now)
    return group


def edit(group: Group, *, name: str | None, description: str | None) -> None:
    """Name and description; whoever is in it stays (S30)."""
    if name is not None:
        group.name = name.strip()
    if description is not None:
        group.description = description


def remove(session: Session, group: Group) -> None:
    """The group goes with its members' rows; conferences they were added to keep them (S30)."""
    session.delete(group)


def add_member(session: Session, group: Group, *, email: str, now: datetime) -> tuple[Member, bool]:
    """Whoever this proven address leads to, and whether they were in already (S30). The group's row is locked."""
    address = addresses.clean(email)
    owner = select(PersonAddress.person_id).where(PersonAddress.email_folded == addresses.fold(address or ""))
    person = session.scalar(select(Person).where(Person.person_id.in_(owner), Person.status == "active"))
    if address is None or person is None:
        raise PersonNotFound(errors=[{"pointer": "/email", "detail": "person-not-found"}])
    mine = GroupMember.group_id == group.id
    known = session.scalar(select(GroupMember).where(mine, GroupMember.person_id == person.person_id))
    if known is not None:
        return member(session, group.id, known.id), False
    rules.ensure_fit(1 + (session.scalar(select(func.count()).select_from(GroupMember).where(mine)) or 0))
    (id_,) = _put_into(session, group.id, [(person.person_id, address)], now)
    return member(session, group.id, id_), True


def remove_member(session: Session, group: Group, member_id: UUID) -> None:
    session.execute(delete(GroupMember).where(GroupMember.group_id == group.id, GroupMember.id == member_id))


def members(session: Session, group_id: UUID) -> list[Member]:
    """By name, in one statement."""
    return _members(session, GroupMember.group_id == group_id)


def member(session: Session, group_id: UUID, member_id: UUID) -> Member:
    found = _members(session, GroupMember.group_id == group_id, GroupMember.id == member_id)
    if not found:
        raise NotFound
    return found[0]


def lines_to_add(session: Session, group_ids: Sequence[UUID], *, viewer: Viewer) -> list[Line]:
    """Everybody in these groups, once, as people to add; the groups cannot be deleted before the transaction ends.

    Who is disabled is among them and has an outcome like any other that cannot be added: nobody is left out silently.
    """
    if not group_ids:
        return []
    rules.ensure_all_found(group_ids, queries.groups_for_use(session, viewer, group_ids))
    return lines_of(session, group_ids, viewer=viewer)


def lines_of(session: Session, group_ids: Sequence[UUID], *, viewer: Viewer) -> list[Line]:
    """For a request repeated: of groups deleted since, nothing is known any more."""
    if not group_ids:
        return []
    query = (
        select(GroupMember.person_id, func.array_agg(GroupMember.email_folded))
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.id.in_(group_ids), queries.own_groups_filter(viewer))
        .group_by(GroupMember.person_id)
        .order_by(GroupMember.person_id)
    )
    return [Line(person_id=person_id, known_as=known) for person_id, known in session.execute(query)]


def _members(session: Session, *which: ColumnElement[bool]) -> list[Member]:
    theirs = exists().where(
        PersonAddress.person_id == GroupMember.person_id, PersonAddress.email_folded == GroupMember.email_folded
    )
    query = (
        select(GroupMember, Person, theirs)
        .outerjoin(Person, Person.person_id == GroupMember.person_id)
        .where(*which)
        .order_by(Person.search, GroupMember.id)
    )
    return [Member(row, person, known) for row, person, known in session.execute(query)]


def _put_into(session: Session, group_id: UUID, people: Iterable[tuple[UUID, str]], now: datetime) -> list[UUID]:
    rows = [
        GroupMember(
            id=new_id(),
            group_id=group_id,
            person_id=person_id,
            email=email,
            email_folded=addresses.fold(email),
            added_at=now,
        )
        for person_id, email in people
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def _lock_groups_of(session: Session, owner_id: UUID) -> None:
    """One new group of theirs after the other, or the limit would be counted past."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(owner_id), LOCK_SEED))))
