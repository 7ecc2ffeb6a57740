"""PATCH, DELETE and the end of a conference."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis import crypto, timers
from chassis.clock import now
from conferences.models import Booking, Conference, Membership

from ..conftest import NOTIFICATIONS_KEY
from ..factories import (
    ELSEWHERE,
    FOREIGN_UNIT,
    OTHER_UNIT,
    UNIT,
    due,
    make_collaboration,
    make_conference,
    make_host,
    make_participant,
    make_person,
    this_hour,
)


@pytest.fixture
def conference(session, coordinator):
    return make_conference(session, owner=coordinator)


def path(conference: Conference, rest: str = "") -> str:
    return f"/api/v1/conferences/{conference.id}{rest}"


def test_the_owner_edits_all_but_the_times(client, session, conference, coordinator, as_person, published):
    changes = {"title": "Νέος τίτλος", "description": "Θέματα", "listed": True}

    answer = client.patch(path(conference), json=changes, headers=as_person(coordinator) | {"If-Match": '"1"'})

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert changes.items() <= answer.json().items()
    (fact,) = published(session)
    assert (fact.type, fact.sequence, fact.data["title"]) == ("conferences.conference.changed.v1", 2, "Νέος τίτλος")


def test_a_collaborator_edits_ends_and_reads_but_does_not_cancel(client, session, coordinator, as_person):
    helper = make_person(session, role="unit_coordinator", unit_id=OTHER_UNIT)
    running = make_conference(session, owner=coordinator, starts_at=this_hour(), state="open", unit_id=UNIT)
    make_collaboration(session, owner=coordinator, collaborator=helper)
    headers = as_person(helper)
    changes = {"title": "Από τον συνεργάτη", "unit_id": str(UNIT)}

    seen = client.get(path(running), headers=headers)
    edited = client.patch(path(running), json=changes, headers=headers | {"If-Match": seen.headers["ETag"]})
    added = client.post(
        path(running, "/participants"), json={"people": [{"email": "g@elsewhere.example"}]}, headers=headers
    )
    cancelled = client.delete(path(running), headers=headers)
    ended = client.post(path(running, "/end"), headers=headers)
    report = client.get(path(running, "/report"), headers=headers)

    assert "edit" in seen.json()["may"]
    assert "cancel" not in seen.json()["may"]
    assert [each.status_code for each in (edited, added, ended, report)] == [200, 200, 200, 200]
    assert (cancelled.status_code, cancelled.json()["reason"]) == (403, "not-your-conference")


@pytest.mark.parametrize("change", ["owner steps down", "owner moves", "helper steps down", "helper moves"])
def test_a_collaboration_that_orgs_has_not_yet_ended_counts_only_while_both_coordinate_in_one_institution(
    client, session, coordinator, as_person, conference, change
):
    helper = make_person(session, role="unit_coordinator", unit_id=OTHER_UNIT)
    make_collaboration(session, owner=coordinator, collaborator=helper)
    assert client.get(path(conference), headers=as_person(helper)).status_code == 200
    who, _, what = change.partition(" ")
    membership = session.get_one(Membership, coordinator if who == "owner" else helper)

    if what == "moves":
        membership.institution_id, membership.unit_id = ELSEWHERE, FOREIGN_UNIT
    else:
        membership.role = "user"
    session.flush()

    assert client.get(path(conference), headers=as_person(helper)).status_code == 404


def test_times_are_not_edited_here(client, conference, coordinator, as_person):
    changes = {"starts_at": this_hour().isoformat()}

    answer = client.patch(path(conference), json=changes, headers=as_person(coordinator) | {"If-Match": '"1"'})

    assert answer.status_code == 400


@pytest.mark.parametrize(("headers", "status"), [({}, 428), ({"If-Match": '"7"'}, 412), ({"If-Match": '"1"'}, 200)])
def test_who_edits_has_seen_what_is_there(client, conference, coordinator, as_person, headers, status):
    answer = client.patch(path(conference), json={"title": "Β"}, headers=as_person(coordinator) | headers)

    assert answer.status_code == status


def test_the_room_and_the_participants_do_not_outdate_what_was_seen(
    client, session, conference, coordinator, as_person
):
    headers = as_person(coordinator)
    seen = client.get(path(conference), headers=headers).headers["ETag"]
    people = {"people": [{"email": "g@elsewhere.example"}]}
    client.post(path(conference, "/participants"), json=people, headers=headers)
    session.scalars(select(Booking)).one().room = "ready"

    answer = client.patch(path(conference), json={"title": "Β"}, headers=headers | {"If-Match": seen})

    assert answer.status_code == 200
    assert (answer.json()["participant_count"], answer.json()["room"]) == (1, "ready")


def test_hidden_from_whom_it_does_not_concern_and_refused_to_participants(
    client, session, conference, coordinator, user, as_person
):
    headers = as_person(user) | {"If-Match": '"1"'}
    hidden = client.patch(path(conference), json={"title": "Β"}, headers=headers)
    make_participant(session, conference, person_id=user)
    refused = client.patch(path(conference), json={"title": "Β"}, headers=headers)

    assert (hidden.status_code, refused.status_code) == (404, 403)
    assert refused.json()["reason"] == "not-your-conference"


@pytest.mark.parametrize(("unit", "status"), [(OTHER_UNIT, 422), (FOREIGN_UNIT, 422), (None, 200)])
def test_the_unit_must_be_ones_own_to_choose(client, conference, coordinator, as_person, unit, status):
    changes = {"unit_id": str(unit) if unit else None}

    answer = client.patch(path(conference), json=changes, headers=as_person(coordinator) | {"If-Match": '"1"'})

    assert answer.status_code == status


def test_a_larger_capacity_moves_to_a_larger_host(client, session, conference, coordinator, as_person, published):
    old = session.scalars(select(Booking)).one()
    large = make_host(session, capacity=500)

    answer = client.patch(
        path(conference), json={"capacity": 500}, headers=as_person(coordinator) | {"If-Match": '"1"'}
    )

    assert (answer.status_code, answer.json()["capacity"], answer.json()["room"]) == (200, 500, "pending")
    new = session.scalars(select(Booking).where(Booking.current)).one()
    assert (new.host_id, new.generation, old.current, old.released) == (large.id, 2, False, True)
    assert {(row.name, row.subject) for row in due(session)} == {
        ("room.make", str(new.id)),
        ("room.discard", str(old.id)),
    }


def test_no_larger_host_changes_nothing(client, session, conference, coordinator, as_person):
    answer = client.patch(
        path(conference), json={"capacity": 1000, "title": "Β"}, headers=as_person(coordinator) | {"If-Match": '"1"'}
    )

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-host-available")
    after = client.get(path(conference), headers=as_person(coordinator)).json()
    assert (after["capacity"], after["title"]) == (300, conference.title)


def test_capacity_is_not_lowered_below_the_participants(client, session, coordinator, as_person):
    conference = make_conference(session, owner=coordinator, host=make_host(session, capacity=500), capacity=500)
    conference.participant_count = 301
    session.flush()

    headers = as_person(coordinator) | {"If-Match": f'"{conference.version}"'}
    answer = client.patch(path(conference), json={"capacity": 300}, headers=headers)

    assert (answer.status_code, answer.json()["participant_count"]) == (409, 301)


def test_an_open_entrance_keeps_its_room(client, session, coordinator, as_person):
    conference = make_conference(session, owner=coordinator, starts_at=this_hour(), minutes=240)
    make_host(session, capacity=500)

    answer = client.patch(
        path(conference), json={"capacity": 500}, headers=as_person(coordinator) | {"If-Match": '"1"'}
    )

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/capacity-fixed-while-open")


@pytest.mark.parametrize("state", ["ended", "cancelled"])
def test_what_is_over_is_not_edited(client, session, coordinator, as_person, state):
    over = {"ended_at": now()} if state == "ended" else {}
    conference = make_conference(session, owner=coordinator, state=state, **over)

    answer = client.patch(path(conference), json={"title": "Β"}, headers=as_person(coordinator) | {"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["state"]) == (409, state)


def test_cancelling_frees_the_host_and_tells_whoever_was_invited(
    client, session, conference, coordinator, user, as_person, published
):
    invited = make_participant(session, conference, person_id=user, invited_at=now())
    make_participant(session, conference, email="not-invited@elsewhere.example")

    answer = client.delete(path(conference), headers=as_person(coordinator))
    again = client.delete(path(conference), headers=as_person(coordinator))

    assert (answer.status_code, again.status_code) == (204, 204)
    assert session.scalars(select(Booking)).one().released
    cancelled, told = published(session)
    assert cancelled.type == "conferences.conference.cancelled.v1"
    assert (told.type, told.subject) == ("conferences.participant.uninvited.v1", str(invited.id))
    assert (told.data["reason"], told.data["conference"]["sequence"], told.data["guest"]) == ("cancelled", 1, False)
    sealed = crypto.unseal(NOTIFICATIONS_KEY.as_dict(private=True), told.data["sealed"])
    assert sealed["name"] == "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ"
    assert client.get(path(conference), headers=as_person(coordinator)).json()["may"] == []


def test_a_running_conference_may_be_cancelled_an_ended_one_not(client, session, coordinator, as_person):
    running = make_conference(session, owner=coordinator, starts_at=this_hour(), minutes=240)
    ended = make_conference(session, owner=coordinator, state="ended", ended_at=now())

    assert client.delete(path(running), headers=as_person(coordinator)).status_code == 204
    assert client.delete(path(ended), headers=as_person(coordinator)).status_code == 409


def test_the_owner_ends_a_running_conference(client, session, coordinator, as_person, published):
    conference = make_conference(session, owner=coordinator, starts_at=this_hour(), minutes=240)

    answer = client.post(path(conference, "/end"), headers=as_person(coordinator))
    again = client.post(path(conference, "/end"), headers=as_person(coordinator))

    assert (answer.status_code, answer.json()["state"], again.json()["state"]) == (200, "ended", "ended")
    assert answer.json()["ended_at"] < answer.json()["ends_at"]
    assert "report" in answer.json()["may"]
    booking = session.scalars(select(Booking)).one()
    assert booking.during.upper < conference.ends_at  # the rest of the time is free for others
    assert {row.name for row in due(session)} == {"room.close"}
    assert [fact.type for fact in published(session)] == ["conferences.conference.ended.v1"]


def test_what_has_not_started_is_not_ended(client, conference, coordinator, as_person):
    answer = client.post(path(conference, "/end"), headers=as_person(coordinator))

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conference-not-started")


def test_start_and_end_come_true_by_the_clock_and_are_written_down_by_timers(
    client, session, coordinator, as_person, run_timer, published
):
    conference = make_conference(session, owner=coordinator, starts_at=this_hour() - timedelta(hours=2), minutes=60)
    assert client.get(path(conference), headers=as_person(coordinator)).json()["state"] == "ended"

    timers.schedule(session, "conference.open", conference.id, conference.starts_at)
    run_timer("conference.open", conference.id)
    run_timer("conference.close", conference.id)

    assert (conference.state, conference.ended_at) == ("ended", conference.ends_at)
    assert [fact.type for fact in published(session)] == [
        "conferences.conference.opened.v1",
        "conferences.conference.ended.v1",
    ]


def test_an_end_timer_that_comes_early_waits(session, coordinator, run_timer):
    conference = make_conference(session, owner=coordinator, starts_at=this_hour(), minutes=240, state="open")
    timers.schedule(session, "conference.close", conference.id, now())

    run_timer("conference.close", conference.id)

    assert conference.state == "open"
    assert [row.due_at for row in due(session)] == [conference.ends_at]


def test_a_coordinator_who_stepped_down_manages_no_more(
    client, session, conference, coordinator, lead, as_person, deliver
):
    data = {
        "person_id": str(coordinator), "institution_id": str(conference.institution_id), "unit_id": str(OTHER_UNIT),
        "role": "user", "platform_administrator": False,
    }  # fmt: skip
    deliver("orgs.membership.changed.v1", data, sequence=2)

    assert client.get(path(conference), headers=as_person(coordinator)).status_code == 404
    assert "edit" in client.get(path(conference), headers=as_person(lead)).json()["may"]


def test_an_institution_coordinator_does_not_manage_a_fellows_conference(client, session, lead, as_person):
    fellow = make_person(session, role="institution_coordinator")
    conference = make_conference(session, owner=fellow)

    assert client.get(path(conference), headers=as_person(lead)).status_code == 404
