"""A conference's life: planned, edited, opened, ended, cancelled (S20, S21, S24, S25)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import audit, outbox, timers
from chassis.audit import Act
from chassis.text import folded
from conferences import events, queries
from conferences.errors import CapacityFixedWhileOpen, UnitNotAllowed
from conferences.models import Conference, Host
from conferences.rules import capacity, periods, permissions, states
from conferences.rules.periods import Padding, Period
from conferences.rules.permissions import Viewer
from conferences.rules.states import State
from conferences.seen import Seen
from conferences.settings import Settings
from conferences.usecases import adding, booking, participants
from conferences.usecases.adding import Line, Result


@dataclass(frozen=True)
class Plan:
    """What somebody wants."""

    title: str
    description: str
    period: Period
    unit_id: UUID | None
    capacity: int
    listed: bool


def plan(
    session: Session,
    *,
    viewer: Viewer,
    wanted: Plan,
    unit_institution_id: UUID | None,
    people: Sequence[Line],
    settings: Settings,
    now: datetime,
) -> tuple[Conference, list[Result]]:
    """Plan a conference for the own institution or a unit of it, with a host booked (S20, O9)."""
    institution_id = permissions.ensure_may_plan(viewer)
    periods.ensure_possible(wanted.period, now)
    _ensure_unit(viewer, institution_id, wanted.unit_id, unit_institution_id)

    conference = Conference(
        title=wanted.title.strip(),
        title_folded=folded(wanted.title),
        description=wanted.description,
        starts_at=wanted.period.starts_at,
        ends_at=wanted.period.ends_at,
        state=State.scheduled,
        capacity=wanted.capacity,
        participant_count=0,
        listed=wanted.listed,
        institution_id=institution_id,
        unit_id=wanted.unit_id,
        coordinator_id=viewer.person_id,
        calendar_sequence=0,
        created_at=now,
    )
    session.add(conference)
    session.flush()  # only now it has an id
    results: list[Result] = []
    if people:
        results = adding.add(session, conference, viewer=viewer, people=people, settings=settings, now=now)
    timers.schedule(session, "conference.open", conference.id, conference.starts_at)
    booking.book(session, conference, padding=settings.booking_padding, now=now)
    outbox.add(session, events.conference_fact("scheduled", conference))
    return conference, results


def edit(
    session: Session, seen: Seen, *, viewer: Viewer, changes: dict[str, Any], settings: Settings, now: datetime
) -> Conference:
    """Change all but the times (S24); a larger capacity moves to a larger host when that is free (S21)."""
    conference = seen.conference
    permissions.ensure_may(viewer, "edit", seen.relation)
    states.ensure_not_over(seen.state)
    if "unit_id" in changes and changes["unit_id"] != conference.unit_id:
        owner = queries.unit_institution(session, changes["unit_id"])
        _ensure_unit(viewer, conference.institution_id, changes["unit_id"], owner)
    if "title" in changes:
        conference.title = changes["title"].strip()
        conference.title_folded = folded(conference.title)
    for field in ("description", "unit_id", "listed"):
        if field in changes:
            setattr(conference, field, changes[field])
    if changes.get("capacity", conference.capacity) != conference.capacity:
        _change_capacity(session, conference, changes["capacity"], padding=settings.booking_padding, now=now)
    if session.is_modified(conference):
        session.flush()
    outbox.add(session, events.conference_fact("changed", conference))
    return conference


def _change_capacity(session: Session, conference: Conference, wanted: int, *, padding: Padding, now: datetime) -> None:
    capacity.ensure_holds(wanted, conference.participant_count)
    held = booking.current(session, conference.id)
    host = session.get_one(Host, held.host_id)
    conference.capacity = wanted
    if wanted <= host.capacity:
        return
    if now >= conference.starts_at - periods.JOIN_LEAD:
        raise CapacityFixedWhileOpen(capacity=host.capacity)  # people may be inside: their meeting cannot move
    booking.move_to_larger_host(session, conference, held, padding=padding, now=now)


def _ensure_unit(viewer: Viewer, institution_id: UUID, unit_id: UUID | None, unit_institution_id: UUID | None) -> None:
    if not permissions.may_choose_unit(viewer, institution_id, unit_id, unit_institution_id):
        raise UnitNotAllowed(errors=[{"pointer": "/unit_id", "detail": "unit-not-allowed"}])


def cancel(session: Session, seen: Seen, *, viewer: Viewer, settings: Settings, now: datetime) -> None:
    """Cancel for good (S24): the host is free, whoever was invited is told, a running meeting is ended."""
    permissions.ensure_may(viewer, "cancel", seen.relation)
    if seen.state == State.cancelled:
        return
    states.ensure_not_over(seen.state)
    conference = seen.conference
    conference.state = State.cancelled
    conference.calendar_sequence += 1
    booking.release(session, booking.current(session, conference.id), now=now)
    timers.cancel(session, "conference.open", conference.id)
    timers.cancel(session, "conference.close", conference.id)
    session.flush()
    outbox.add(session, events.conference_fact("cancelled", conference))
    participants.tell_all_uninvited(session, conference, reason="cancelled", settings=settings)
    audit.record(session, Act("conference.cancelled", viewer.person_id, conference.id))


def end(session: Session, seen: Seen, *, viewer: Viewer, now: datetime) -> Conference:
    """End a running conference now (S27): said at once, done at the provider by a timer until it is so."""
    permissions.ensure_may(viewer, "end", seen.relation)
    states.ensure_started(seen.state, seen.conference.starts_at)
    if seen.state == State.open:
        _ended(session, seen.conference, now)
        audit.record(session, Act("conference.ended", viewer.person_id, seen.conference.id))
    return seen.conference


def open_at_start(session: Session, conference_id: UUID) -> None:
    """The start has come. Rooms are open already: this says so, and sees to the end."""
    conference = queries.lock(session, conference_id)
    if conference.state != State.scheduled:
        return
    conference.state = State.open
    session.flush()
    timers.schedule(session, "conference.close", conference.id, conference.ends_at)
    outbox.add(session, events.conference_fact("opened", conference))


def end_at_time(session: Session, conference_id: UUID, now: datetime) -> datetime | None:
    """The end has come (S20). Answers when to look again if it has not."""
    conference = queries.lock(session, conference_id)
    if conference.state != State.open:
        return None
    if now < conference.ends_at:
        return conference.ends_at
    _ended(session, conference, conference.ends_at, now=now)
    return None


def _ended(session: Session, conference: Conference, ended_at: datetime, now: datetime | None = None) -> None:
    conference.state, conference.ended_at = State.ended, ended_at
    held = booking.current(session, conference.id)
    booking.shorten(session, held, planned_end=conference.ends_at, ended_at=ended_at)
    timers.cancel(session, "conference.open", conference.id)
    timers.cancel(session, "conference.close", conference.id)
    timers.schedule(session, "room.close", conference.id, now or ended_at)
    session.flush()
    outbox.add(session, events.conference_fact("ended", conference))
