"""One meeting per conference at the provider, whatever gets lost; and none left behind (O9)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis import timers
from chassis.clock import now
from chassis.timers import TimerRow
from conferences.clients.zoom import client
from conferences.models import Booking, Host, HostBudget
from conferences.rules import meetings
from conferences.rules.periods import Period

from ..factories import make_conference, this_hour
from ..provider import HOSTS


@pytest.fixture
def host(session, provider):
    entry = HOSTS[0]
    host = Host(id=UUID(int=500), email=entry["email"], zoom_user_id=entry["zoom_user_id"], capacity=300)
    session.add(host)
    session.flush()
    return host


@pytest.fixture
def conference(session, coordinator, host):
    return make_conference(session, owner=coordinator, starts_at=this_hour() + timedelta(hours=2), host=host)


@pytest.fixture
def booking(session, conference):
    return session.scalars(select(Booking).where(Booking.conference_id == conference.id)).one()


def due(session, name):
    return session.scalars(select(TimerRow).where(TimerRow.name == name)).one_or_none()


@pytest.fixture
def make(session, booking, run_timer):
    """Run the timer that makes the room, as often as called."""

    def again() -> Booking:
        timers.schedule(session, "room.make", booking.id, now())
        run_timer("room.make", booking.id)
        return session.get_one(Booking, booking.id)

    return again


def test_the_room_is_made_read_back_and_ready(session, provider, conference, make):
    booking = make()

    (meeting,) = provider.meetings()
    assert (booking.room, booking.room_reason, booking.meeting_id) == ("ready", None, meeting["id"])
    assert meeting["topic"] == f"Τηλεδιάσκεψη {conference.number}"
    assert meetings.lost_settings(meeting) == {}
    assert session.scalars(select(HostBudget.used)).one() == 1
    assert due(session, "room.register").due_at == conference.starts_at - timedelta(minutes=60)


def test_a_lost_answer_does_not_make_a_second_meeting(provider, make):
    provider.fault("lost_answer", count=1, operation="meetings.create")

    assert make().room == "pending"
    booking = make()

    assert len(provider.meetings()) == 1
    assert booking.room == "ready"


def test_a_creation_that_comes_through_after_the_next_one_is_weeded_out(
    session, provider, host, conference, make, run_timer
):
    provider.fault("error", count=1, operation="meetings.create")
    assert make().room == "pending"
    booking = make()
    assert due(session, "room.weed").due_at > now()

    period = Period(conference.starts_at, conference.ends_at)
    late = meetings.body(number=conference.number, conference_id=conference.id, generation=1, period=period)
    client().create_meeting(host.zoom_user_id, late)
    assert len(provider.meetings()) == 2
    run_timer("room.weed", booking.id)

    (meeting,) = provider.meetings()
    assert meeting["id"] == booking.meeting_id


@pytest.mark.parametrize("mode", ["error", "malformed", "rate_limited", "drop"])
def test_a_provider_that_is_away_is_asked_again(provider, make, mode):
    provider.fault(mode, operation="meetings.create")
    waiting = make()
    assert waiting.room == "pending"
    assert waiting.room_reason in ("provider-unreachable", "provider-limit")

    provider.fault("off")
    assert make().room == "ready"
    assert len(provider.meetings()) == 1


def test_after_a_quarter_of_an_hour_the_page_says_failed_and_trying_goes_on(session, provider, booking, make):
    provider.fault("error", operation="meetings.create")
    make()
    booking.tried_at -= timedelta(minutes=15)
    session.flush()

    assert (make().room, make().room_reason) == ("failed", "provider-unreachable")
    provider.fault("off")
    assert make().room == "ready"


def test_a_host_that_lost_its_licence_makes_no_room(session, provider, host, make):
    provider.ask("PUT", f"/zoom/users/{host.zoom_user_id}", type=1)

    booking = make()

    assert (booking.room, booking.room_reason) == ("pending", "settings-not-kept")
    make()
    assert len(provider.meetings()) == 1
    provider.ask("PUT", f"/zoom/users/{host.zoom_user_id}", type=2)


def test_cancelling_deletes_the_meeting(session, client, provider, conference, coordinator, make, as_person, run_timer):
    booking = make()

    assert client.delete(f"/api/v1/conferences/{conference.id}", headers=as_person(coordinator)).status_code == 204
    run_timer("room.discard", booking.id)

    assert provider.meetings() == []
    assert due(session, "room.make") is None
    assert due(session, "room.register") is None


def test_cancelling_while_the_answer_is_lost_leaves_no_meeting_behind(
    client, provider, conference, coordinator, make, as_person, run_timer
):
    provider.fault("lost_answer", count=1, operation="meetings.create")
    booking = make()
    assert booking.meeting_id is None

    client.delete(f"/api/v1/conferences/{conference.id}", headers=as_person(coordinator))
    run_timer("room.discard", booking.id)

    assert provider.meetings() == []


def test_the_end_shuts_the_room_and_reads_it_back(session, provider, conference, make, run_timer):
    booking = make()
    conference.state, conference.ended_at = "ended", conference.starts_at

    timers.schedule(session, "room.close", conference.id, conference.starts_at)
    run_timer("room.close", conference.id)

    (meeting,) = provider.meetings()
    assert booking.room == "closed"
    assert meetings.is_shut(meeting)
    assert due(session, "attendance.reconcile") is not None


def test_an_idle_room_whose_ending_is_refused_is_closed_all_the_same(session, provider, conference, make, run_timer):
    provider.switch(idle_end="refuse")
    booking = make()

    timers.schedule(session, "room.close", conference.id, conference.starts_at)
    run_timer("room.close", conference.id)

    assert booking.room == "closed"


def test_closing_is_tried_until_it_is_so(session, provider, conference, make, run_timer):
    booking = make()
    provider.fault("error", operation="meetings.update")

    timers.schedule(session, "room.close", conference.id, conference.starts_at)
    run_timer("room.close", conference.id)
    assert booking.room == "ready"
    assert due(session, "room.close") is not None

    provider.fault("off")
    run_timer("room.close", conference.id)
    assert booking.room == "closed"


def test_a_spent_host_still_closes_its_rooms(session, provider, host, conference, make, run_timer):
    booking = make()
    session.get_one(HostBudget, (host.id, now().date())).used = 80
    timers.schedule(session, "room.close", conference.id, now())

    run_timer("room.close", conference.id)

    assert booking.room == "closed"


def test_a_spent_host_waits_for_the_next_day(session, provider, host, make):

    session.add(HostBudget(host_id=host.id, day=now().date(), used=80))

    booking = make()

    assert (booking.room, booking.room_reason) == ("pending", "provider-limit")
    assert provider.meetings() == []
