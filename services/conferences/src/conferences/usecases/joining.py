"""From a personal link or the list into the room (S26). Whether messages of the provider arrived never matters here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from chassis import audit, crypto
from chassis.audit import Act
from chassis.errors import Forbidden, NotFound
from conferences.errors import RoomPreparing, TicketWithdrawn
from conferences.models import Booking, Conference, Institution, Participation, Person
from conferences.rules import names, permissions, states
from conferences.rules.names import full
from conferences.rules.periods import JOIN_LEAD
from conferences.rules.permissions import Viewer
from conferences.rules.states import JoinState, Room
from conferences.seen import Seen
from conferences.settings import Settings
from conferences.usecases import adding, registering
from conferences.usecases.registering import Ask

Coordinator, Shown = aliased(Person), aliased(Participation)


@dataclass(frozen=True)
class Door:
    """A participant before the entrance."""

    participation: Participation
    person: Person | None
    conference: Conference
    booking: Booking | None
    coordinator_name: str
    institution_name: str
    state: JoinState

    @property
    def opens_at(self) -> datetime:
        return self.conference.starts_at - JOIN_LEAD

    @property
    def name(self) -> str:
        return registering.called(self.participation, self.person)


@dataclass(frozen=True)
class Way:
    """Either the link, or what has to be asked of the provider to get one."""

    join_url: str | None = None
    ask: Ask | None = None


def door_of_ticket(session: Session, token: str, now: datetime) -> Door:
    """The place a link stands for; one that was united with another of the same person leads to that."""
    return _door(session, Shown.ticket_digest == crypto.digest(token), now)


def door_of(session: Session, participation_id: UUID, now: datetime) -> Door:
    return _door(session, Shown.id == participation_id, now)


def _door(session: Session, which: ColumnElement[bool], now: datetime) -> Door:
    found = session.execute(
        select(Participation, Person, Conference, Booking, Coordinator, Institution.name)
        .select_from(Shown)
        .join(Participation, Participation.id == func.coalesce(Shown.united_into, Shown.id))
        .join(Conference, Conference.id == Participation.conference_id)
        .outerjoin(Booking, and_(Booking.conference_id == Conference.id, Booking.current))
        .outerjoin(Person, Person.person_id == Participation.person_id)
        .outerjoin(Coordinator, Coordinator.person_id == Conference.coordinator_id)
        .outerjoin(Institution, Institution.institution_id == Conference.institution_id)
        .where(which)
    ).one_or_none()
    if found is None:
        raise NotFound
    participation, person, conference, booking, coordinator, institution_name = found
    state = states.state_at(conference.state, conference.starts_at, conference.ends_at, now)
    room = Room(booking.room) if booking is not None else Room.closed
    return Door(
        participation=participation,
        person=person,
        conference=conference,
        booking=booking,
        coordinator_name=full(coordinator.surname, coordinator.name) if coordinator is not None else "",
        institution_name=institution_name or "",
        state=states.join_state(state, room, conference.starts_at, now),
    )


def ensure_welcome(door: Door) -> None:
    """Places are taken away, and people are disabled (O2)."""
    if door.participation.removed_at is not None:
        raise TicketWithdrawn
    if door.participation.person_id is not None and (door.person is None or door.person.status == "disabled"):
        raise Forbidden(reason="account-disabled")


def enter(session: Session, door: Door, *, typed_name: str, settings: Settings, now: datetime) -> Way:
    """Through the door, on as many devices as one likes: each gets the same link."""
    ensure_welcome(door)
    states.ensure_entrance_open(door.state, door.opens_at)
    if door.state == JoinState.preparing or door.booking is None or door.booking.meeting_id is None:
        raise RoomPreparing
    name = door.name if door.person is not None else names.ensure_named(door.participation.name, typed_name)
    if door.person is None and name != door.participation.name:
        door.participation.name = name
    link = registering.current_link(session, door.participation.id, door.booking.id)
    if link is not None and link.display_name == name and link.join_url is not None:
        return Way(join_url=settings.join_links.decrypt(link.join_url))
    ask = registering.claim(session, door.participation.id, door.booking, name, settings=settings, now=now)
    return Way(ask=ask)


def place_of(session: Session, seen: Seen, *, viewer: Viewer, settings: Settings, now: datetime) -> UUID:
    """A participant's own place; a manager who is none gets a row that takes no place (S21)."""
    permissions.ensure_may(viewer, "join", seen.relation)
    if seen.my_participation_id is not None:
        return seen.my_participation_id
    mine = select(Participation).where(
        Participation.conference_id == seen.conference.id,
        Participation.person_id == viewer.person_id,
        Participation.united_into.is_(None),
    )
    row = session.scalar(mine)
    if row is None:
        person = session.get(Person, viewer.person_id)
        address = (person.email if person is not None else None) or str(viewer.person_id)
        row = adding.new_participation(seen.conference.id, address, person, settings=settings, now=now)
        row.person_id, row.is_manager = viewer.person_id, True
        session.add(row)
    elif row.removed_at is not None:
        row.removed_at, row.is_manager = None, True
    session.flush()
    return row.id


def start_as_host(session: Session, seen: Seen, *, viewer: Viewer, now: datetime) -> int:
    """The meeting whose start link may be read for this person now. Every such reading leaves a trace (S26)."""
    permissions.ensure_may(viewer, "host_start", seen.relation)
    conference = seen.conference
    state = states.join_state(seen.state, seen.room, conference.starts_at, now)
    states.ensure_entrance_open(state, conference.starts_at - JOIN_LEAD)
    query = select(Booking.meeting_id).where(Booking.conference_id == conference.id, Booking.current)
    meeting_id = session.scalar(query)
    if state == JoinState.preparing or meeting_id is None:
        raise RoomPreparing
    audit.record(session, Act("conference.host_started", viewer.person_id, conference.id))
    return meeting_id
