"""POST /conferences."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis import crypto
from chassis.clock import now
from chassis.ids import new_id
from chassis.testing.statements import counted
from conferences.models import Booking, Conference, HostBudget, Institution, Person, Unit

from ..conftest import IDENTITY_KEY
from ..factories import FOREIGN_UNIT, HERE, OTHER_UNIT, UNIT, due, make_conference, make_host, make_person, this_hour

PATH = "/api/v1/conferences"


def planned(**values: Any) -> dict[str, Any]:
    start = this_hour() + timedelta(days=1)
    return {
        "title": "Συνεδρίαση 14",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=1)).isoformat(),
        **values,
    }


def test_a_coordinator_plans_a_conference_and_a_host_is_booked(
    client, session, coordinator, hosts, as_person, published
):
    answer = client.post(PATH, json=planned(unit_id=str(UNIT)), headers=as_person(coordinator))

    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"{PATH}/{body['id']}"
    assert (body["state"], body["room"], body["capacity"], body["participant_count"]) == (
        "scheduled",
        "pending",
        300,
        0,
    )
    assert body["coordinator"] == {"id": str(coordinator), "name": "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ"}
    assert body["may"] == ["edit", "cancel", "handover", "participants", "invite"]
    assert client.get(answer.headers["Location"], headers=as_person(coordinator)).json() == {
        key: value for key, value in body.items() if key != "results"
    }
    booking = session.scalars(select(Booking)).one()
    start = datetime.fromisoformat(body["starts_at"])
    assert (booking.during.lower, booking.during.upper) == (
        start - timedelta(minutes=10),
        start + timedelta(minutes=65),
    )
    (fact,) = published(session)
    assert (fact.type, fact.public, fact.sequence) == ("conferences.conference.scheduled.v1", True, 1)
    assert "title" not in fact.data
    at = {(row.name, row.subject): row.due_at for row in due(session)}
    assert at.keys() == {("conference.open", body["id"]), ("room.make", str(booking.id))}
    assert at["conference.open", body["id"]] == start


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"title": "   "}, "/title"),
        ({"title": "α" * 501}, "/title"),
        ({"description": "α" * 30_001}, "/description"),
        ({"capacity": 400}, "/capacity"),
        ({"recurrence": {"every": "week"}}, "/recurrence"),
        ({"starts_at": "9999-12-31T23:59:59-12:00"}, "/starts_at"),
        ({"starts_at": "soon"}, "/starts_at"),
        ({"starts_at": "2027-02-29T08:00:00Z"}, "/starts_at"),
        ({"ends_at": "2027-02-28T23:59:60Z"}, "/ends_at"),
        ({"title": "a\0b"}, "/title"),
    ],
)
def test_what_the_contract_refuses(client, coordinator, hosts, as_person, changes, pointer):
    answer = client.post(PATH, json=planned(**changes), headers=as_person(coordinator))

    assert answer.status_code == 400
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(("language", "advice"), [("el", "Η διάρκεια"), ("en", "It must last")])
def test_a_period_that_is_not_possible(client, coordinator, hosts, as_person, language, advice):
    start = this_hour() + timedelta(days=1)
    body = planned(starts_at=start.isoformat(), ends_at=(start + timedelta(minutes=14)).isoformat())

    answer = client.post(PATH, json=body, headers=as_person(coordinator) | {"Accept-Language": language})

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/period-not-possible")
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/ends_at"
    assert error["detail"].startswith(advice)


@pytest.mark.parametrize(("unit", "status"), [(UNIT, 201), (OTHER_UNIT, 422), (FOREIGN_UNIT, 422), (UUID(int=99), 422)])
def test_a_unit_coordinator_plans_for_the_own_unit_only(client, coordinator, hosts, as_person, unit, status):
    answer = client.post(PATH, json=planned(unit_id=str(unit)), headers=as_person(coordinator))

    assert answer.status_code == status


@pytest.mark.parametrize(("unit", "status"), [(OTHER_UNIT, 201), (FOREIGN_UNIT, 422)])
def test_an_institution_coordinator_plans_for_any_unit_of_the_institution(client, lead, hosts, as_person, unit, status):
    answer = client.post(PATH, json=planned(unit_id=str(unit)), headers=as_person(lead))

    assert answer.status_code == status


def test_nobody_plans_for_a_closed_unit_or_institution(client, session, lead, hosts, as_person):
    session.get_one(Unit, OTHER_UNIT).state = "closed"
    for_unit = client.post(PATH, json=planned(unit_id=str(OTHER_UNIT)), headers=as_person(lead))
    session.get_one(Institution, HERE).state = "closed"
    for_institution = client.post(PATH, json=planned(), headers=as_person(lead))

    assert (for_unit.status_code, for_unit.json()["type"]) == (422, "/problems/unit-not-allowed")
    assert (for_institution.status_code, for_institution.json()["reason"]) == (403, "institution-closed")
    assert session.scalars(select(Conference)).all() == []


def test_users_do_not_plan(client, session, user, hosts, as_person):
    for headers in (as_person(user), as_person(new_id())):
        answer = client.post(PATH, json=planned(), headers=headers)

        assert (answer.status_code, answer.json()["reason"]) == (403, "coordinators-only")
    assert session.scalars(select(Conference)).all() == []


def test_an_administrators_rights_need_a_second_factor(client, session, institutions, hosts, as_person):
    administrator = make_person(session, administrator=True)

    assert client.post(PATH, json=planned(), headers=as_person(administrator)).status_code == 403
    assert client.post(PATH, json=planned(), headers=as_person(administrator, mfa=True)).status_code == 201


def test_the_same_key_makes_one_conference(client, session, coordinator, hosts, as_person):
    headers = as_person(coordinator) | {"Idempotency-Key": "k1"}
    body = planned(participants=[{"email": "guest@elsewhere.example"}])

    first, second = client.post(PATH, json=body, headers=headers), client.post(PATH, json=body, headers=headers)
    other = client.post(PATH, json=planned(title="Άλλη"), headers=headers)

    assert (first.status_code, second.status_code, first.json()["id"]) == (201, 201, second.json()["id"])
    assert second.json()["results"] == []
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert len(session.scalars(select(Conference)).all()) == 1


def test_participants_may_come_along(client, coordinator, user, hosts, as_person, session, published):
    person = session.get_one(Person, user)
    people = [
        {"email": person.email.upper()},
        {"email": "x"},
        {"email": "g@elsewhere.example", "name": "Ελένη", "account": "invite"},
    ]

    answer = client.post(PATH, json=planned(participants=people), headers=as_person(coordinator)).json()

    assert [result["outcome"] for result in answer["results"]] == ["added", "invalid", "added"]
    assert answer["participant_count"] == 2
    (fact,) = published(session, "conferences.participant.account_requested.v1")
    assert (fact.data["inviter_id"], fact.data["institution_id"]) == (str(coordinator), str(HERE))
    assert crypto.unseal(IDENTITY_KEY.as_dict(private=True), fact.data["sealed"]) == {
        "email": "g@elsewhere.example",
        "name": "Ελένη",
    }


def test_the_smallest_class_that_fits_is_booked(client, session, coordinator, as_person):
    large, small = make_host(session, capacity=1000), make_host(session, capacity=300)

    first = client.post(PATH, json=planned(), headers=as_person(coordinator)).json()
    second = client.post(PATH, json=planned(capacity=500), headers=as_person(coordinator)).json()

    booked = dict(session.execute(select(Booking.conference_id, Booking.host_id)).all())
    assert booked == {UUID(first["id"]): small.id, UUID(second["id"]): large.id}


def test_the_host_with_most_budget_left_then_the_farthest_neighbour(client, session, coordinator, as_person):
    spent, near, far = (make_host(session) for _ in range(3))
    session.add(HostBudget(host_id=spent.id, day=now().date(), used=7))
    start = this_hour() + timedelta(days=1)
    make_conference(session, owner=coordinator, host=near, starts_at=start - timedelta(hours=2))
    make_conference(session, owner=coordinator, host=far, starts_at=start - timedelta(hours=5))

    made = client.post(PATH, json=planned(), headers=as_person(coordinator)).json()

    query = select(Booking.host_id).where(Booking.conference_id == UUID(made["id"]))
    assert session.scalars(query).one() == far.id


def test_retired_hosts_are_not_booked(client, session, coordinator, as_person):
    make_host(session, active=False)

    assert client.post(PATH, json=planned(), headers=as_person(coordinator)).status_code == 409


def test_back_to_back_needs_the_padding(client, session, coordinator, as_person):
    host = make_host(session)
    start = this_hour() + timedelta(days=1)
    make_conference(session, owner=coordinator, host=host, starts_at=start - timedelta(hours=1))

    def status(minutes: int) -> int:
        begin = start + timedelta(minutes=minutes)
        body = planned(starts_at=begin.isoformat(), ends_at=(begin + timedelta(hours=1)).isoformat())
        return client.post(PATH, json=body, headers=as_person(coordinator)).status_code

    assert status(14) == 409
    assert status(15) == 201


def test_no_free_host_names_the_nearest_free_times_each_bookable_by_itself(client, session, coordinator, as_person):
    host = make_host(session)
    start = this_hour() + timedelta(days=1)
    make_conference(session, owner=coordinator, host=host, starts_at=start)

    answer = client.post(PATH, json=planned(), headers=as_person(coordinator))

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-host-available")
    found = [datetime.fromisoformat(one["starts_at"]) for one in answer.json()["alternatives"]]
    quarter = timedelta(minutes=15)
    assert found == [start - 5 * quarter, start + 5 * quarter, start - 6 * quarter]
    assert len(session.scalars(select(Conference)).all()) == 1
    for one in answer.json()["alternatives"]:
        again = client.post(PATH, json=planned(**one), headers=as_person(coordinator))
        assert again.status_code == 201
        client.delete(f"{PATH}/{again.json()['id']}", headers=as_person(coordinator))


def test_a_full_fortnight_is_searched_further(client, session, coordinator, as_person):
    host = make_host(session)
    start = this_hour() + timedelta(days=1)
    for day in range(20):
        make_conference(
            session,
            owner=coordinator,
            host=host,
            starts_at=start + timedelta(days=day) - timedelta(hours=12),
            minutes=1425,
        )

    answer = client.post(PATH, json=planned(), headers=as_person(coordinator)).json()

    found = [datetime.fromisoformat(one["starts_at"]) for one in answer["alternatives"]]
    assert len(found) == 3
    assert all(one < start - timedelta(hours=12) or one > start + timedelta(days=19) for one in found)


def test_planning_takes_eight_statements(client, session, coordinator, hosts, as_person):
    headers = as_person(coordinator)
    client.post(PATH, json=planned(), headers=headers)

    with counted(session) as statements:
        assert client.post(PATH, json=planned(unit_id=str(UNIT)), headers=headers).status_code == 201

    assert 0 < len(statements) <= 8, statements


def test_half_a_character_is_refused(client, coordinator, hosts, as_person):
    raw = json.dumps(planned(title="abc\ud800")).encode()

    answer = client.post(PATH, content=raw, headers=as_person(coordinator) | {"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/title")
