"""Who stops being a coordinator leaves planned conferences: whoever answers for the institution hears of them (S25)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from chassis import db
from chassis.clock import now
from chassis.ids import new_id
from chassis.outbox import OutboxRow
from conferences.models import Conference, Institution, Membership, Person

from ..factories import (
    ELSEWHERE,
    FOREIGN_UNIT,
    HERE,
    OTHER_UNIT,
    UNIT,
    make_conference,
    make_institutions,
    make_person,
    this_hour,
)
from .test_projections import examples

MEMBERSHIP, PERSON, ERASED = "orgs.membership.changed.v1", "identity.person.changed.v1", "identity.person.erased.v1"
LEFT = "conferences.coordinator.left.v1"
RUNS = this_hour()
SOON, LATER, YESTERDAY = (RUNS + timedelta(days=days) for days in (1, 2, -1))


def member(person_id: UUID, **changes: Any) -> dict[str, Any]:
    here = {"institution_id": str(HERE), "unit_id": str(UNIT), "platform_administrator": False}
    return {"person_id": str(person_id), "role": "user", **here, **changes}


def disabled(person_id: UUID) -> dict[str, Any]:
    return {**examples(PERSON)[0], "person_id": str(person_id), "status": "disabled"}


def erased(person_id: UUID) -> dict[str, Any]:
    return {**examples(ERASED)[0], "person_id": str(person_id)}


DEMOTED = (MEMBERSHIP, member)
DISABLED = (PERSON, disabled)
GONE = (ERASED, erased)
ELSEWHERE_NOW = {"role": "unit_coordinator", "institution_id": str(ELSEWHERE), "unit_id": str(FOREIGN_UNIT)}


@pytest.fixture
def leaver(session, coordinator, lead):
    """A coordinator with a conference that is running and two that come, and others that are nobody's matter."""
    for starts_at in (LATER, SOON):
        make_conference(session, owner=coordinator, starts_at=starts_at)
    make_conference(session, owner=coordinator, starts_at=RUNS, minutes=120, state="open")
    make_conference(session, owner=coordinator, starts_at=LATER, state="cancelled")
    make_conference(session, owner=coordinator, starts_at=YESTERDAY, state="ended", ended_at=now())
    make_conference(session, owner=coordinator, starts_at=RUNS - timedelta(hours=5))
    make_conference(session, owner=lead)
    return coordinator


@pytest.fixture
def told(session, published):
    return lambda: [fact.data for fact in published(session, LEFT)]


@pytest.mark.parametrize(
    ("type_", "says"),
    [DEMOTED, (MEMBERSHIP, lambda id_: member(id_, **ELSEWHERE_NOW)), DISABLED, GONE],
    ids=["demoted", "coordinates elsewhere", "disabled", "erased"],
)
def test_the_institutions_coordinators_hear_what_the_list_shows(
    session, client, as_person, deliver, leaver, lead, told, published, type_, says
):
    fellow = make_person(session, role="institution_coordinator")
    make_person(session, role="institution_coordinator", status="disabled")
    make_person(session, role="institution_coordinator", institution_id=ELSEWHERE)
    make_person(session, administrator=True)

    fact_id = new_id()
    outcomes = [deliver(type_, says(leaver), subject=leaver, sequence=2, id=fact_id) for _ in range(2)]

    assert outcomes == ["done", "duplicate"]
    (data,) = told()
    assert data == {
        "institution_id": str(HERE),
        "institution_name": "Υπουργείο",
        "receiver_ids": [str(id_) for id_ in sorted((lead, fellow))],
        "conference_count": 3,
        "first_starts_at": RUNS.isoformat(),
    }
    path = "/api/v1/conferences?scope=planned&as=manager&without_coordinator=true"
    listed = client.get(path, headers=as_person(lead)).json()["items"]
    assert len(listed) == data["conference_count"]
    (fact,) = published(session, LEFT)
    assert (fact.sequence, fact.public, fact.subject == str(leaver)) == (1, False, False)


@pytest.mark.parametrize("first", [DEMOTED, DISABLED, GONE], ids=["demoted", "disabled", "erased"])
def test_who_leaves_in_several_ways_has_left_once(deliver, leaver, told, first):
    for type_, says in (first, DEMOTED, DISABLED, GONE, GONE):
        deliver(type_, says(leaver), subject=leaver, sequence=2)

    assert len(told()) == 1


def test_who_comes_back_and_leaves_again_leaves_again(deliver, leaver, told):
    deliver(MEMBERSHIP, member(leaver), sequence=2)
    deliver(MEMBERSHIP, member(leaver, role="unit_coordinator"), sequence=3)
    deliver(MEMBERSHIP, member(leaver), sequence=4)

    assert len(told()) == 2


@pytest.mark.parametrize(
    "still",
    [
        {"role": "institution_coordinator"},
        {"role": "unit_coordinator", "unit_id": str(OTHER_UNIT)},
        {"role": "user", "platform_administrator": True},
    ],
    ids=["leads now", "another unit's", "runs the platform"],
)
def test_who_still_acts_there_has_left_nothing(deliver, leaver, told, still):
    deliver(MEMBERSHIP, member(leaver, **still), sequence=2)

    assert told() == []


def test_a_leader_who_coordinates_a_unit_from_now_on_has_left_nothing_and_later_hears_of_nothing(
    session, deliver, lead, told
):
    make_conference(session, owner=lead)
    other = make_person(session, role="institution_coordinator")

    deliver(MEMBERSHIP, member(lead, role="unit_coordinator"), sequence=2)
    before = told()
    deliver(MEMBERSHIP, member(lead), sequence=3)

    assert before == []
    assert [data["receiver_ids"] for data in told()] == [[str(other)]]


def test_where_nobody_leads_those_who_run_the_platform_hear_of_it(session, deliver, lead, told):
    make_conference(session, owner=lead)
    administrator = make_person(session, administrator=True, institution_id=ELSEWHERE)
    make_person(session, administrator=True, status="disabled")

    deliver(MEMBERSHIP, member(lead), sequence=2)

    assert [data["receiver_ids"] for data in told()] == [[str(administrator)]]


def test_where_nobody_is_to_hear_of_it_and_the_institution_is_unknown_it_is_said_all_the_same(
    session, deliver, lead, told
):
    make_conference(session, owner=lead)
    session.execute(delete(Institution))

    deliver(MEMBERSHIP, member(lead), sequence=2)

    (data,) = told()
    assert (data["receiver_ids"], data["institution_name"], data["conference_count"]) == ([], None, 1)


def test_conferences_of_another_institution_were_left_long_ago(session, deliver, leaver, lead, told):
    make_conference(session, owner=leaver, institution_id=ELSEWHERE)

    deliver(MEMBERSHIP, member(leaver, **ELSEWHERE_NOW), sequence=2)
    (data,) = told()
    assert (data["institution_id"], data["conference_count"]) == (str(HERE), 3)

    deliver(MEMBERSHIP, member(leaver), sequence=3)
    assert [data["institution_id"] for data in told()] == [str(HERE), str(ELSEWHERE)]


def test_who_runs_the_platform_no_more_leaves_each_institution_its_own(session, deliver, institutions, told):
    person = make_person(session, administrator=True)
    for institution_id in (HERE, ELSEWHERE, ELSEWHERE):
        make_conference(session, owner=person, institution_id=institution_id)

    deliver(MEMBERSHIP, member(person), sequence=2)

    counts = {data["institution_id"]: data["conference_count"] for data in told()}
    assert counts == {str(HERE): 1, str(ELSEWHERE): 2}


@pytest.mark.parametrize(("type_", "says"), [DEMOTED, DISABLED, GONE], ids=["demoted", "disabled", "erased"])
def test_who_has_nothing_planned_leaves_in_silence(session, deliver, coordinator, lead, told, type_, says):
    make_conference(session, owner=coordinator, state="cancelled")
    make_conference(session, owner=coordinator, starts_at=YESTERDAY, state="ended", ended_at=now())

    deliver(type_, says(coordinator), subject=coordinator, sequence=2)

    assert told() == []


def test_old_news_and_what_is_only_said_again_are_told_to_nobody(session, deliver, leaver, told):
    deliver(MEMBERSHIP, member(leaver), sequence=1)
    deliver("orgs.membership.snapshot.v1", member(leaver), sequence=2)
    deliver("identity.person.snapshot.v1", disabled(leaver), sequence=2)
    deliver(MEMBERSHIP, member(leaver), sequence=2)

    assert session.get_one(Membership, leaver).role == "user"
    assert session.get_one(Person, leaver).status == "disabled"
    assert told() == []


@pytest.mark.parametrize("round_", range(4))
def test_several_ways_at_the_same_moment_are_one(database, deliver, round_):
    with db.transaction() as session:
        make_institutions(session)
        person = make_person(session, role="unit_coordinator")
        make_conference(session, owner=person)
    ways = (DEMOTED, DISABLED, GONE)

    with ThreadPoolExecutor(len(ways)) as pool:
        outcomes = pool.map(lambda way: deliver(way[0], way[1](person), subject=person, sequence=2), ways)

    assert list(outcomes) == ["done"] * 3
    with db.transaction() as session:
        assert session.scalars(select(OutboxRow.type)).all().count(LEFT) == 1
        assert session.scalars(select(Conference.state)).all() == ["scheduled"]
