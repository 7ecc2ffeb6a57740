"""Rows that are valid without saying much. Unique by counter, boring values."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from chassis.ids import new_id
from chassis.text import folded
from chassis.timers import TimerRow
from conferences.models import (
    Booking,
    Collaboration,
    Conference,
    Group,
    GroupMember,
    Host,
    Institution,
    Membership,
    Participation,
    Person,
    PersonAddress,
    Unit,
)
from conferences.rules import addresses
from conferences.rules.periods import Padding, Period
from conferences.settings import current
from conferences.usecases.adding import new_participation

NUMBERS = count(1)
HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
UNIT, OTHER_UNIT, FOREIGN_UNIT = UUID(int=11), UUID(int=12), UUID(int=21)


def this_hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def make_institutions(session: Session) -> None:
    for institution_id, name in ((HERE, "Υπουργείο"), (ELSEWHERE, "Δήμος")):
        session.merge(Institution(institution_id=institution_id, sequence=1, name=name, state="active"))
    for unit_id, institution_id in ((UNIT, HERE), (OTHER_UNIT, HERE), (FOREIGN_UNIT, ELSEWHERE)):
        session.merge(Unit(unit_id=unit_id, sequence=1, institution_id=institution_id, name="Μονάδα", state="active"))


def make_person(
    session: Session,
    *,
    role: str | None = "user",
    institution_id: UUID = HERE,
    unit_id: UUID = UNIT,
    administrator: bool = False,
    surname: str = "ΔΟΚΙΜΑΣΤΗΣ",
    name: str = "ΝΙΚΟΣ",
    email: str | None = None,
    status: str = "active",
) -> UUID:
    """`role=None`: somebody orgs has not told us of."""
    id_, address = new_id(), email or f"person{next(NUMBERS)}@staff.example"
    search = folded(f"{surname} {name} {surname}")
    session.add(
        Person(
            person_id=id_,
            sequence=1,
            surname=surname,
            name=name,
            email=address,
            status=status,
            language="el",
            search=search,
        )
    )
    session.add(PersonAddress(email_folded=addresses.fold(address), person_id=id_))
    if role is not None:
        session.add(
            Membership(
                person_id=id_,
                sequence=1,
                institution_id=institution_id,
                unit_id=unit_id,
                role=role,
                platform_administrator=administrator,
            )
        )
    session.flush()
    return id_


def make_collaboration(session: Session, *, owner: UUID, collaborator: UUID, active: bool = True) -> Collaboration:
    """Accepted, unless told otherwise."""
    row = Collaboration(
        collaboration_id=new_id(), sequence=1, owner_person_id=owner, collaborator_person_id=collaborator, active=active
    )
    session.add(row)
    session.flush()
    return row


def make_host(session: Session, *, capacity: int = 300, active: bool = True) -> Host:
    number = next(NUMBERS)
    host = Host(
        id=new_id(),
        email=f"host{number}@zoom.example",
        zoom_user_id=f"zoom-user-{number:04}",
        capacity=capacity,
        active=active,
    )
    session.add(host)
    session.flush()
    return host


def make_conference(
    session: Session,
    *,
    owner: UUID,
    starts_at: datetime | None = None,
    minutes: int = 60,
    host: Host | None = None,
    room: str = "pending",
    meeting_id: int | None = None,
    **values: Any,
) -> Conference:
    """Scheduled for tomorrow on a host of its own, unless told otherwise."""
    begin = starts_at or this_hour() + timedelta(days=1)
    title = values.pop("title", f"Συνεδρίαση {next(NUMBERS)}")
    conference = Conference(
        title=title,
        title_folded=folded(title),
        starts_at=begin,
        ends_at=begin + timedelta(minutes=minutes),
        coordinator_id=owner,
        created_at=datetime.now(UTC),
        **{
            "description": "",
            "state": "scheduled",
            "capacity": 300,
            "participant_count": 0,
            "listed": False,
            "institution_id": HERE,
            "calendar_sequence": 0,
            **values,
        },
    )
    session.add(conference)
    session.flush()
    occupied = Period(conference.starts_at, conference.ends_at).occupied(Padding())
    session.add(
        Booking(
            conference_id=conference.id,
            host_id=(host or make_host(session)).id,
            during=Range(occupied.starts_at, occupied.ends_at),
            room=room,
            meeting_id=meeting_id,
        )
    )
    session.flush()
    return conference


def make_participant(
    session: Session,
    conference: Conference,
    *,
    person_id: UUID | None = None,
    email: str | None = None,
    name: str = "",
    **values: Any,
) -> Participation:
    person = session.get(Person, person_id) if person_id is not None else None
    address = email or (person.email if person else None) or f"guest{next(NUMBERS)}@elsewhere.example"
    row = new_participation(conference.id, address, person, settings=current(), now=datetime.now(UTC))
    row.name = name
    for field, value in values.items():
        setattr(row, field, value)
    session.add(row)
    conference.participant_count += int(not row.is_manager and row.removed_at is None)
    session.flush()
    return row


def make_group(
    session: Session, owner: UUID, *people: UUID, name: str = "", description: str = "", known_as: str | None = None
) -> Group:
    """With these people in it, by their own addresses or what else the owner knows them as."""
    called = name or f"Ομάδα {next(NUMBERS)}"
    group = Group(owner_id=owner, name=called, description=description, created_at=datetime.now(UTC))
    session.add(group)
    session.flush()
    for person_id in people:
        address = (session.get_one(Person, person_id).email or "") if known_as is None else known_as
        session.add(
            GroupMember(
                group_id=group.id,
                person_id=person_id,
                email=address,
                email_folded=addresses.fold(address),
                added_at=datetime.now(UTC),
            )
        )
    session.flush()
    return group


Headers = Callable[..., dict[str, str]]


def due(session: Session) -> list[TimerRow]:
    """What a story left for later; not what goes on by itself since the migrations."""
    stories = TimerRow.correlation_id.not_like("migration-%")
    return list(session.scalars(select(TimerRow).where(stories).order_by(TimerRow.name)))
