"""Who is connected now, and the usage report (S27, S28)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conferences.models import Participation, Person, Sitting, Stay
from conferences.rules import attendance as rules
from conferences.rules import permissions, states
from conferences.rules.attendance import Interval
from conferences.rules.permissions import Viewer
from conferences.seen import Seen, is_guest, participant_name


@dataclass(frozen=True)
class Attendee:
    participation: Participation
    name: str
    guest: bool
    intervals: tuple[Interval, ...] = ()
    since: datetime | None = None

    @property
    def seconds(self) -> int:
        return rules.seconds(self.intervals)


@dataclass(frozen=True)
class Attendance:
    attendees: list[Attendee]
    others: int  # devices that are nobody's personal link: telephones and meeting rooms


def live(session: Session, seen: Seen, *, viewer: Viewer) -> Attendance:
    """Who is inside, and since when; connected ones first."""
    permissions.ensure_may(viewer, "live", seen.relation)
    query = (
        select(Stay.participation_id, Stay.joined_at, Stay.device)
        .join(Sitting, Sitting.meeting_uuid == Stay.meeting_uuid)
        .where(Stay.conference_id == seen.conference.id, Stay.left_at.is_(None), Sitting.ended_at.is_(None))
    )
    since: dict[UUID, datetime] = {}
    others: set[str] = set()
    inside = session.execute(query).all() if seen.state not in states.OVER else []
    for participation_id, joined_at, device in inside:
        if participation_id is None:
            others.add(device)
        else:
            since[participation_id] = min(joined_at, since.get(participation_id, joined_at))
    people = [
        Attendee(row, participant_name(row, person), is_guest(row), since=since.get(row.id))
        for row, person in _people(session, seen.conference.id)
        if row.id in since or (row.removed_at is None and not row.is_manager)
    ]
    people.sort(key=lambda one: (one.since is None, one.name))
    return Attendance(people, len(others))


def report(session: Session, seen: Seen, *, viewer: Viewer) -> Attendance:
    """Everybody who had a place or was there, with the union of all stays."""
    permissions.ensure_may(viewer, "report", seen.relation)
    states.ensure_ended(seen.state, seen.conference.ends_at)
    conference = seen.conference
    query = (
        select(Stay, Sitting.ended_at)
        .join(Sitting, Sitting.meeting_uuid == Stay.meeting_uuid)
        .where(Stay.conference_id == conference.id)
    )
    intervals: dict[UUID, list[Interval]] = defaultdict(list)
    others: set[tuple[str, str]] = set()
    for stay, sitting_ended_at in session.execute(query):
        end = sitting_ended_at or conference.ended_at or conference.ends_at
        if stay.participation_id is None:
            others.add((stay.meeting_uuid, stay.device))
        else:
            interval = rules.closed(rules.Stay(stay.joined_at, stay.left_at), end)
            intervals[stay.participation_id].append(interval)
    people = [
        Attendee(row, participant_name(row, person), is_guest(row), tuple(rules.union(intervals[row.id])))
        for row, person in _people(session, conference.id)
        if row.id in intervals or (row.removed_at is None and not row.is_manager)
    ]
    people.sort(key=lambda one: (not one.intervals, one.name))
    return Attendance(people, len(others))


def _people(session: Session, conference_id: UUID) -> list[tuple[Participation, Person | None]]:
    query = select(Participation, Person).outerjoin(Person, Person.person_id == Participation.person_id)
    query = query.where(Participation.conference_id == conference_id, Participation.united_into.is_(None))
    return [(row, person) for row, person in session.execute(query).all()]
