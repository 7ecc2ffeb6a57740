"""By a personal link, from the list, as the host (S26)."""

import base64
import os
from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis import timers
from chassis.audit import AuditRow
from chassis.clock import now
from chassis.crypto import KeyRing, digest
from chassis.ids import new_id
from chassis.testing.statements import counted
from conferences import tickets
from conferences.models import Booking, Host, Participation, Person, Registrant
from conferences.settings import current

from ..factories import make_conference, make_participant, make_person, this_hour
from ..provider import HOSTS


@pytest.fixture
def host(session, provider):
    host = Host(id=new_id(), email=HOSTS[0]["email"], zoom_user_id=HOSTS[0]["zoom_user_id"], capacity=300)
    session.add(host)
    session.flush()
    return host


@pytest.fixture
def conference(session, coordinator, host):
    """Running, its room not made yet."""
    return make_conference(
        session, owner=coordinator, starts_at=this_hour() - timedelta(hours=1), minutes=240, host=host
    )


@pytest.fixture
def booking(session, conference):
    return session.scalars(select(Booking).where(Booking.conference_id == conference.id)).one()


@pytest.fixture
def ready(session, booking, run_timer):
    timers.schedule(session, "room.make", booking.id, now())
    run_timer("room.make", booking.id)
    assert booking.room == "ready"
    return booking


@pytest.fixture
def guest(session, conference):
    return make_participant(session, conference, email="g@elsewhere.example")


def door(row: Participation) -> str:
    return f"/api/v1/join/{tickets.secret_of(current().tickets, row)}"


def test_a_guest_gives_a_name_and_enters(client, session, provider, ready, guest):
    seen = client.get(door(guest))
    assert (seen.json()["state"], seen.json()["name_required"], seen.json()["guest"]) == ("open", True, True)
    assert seen.headers["Cache-Control"] == "no-store"

    nameless = client.post(door(guest), json={})
    answer = client.post(door(guest), json={"name": " =1+1 "})

    assert (nameless.status_code, nameless.json()["type"]) == (422, "/problems/name-required")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    (meeting,) = provider.meetings()
    (registrant,) = meeting["registrants"]
    assert registrant["name"].strip() == "=1+1"
    assert registrant["email"] == f"p-{guest.short_id}.1@alias.example"
    assert guest.name == "=1+1"
    row = session.scalars(select(Registrant)).one()
    assert (row.registrant_id, answer.json()["join_url"] in row.join_url) == (registrant["id"], False)


def test_every_device_gets_the_same_link_and_the_provider_is_asked_once(client, provider, ready, guest):
    first = client.post(door(guest), json={"name": "Ελένη"}).json()
    provider.fault("error")  # from now on he would answer nothing

    assert client.post(door(guest), json={"name": "Ελένη"}).json() == first
    assert client.post(door(guest)).json() == first


def test_a_guest_may_change_the_name(client, provider, ready, guest):
    first = client.post(door(guest), json={"name": "Ελένη"}).json()
    second = client.post(door(guest), json={"name": "Ελένη Νικολάου"}).json()

    assert first != second
    (meeting,) = provider.meetings()
    assert [one["name"].strip() for one in meeting["registrants"]] == ["Ελένη", "Ελένη Νικολάου"]


def test_people_with_an_account_are_called_by_their_name(client, session, provider, ready, conference, user):
    row = make_participant(session, conference, person_id=user)

    assert client.post(door(row), json={"name": "Άλλος"}).status_code == 200

    (meeting,) = provider.meetings()
    assert [one["name"].strip() for one in meeting["registrants"]] == ["ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ"]
    assert session.get_one(Person, user).email not in str(meeting)


def test_while_the_room_is_prepared_one_is_asked_to_wait(client, guest, booking):
    answer = client.post(door(guest), json={"name": "Ελένη"})

    assert client.get(door(guest)).json()["state"] == "preparing"
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/room-preparing")
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_lost_answer_on_the_click_is_looked_up_on_the_next(client, provider, ready, guest):
    provider.fault("lost_answer", count=1, operation="registrants.add")

    lost = client.post(door(guest), json={"name": "Ελένη"})
    answer = client.post(door(guest), json={"name": "Ελένη"})

    assert (lost.status_code, answer.status_code) == (503, 200)
    (meeting,) = provider.meetings()
    assert len(meeting["registrants"]) == 1


@pytest.mark.parametrize(
    ("starts_in", "values", "state", "problem"),
    [
        (timedelta(hours=2), {}, "waiting", "join-not-open"),
        (timedelta(hours=-3), {}, "ended", "conference-over"),
        (timedelta(hours=-1), {"state": "cancelled"}, "cancelled", "conference-over"),
    ],
)
def test_closed_doors_say_why(client, session, coordinator, starts_in, values, state, problem):
    conference = make_conference(session, owner=coordinator, starts_at=this_hour() + starts_in, **values)
    guest = make_participant(session, conference, name="Ελένη")

    seen, answer = client.get(door(guest)), client.post(door(guest))

    assert (seen.status_code, seen.json()["state"]) == (200, state)
    assert (answer.status_code, answer.json()["type"]) == (409, f"/problems/{problem}")


def test_the_door_opens_ten_minutes_before(client, session, coordinator):
    soon = now().replace(second=0, microsecond=0) + timedelta(minutes=9)
    guest = make_participant(session, make_conference(session, owner=coordinator, starts_at=soon))

    assert client.get(door(guest)).json()["state"] == "preparing"


def test_unknown_links_are_counted_by_source(client, session, as_gateway):
    path, source = f"/api/v1/join/{'x' * 43}", as_gateway("192.0.2.77")
    del source["Authorization"]

    answers = [client.get(path, headers=source).status_code for _ in range(21)]

    assert answers == [404] * 20 + [429]
    assert client.get(path, headers=as_gateway("192.0.2.78")).status_code == 404


def test_disabled_people_do_not_come_in(client, session, ready, conference, user):
    row = make_participant(session, conference, person_id=user)
    session.get_one(Person, user).status = "disabled"
    session.flush()

    assert client.get(door(row)).status_code == 403
    answer = client.post(door(row))
    assert (answer.status_code, answer.json()["reason"]) == (403, "account-disabled")


def test_a_signed_in_participant_enters_from_the_list(client, session, provider, ready, conference, user, as_person):
    make_participant(session, conference, person_id=user)

    answer = client.post(f"/api/v1/conferences/{conference.id}/join", headers=as_person(user))

    assert answer.status_code == 200
    assert client.post(f"/api/v1/conferences/{conference.id}/join", headers=as_person(new_id())).status_code == 404


def test_a_manager_enters_without_taking_a_place(client, session, provider, ready, conference, coordinator, as_person):
    here = f"/api/v1/conferences/{conference.id}"

    first, second = (client.post(f"{here}/join", headers=as_person(coordinator)) for _ in range(2))

    assert first.json() == second.json()
    assert conference.participant_count == 0
    assert client.get(f"{here}/participants", headers=as_person(coordinator)).json()["items"] == []
    assert client.get(here, headers=as_person(coordinator)).json()["my_participation"] is None


def test_a_manager_starts_as_host_with_a_fresh_link_and_leaves_a_trace(
    client, session, provider, ready, conference, coordinator, as_person
):
    answers = [
        client.post(f"/api/v1/conferences/{conference.id}/host-start", headers=as_person(coordinator)) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].headers["Cache-Control"] == "no-store"
    assert answers[0].json() != answers[1].json()
    traces = session.execute(select(AuditRow.act, AuditRow.actor_id, AuditRow.object_id)).all()
    assert traces == [("conference.host_started", coordinator, conference.id)] * 2


def test_links_are_made_ahead_in_batches_for_whoever_has_a_name(
    client, session, provider, ready, conference, user, run_timer
):
    row = make_participant(session, conference, person_id=user)
    for number in range(32):
        make_participant(session, conference, email=f"b{number}@elsewhere.example", name=f"Προσκεκλημένος {number}")
    make_participant(session, conference, email="nameless@elsewhere.example")
    timers.schedule(session, "room.register", conference.id, now())

    run_timer("room.register", conference.id)
    (meeting,) = provider.meetings()
    assert len(meeting["registrants"]) == 30
    run_timer("room.register", conference.id)
    (meeting,) = provider.meetings()
    assert len(meeting["registrants"]) == 33

    provider.fault("error")
    assert client.post(door(row)).status_code == 200


def test_a_batch_whose_answer_was_lost_is_not_added_twice(session, provider, ready, conference, run_timer):
    for number in range(5):
        make_participant(session, conference, email=f"b{number}@elsewhere.example", name=f"Προσκεκλημένος {number}")
    timers.schedule(session, "room.register", conference.id, now())
    provider.fault("lost_answer", count=1, operation="registrants.batch")

    run_timer("room.register", conference.id)
    run_timer("room.register", conference.id)

    (meeting,) = provider.meetings()
    assert len(meeting["registrants"]) == 5
    assert len(session.scalars(select(Registrant).where(Registrant.join_url.is_not(None))).all()) == 5


def test_who_is_removed_is_cancelled_at_the_provider(
    client, session, provider, ready, conference, guest, coordinator, as_person, run_timer
):
    client.post(door(guest), json={"name": "Ελένη"})

    client.delete(f"/api/v1/conferences/{conference.id}/participants/{guest.id}", headers=as_person(coordinator))
    run_timer("registrant.withdraw", guest.id)

    (meeting,) = provider.meetings()
    assert [one["status"] for one in meeting["registrants"]] == ["cancelled"]
    people = {"people": [{"email": guest.email}]}
    client.post(f"/api/v1/conferences/{conference.id}/participants", json=people, headers=as_person(coordinator))
    assert client.post(door(guest), json={"name": "Ελένη"}).status_code == 200
    (meeting,) = provider.meetings()
    assert [one["status"] for one in meeting["registrants"]] == ["cancelled", "approved"]


def test_joining_takes_four_statements(client, session, provider, ready, guest, conference, user, as_person):
    client.post(door(guest), json={"name": "Ελένη"})
    make_participant(session, conference, person_id=user)
    here, headers = f"/api/v1/conferences/{conference.id}/join", as_person(user)
    client.post(here, headers=headers)

    with counted(session) as by_ticket:
        assert client.post(door(guest)).status_code == 200
    with counted(session) as from_list:
        assert client.post(here, headers=headers).status_code == 200

    assert 0 < len(by_ticket) <= 4, by_ticket
    assert 0 < len(from_list) <= 4, from_list


def test_tickets_survive_a_new_key_and_end_with_their_own(session, guest):
    old, new = (base64.urlsafe_b64encode(os.urandom(32)).decode() for _ in range(2))
    ring = KeyRing(f"a:{old}")
    guest.ticket_digest = digest(tickets.issue(ring, guest.id, 1))
    secret = tickets.secret_of(ring, guest)

    assert tickets.secret_of(KeyRing(f"b:{new},a:{old}"), guest) == secret
    assert tickets.secret_of(KeyRing(f"b:{new}"), guest) != secret
    assert guest.ticket_generation == 2


def test_a_persons_two_places_lead_to_one(client, session, provider, ready, conference, deliver):
    """Invited by two addresses before the second was known to be theirs."""
    person = make_person(session)
    first = make_participant(session, conference, person_id=person)
    second = make_participant(session, conference, email="second@elsewhere.example", name="Νίκος")
    client.post(door(second))

    deliver("identity.person.email_proven.v1", {"person_id": str(person), "email": "Second@elsewhere.example"})

    assert (second.united_into, conference.participant_count) == (first.id, 1)
    assert client.get(door(second)).json()["name"] == "ΔΟΚΙΜΑΣΤΗΣ ΝΙΚΟΣ"
    assert client.post(door(second)).json() == client.post(door(first)).json()
