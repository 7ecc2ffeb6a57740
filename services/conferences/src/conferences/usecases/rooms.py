"""The meeting behind a conference (O9): made once, read back, closed for sure, never left behind.

Calls happen between transactions, in timers/rooms.py; here is what is written before and after them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import timers
from conferences.models import Booking, Conference, Host, HostBudget
from conferences.rules import meetings
from conferences.rules.periods import Period
from conferences.rules.states import Room
from conferences.settings import Settings
from conferences.usecases import registering

STRAY_FOR = timedelta(minutes=3)  # a creation given up on may come through so long after it was asked for


@dataclass(frozen=True)
class Task:
    """What the calls need to know, read in one transaction."""

    booking_id: UUID
    conference_id: UUID
    number: int
    period: Period
    generation: int
    host_id: UUID
    zoom_user_id: str
    meeting_id: int | None
    tried_before: bool
    tried_at: datetime | None
    reason: str | None

    @property
    def marker(self) -> str:
        return meetings.marker(self.conference_id, self.generation)


def begin_making(session: Session, booking_id: UUID, now: datetime) -> Task | None:
    """None when there is nothing left to make. From here on a meeting may exist that we have no answer about."""
    booking = _locked(session, booking_id)
    if booking is None or booking.released or booking.room in (Room.ready, Room.closed):
        return None
    task = _task(session, booking)
    booking.tried_at = booking.tried_at or now
    return task


def _locked(session: Session, booking_id: UUID) -> Booking | None:
    return session.scalar(select(Booking).where(Booking.id == booking_id).with_for_update())


def _task(session: Session, booking: Booking) -> Task:
    conference = session.get_one(Conference, booking.conference_id)
    host = session.get_one(Host, booking.host_id)
    return Task(
        booking_id=booking.id,
        conference_id=conference.id,
        number=conference.number,
        period=Period(conference.starts_at, conference.ends_at),
        generation=booking.generation,
        host_id=host.id,
        zoom_user_id=host.zoom_user_id,
        meeting_id=booking.meeting_id,
        tried_before=booking.tried_at is not None,
        tried_at=booking.tried_at,
        reason=booking.room_reason,
    )


def spend(session: Session, host_id: UUID, *, most: int | None, now: datetime) -> bool:
    """Write one creation or change into the host's ledger of this UTC day; False when `most` are spent already."""
    statement = insert(HostBudget).values(host_id=host_id, day=now.astimezone(UTC).date(), used=1)
    statement = statement.on_conflict_do_update(
        index_elements=["host_id", "day"],
        set_={"used": HostBudget.used + 1},
        where=HostBudget.used < most if most is not None else None,
    )
    return session.scalar(statement.returning(HostBudget.used)) is not None


def exhaust(session: Session, host_id: UUID, *, settings: Settings, now: datetime) -> None:
    """The provider says that the day's are spent, whatever our ledger says: choose other hosts until tomorrow."""
    used = settings.zoom_host_calls_per_day
    statement = insert(HostBudget).values(host_id=host_id, day=now.astimezone(UTC).date(), used=used)
    session.execute(statement.on_conflict_do_update(index_elements=["host_id", "day"], set_={"used": used}))


def made(session: Session, task: Task, meeting_id: int, now: datetime) -> bool:
    """Write the meeting's id down at once. False when nobody wants it any more: its discarding knows the id now."""
    booking = session.get_one(Booking, task.booking_id, with_for_update=True)
    booking.meeting_id = meeting_id
    if task.tried_before:
        timers.schedule(session, "room.weed", booking.id, now + STRAY_FOR)
    wanted = not booking.released and booking.room != Room.closed
    if not wanted:
        timers.schedule(session, "room.discard", booking.id, now)
    return wanted


def ready(session: Session, booking_id: UUID, *, settings: Settings, now: datetime) -> None:
    booking = _locked(session, booking_id)
    if booking is None or booking.released or booking.room == Room.closed:
        return
    booking.room, booking.room_reason = Room.ready, None
    conference = session.get_one(Conference, booking.conference_id)
    registering.plan_ahead(session, conference, settings=settings, now=now)


def failed(session: Session, booking_id: UUID, reason: str, now: datetime) -> None:
    """Tried again all the same; from the fifteenth minute the page says so."""
    booking = _locked(session, booking_id)
    if booking is None or booking.released or booking.room in (Room.ready, Room.closed):
        return
    booking.room_reason = reason
    if booking.tried_at is not None and meetings.has_failed(booking.tried_at, now):
        booking.room = Room.failed


def begin_closing(session: Session, conference_id: UUID) -> Task | None:
    booking = session.scalar(select(Booking).where(Booking.conference_id == conference_id, Booking.current))
    return _task(session, booking) if booking is not None and booking.room != Room.closed else None


def closed(session: Session, task: Task, reconcile_at: datetime, now: datetime) -> None:
    booking = session.get_one(Booking, task.booking_id, with_for_update=True)
    booking.room, booking.room_reason = Room.closed, None
    timers.cancel(session, "room.make", booking.id)
    timers.cancel(session, "room.register", booking.conference_id)
    if booking.meeting_id is not None:
        timers.schedule(session, "attendance.reconcile", booking.conference_id, reconcile_at)
    elif booking.tried_at is not None:
        timers.schedule(session, "room.discard", booking.id, now)


def task_of(session: Session, booking_id: UUID) -> Task | None:
    booking = session.get(Booking, booking_id)
    return _task(session, booking) if booking is not None else None


def meeting_of(session: Session, conference_id: UUID) -> Booking | None:
    query = select(Booking).where(Booking.conference_id == conference_id, Booking.current, Booking.room == Room.ready)
    return session.scalar(query)
