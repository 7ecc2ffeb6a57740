"""Who was in conferences is told once, days later, a few conferences at a time (O3)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.timers import TimerRow
from conferences.models import Conference, Participation, Sitting, Stay
from conferences.usecases import activity
from conferences.usecases.activity import Place

from ..factories import make_conference, make_participant, make_person

ATTENDED = "conferences.conference.attended.v1"
LONG_AGO = Place(datetime.fromisoformat("2020-01-01T00:00:00+00:00"), UUID(int=0))
DAY = timedelta(days=1)


@pytest.fixture
def held(session: Session) -> Callable[..., Conference]:
    """A conference so many days ago, in which these people were."""

    def make(days_ago: float, *people: UUID, **facts: Any) -> Conference:
        begin = now() - days_ago * DAY
        values: dict[str, Any] = {"state": "ended", "starts_at": begin, "ended_at": begin + DAY / 24, **facts}
        conference = make_conference(session, owner=make_person(session), **values)
        sitting = Sitting(meeting_uuid=str(conference.id), conference_id=conference.id, started_at=conference.starts_at)
        session.add(sitting)
        session.flush()
        for person_id in people:
            place = make_participant(session, conference, person_id=person_id)
            enter(session, conference, place)
        return conference

    return make


def enter(session: Session, conference: Conference, place: Participation) -> None:
    for device in ("phone", "laptop"):
        stay = Stay(
            meeting_uuid=str(conference.id),
            conference_id=conference.id,
            participation_id=place.id,
            device=f"{device} of {place.id}",
            joined_at=conference.starts_at,
        )
        session.add(stay)
    session.flush()


def test_those_who_were_there_and_the_coordinator_are_told_of(
    session: Session, held: Callable[..., Conference], published: Callable
) -> None:
    there, away = make_person(session), make_person(session)
    conference = held(4, there)
    make_participant(session, conference, person_id=away)

    activity.tell(session, LONG_AGO, now())

    (told,) = published(session, ATTENDED)
    assert told.data["person_ids"] == sorted([str(there), str(conference.coordinator_id)])
    assert told.data["at"] == conference.starts_at.isoformat()
    assert told.public is False


def test_guests_are_nobody_whose_account_would_go(
    session: Session, held: Callable[..., Conference], published: Callable
) -> None:
    conference = held(4)
    guest = make_participant(session, conference)
    enter(session, conference, guest)

    activity.tell(session, LONG_AGO, now())

    (told,) = published(session, ATTENDED)
    assert told.data["person_ids"] == [str(conference.coordinator_id)]


def test_a_cancelled_one_without_anybody_is_not_told_of(
    session: Session, held: Callable[..., Conference], published: Callable
) -> None:
    held(4, state="cancelled", ended_at=None)

    assert activity.tell(session, LONG_AGO, now()) is not None

    assert published(session, ATTENDED) == []


def test_what_is_not_settled_yet_waits(session: Session, held: Callable[..., Conference], published: Callable) -> None:
    held(2)

    assert activity.tell(session, LONG_AGO, now()) is None
    assert activity.tell(session, LONG_AGO, now() + DAY) is not None
    assert len(published(session, ATTENDED)) == 1


def test_portion_after_portion_each_conference_is_told_of_once(
    session: Session, held: Callable[..., Conference], published: Callable
) -> None:
    for days in (9, 7, 7, 5, 4):
        held(days)
    place, portions = LONG_AGO, 0
    while (last := activity.tell(session, place, now(), limit=2)) is not None:
        place, portions = last, portions + 1

    told = [fact.subject for fact in published(session, ATTENDED)]
    assert (len(told), len(set(told)), portions) == (5, 5, 3)


def test_the_timer_keeps_its_place(
    session: Session, held: Callable[..., Conference], published: Callable, run_timer: Callable
) -> None:
    timer = ("activity.tell", "everybody")
    begin = session.get_one(TimerRow, timer)
    begin.payload = LONG_AGO.written()
    conference = held(4)
    run_timer(*timer)
    run_timer(*timer)

    row = session.get_one(TimerRow, timer, populate_existing=True)
    assert len(published(session, ATTENDED)) == 1
    assert Place.read(row.payload) == Place(conference.starts_at, conference.id)
    assert timedelta(minutes=50) < row.due_at - now() <= timedelta(hours=1)
