"""Many at once, with real commits: the database ends as if they had come one after the other (S20, S21, S22, O9)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from chassis import db, outbox
from conferences.models import Booking, Conference, Membership, Participation
from conferences.rules.states import NOBODY
from conferences.usecases import erasing

from ..factories import make_conference, make_host, make_institutions, make_person, this_hour

PATH = "/api/v1/conferences"
AT_ONCE = 12


def at_once(work: Callable[[int], Any], times: int) -> list[Any]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, range(times)))


@pytest.fixture
def owner(database, client):
    client.get("/health/live")  # connexion builds itself on its first request, one at a time
    with db.transaction() as session:
        make_institutions(session)
        return make_person(session, role="unit_coordinator")


def test_200_bookings_of_one_hour_on_20_hosts(client, database, owner, as_person):
    with db.transaction() as session:
        for _ in range(20):
            make_host(session)
    start = this_hour() + timedelta(days=1)
    wanted = {"title": "Α", "starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    headers = as_person(owner)

    answers = at_once(lambda _: client.post(PATH, json=wanted, headers=headers), 200)

    assert Counter(answer.status_code for answer in answers) == {201: 20, 409: 180}
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {problem["type"] for problem in refused} == {"/problems/no-host-available"}
    assert all(len(problem["alternatives"]) == 3 for problem in refused)
    with db.transaction() as session:
        assert session.scalar(select(func.count(Booking.host_id.distinct()))) == 20
        assert session.scalar(select(func.count()).select_from(Conference)) == 20
    for one in refused[-1]["alternatives"]:
        assert client.post(PATH, json=wanted | one, headers=headers).status_code == 201


def test_the_constraint_is_the_proof(database, owner):
    """Even without the lock no host is booked twice."""
    with db.transaction() as session:
        host = make_host(session)
        make_conference(session, owner=owner, host=host)

    with pytest.raises(db.IntegrityError) as refusal, db.transaction() as session:
        make_conference(session, owner=owner, host=session.merge(host))

    assert db.constraint_of(refusal.value) == "booking_host_free"


def test_400_people_added_at_once_into_300_places(client, database, owner, as_person):
    with db.transaction() as session:
        here = f"{PATH}/{make_conference(session, owner=owner).id}/participants"
    headers = as_person(owner)

    def add(number: int) -> str:
        answer = client.post(here, json={"people": [{"email": f"g{number}@elsewhere.example"}]}, headers=headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["results"][0]["outcome"])

    assert Counter(at_once(add, 400)) == {"added": 300, "over_capacity": 100}
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Participation)) == 300
        assert session.scalars(select(Conference.participant_count)).one() == 300


def test_one_person_added_at_once_by_different_addresses_has_one_place(client, database, owner, as_person):
    with db.transaction() as session:
        here = f"{PATH}/{make_conference(session, owner=owner).id}/participants"
        person = make_person(session, email="first@elsewhere.example")
        session.execute(text("INSERT INTO person_address VALUES ('second@elsewhere.example', :id)"), {"id": person})
    addresses = ["First@elsewhere.example", "second@elsewhere.example"]

    def add(number: int) -> str:
        people = [{"email": addresses[number % 2]}]
        answer = client.post(here, json={"people": people}, headers=as_person(owner))
        return str(answer.json()["results"][0]["outcome"])

    assert Counter(at_once(add, 40)) == {"added": 1, "already": 39}
    with db.transaction() as session:
        assert session.scalars(select(Conference.participant_count)).one() == 1


def test_10_edits_of_one_version(client, database, owner, as_person):
    with db.transaction() as session:
        here = f"{PATH}/{make_conference(session, owner=owner).id}"
    headers = as_person(owner) | {"If-Match": '"1"'}

    answers = at_once(lambda number: client.patch(here, json={"title": f"Τίτλος {number}"}, headers=headers), 10)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 9}
    (won,) = [answer.json()["title"] for answer in answers if answer.status_code == 200]
    with db.transaction() as session:
        assert session.execute(select(Conference.title, Conference.version)).one() == (won, 2)


def test_raising_the_capacity_and_adding_at_once(client, database, owner, as_person):
    """Lowering is refused or comes first; in no order do more people than places remain."""
    with db.transaction() as session:
        conference = make_conference(session, owner=owner, host=make_host(session, capacity=500), capacity=500)
        conference.participant_count = 299
        session.flush()
        here, version = f"{PATH}/{conference.id}", conference.version
    headers = as_person(owner)

    def act(number: int) -> int:
        if number == 6:
            changes = {"json": {"capacity": 300}, "headers": headers | {"If-Match": f'"{version}"'}}
            return int(client.patch(here, **changes).status_code)
        people = {"people": [{"email": f"g{number}@elsewhere.example"}]}
        return int(client.post(f"{here}/participants", json=people, headers=headers).status_code)

    assert set(at_once(act, 12)) <= {200, 409}
    with db.transaction() as session:
        capacity, count = session.execute(select(Conference.capacity, Conference.participant_count)).one()
    assert count <= capacity


def test_one_key_used_at_once_makes_one_conference(client, database, owner, as_person):
    with db.transaction() as session:
        for _ in range(3):
            make_host(session)
    start = this_hour() + timedelta(days=1)
    wanted = {"title": "Α", "starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    headers = as_person(owner) | {"Idempotency-Key": "k"}

    answers = at_once(lambda _: client.post(PATH, json=wanted, headers=headers), 12)

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} <= {
        "/problems/request-in-progress"
    }
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Conference)) == 1


# Handing over at once with something else: each time one of the legal outcomes, never a mixture.


@pytest.fixture
def handed(database, owner):
    """A conference of the owner's, and two colleagues who could have it."""
    with db.transaction() as session:
        colleagues = [make_person(session, role="unit_coordinator") for _ in range(2)]
        lead = make_person(session, role="institution_coordinator")
        conference = make_conference(session, owner=owner, starts_at=this_hour(), minutes=120, state="open")
        return conference.id, lead, colleagues


def state_of(conference_id):
    with db.transaction() as session:
        row = session.get_one(Conference, conference_id)
        return row.coordinator_id, row.state, row.title, row.version


def facts_told(type_):
    with db.transaction() as session:
        rows = session.scalars(select(outbox.OutboxRow).where(outbox.OutboxRow.type == type_))
        return [(row.sequence, row.data) for row in rows.all()]


def test_handing_over_to_two_people_at_once_by_the_owner(client, owner, handed, as_person):
    """Whoever comes second no longer has it: theirs is answered as if there were none."""
    conference_id, _, colleagues = handed
    path = f"{PATH}/{conference_id}/handover"

    answers = at_once(
        lambda n: client.post(path, json={"person_id": str(colleagues[n % 2])}, headers=as_person(owner)), 12
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 404: 11}
    (won,) = [answer.json()["coordinator"]["id"] for answer in answers if answer.status_code == 200]
    assert str(state_of(conference_id)[0]) == won
    assert len(facts_told("conferences.handover.done.v1")) == 2


def test_handing_over_to_two_people_at_once_by_who_oversees(client, handed, as_person):
    """All of them in some order; each step is told with the state it made."""
    conference_id, lead, colleagues = handed
    path = f"{PATH}/{conference_id}/handover"

    answers = at_once(
        lambda n: client.post(path, json={"person_id": str(colleagues[n % 2])}, headers=as_person(lead)), 12
    )

    assert {answer.status_code for answer in answers} == {200}
    told = sorted(facts_told("conferences.conference.changed.v1"), key=lambda fact: fact[0])
    coordinator, _, _, version = state_of(conference_id)
    assert [sequence for sequence, _ in told] == list(range(2, version + 1))
    assert told[-1][1]["coordinator_id"] == str(coordinator)
    assert len(facts_told("conferences.handover.done.v1")) == 2 * len(told)


def test_handing_over_while_it_is_ended(client, owner, handed, as_person):
    conference_id, lead, (colleague, _) = handed
    here = f"{PATH}/{conference_id}"
    headers = as_person(lead)

    def act(number):
        if number == 3:
            return "end", client.post(f"{here}/end", headers=headers).status_code
        body = {"person_id": str(colleague)}
        return "handover", client.post(f"{here}/handover", json=body, headers=headers).status_code

    answers = Counter(at_once(act, 6))

    coordinator, state, _, _ = state_of(conference_id)
    assert answers["end", 200] == 1
    assert state == "ended"
    assert set(answers) <= {("end", 200), ("handover", 200), ("handover", 409)}
    assert coordinator == (colleague if answers["handover", 200] else owner)


def test_handing_over_while_it_is_edited(client, owner, handed, as_person):
    """The edit comes first, or finds out: the old owner does not write into what is another's."""
    conference_id, _, (colleague, _) = handed
    here = f"{PATH}/{conference_id}"
    headers = as_person(owner)

    def act(number):
        if number % 2:
            body = {"title": "Άλλος τίτλος"}
            return client.patch(here, json=body, headers=headers | {"If-Match": '"1"'}).status_code
        return client.post(f"{here}/handover", json={"person_id": str(colleague)}, headers=headers).status_code

    handover, edit = at_once(act, 2)

    coordinator, _, title, version = state_of(conference_id)
    assert (handover, coordinator) == (200, colleague)
    assert (edit, title == "Άλλος τίτλος", version) in {(200, True, 3), (404, False, 2)}


@pytest.mark.parametrize("round_", range(4))
def test_handing_over_while_the_receiver_is_demoted(client, owner, handed, as_person, round_):
    """Refused, or handed over and at once among those without coordinator."""
    conference_id, lead, (colleague, _) = handed
    path = f"{PATH}/{conference_id}/handover"

    def act(number):
        if number:
            with db.transaction() as session:
                mine = Membership.person_id == colleague
                session.execute(update(Membership).where(mine).values(role="user", sequence=2))
            return None
        return client.post(path, json={"person_id": str(colleague)}, headers=as_person(owner))

    answer, _ = at_once(act, 2)

    left = client.get(f"{PATH}?scope=planned&as=manager&without_coordinator=true", headers=as_person(lead)).json()
    if answer.status_code == 200:
        assert state_of(conference_id)[0] == colleague
        assert [each["id"] for each in left["items"]] == [str(conference_id)]
    else:
        assert (answer.status_code, answer.json()["reason"]) == (422, "not-a-coordinator")
        assert (state_of(conference_id)[0], left["items"]) == (owner, [])


@pytest.mark.parametrize("round_", range(4))
def test_handing_over_while_the_receiver_is_erased(client, owner, handed, as_person, round_):
    """Refused, or found by the erasing: nobody who is gone keeps a conference."""
    conference_id, _, (colleague, _) = handed
    path = f"{PATH}/{conference_id}/handover"

    def act(number):
        if number:
            with db.transaction() as session:
                erasing.erase(session, colleague)
            return None
        return client.post(path, json={"person_id": str(colleague)}, headers=as_person(owner))

    answer, _ = at_once(act, 2)
    with db.transaction() as session:
        erasing.erase(session, colleague)

    assert answer.status_code in (200, 422)
    assert state_of(conference_id)[0] == (NOBODY if answer.status_code == 200 else owner)


def test_all_of_two_people_handed_to_each_other_at_once(client, handed, as_person):
    """Each conference is locked in the same order by everybody: nobody waits for ever, none is lost or told twice."""
    _, lead, (one, other) = handed
    with db.transaction() as session:
        for _ in range(5):
            make_conference(session, owner=one)
            make_conference(session, owner=other)
    headers = as_person(lead)

    def act(number):
        pair = (one, other) if number % 2 else (other, one)
        answer = client.post("/api/v1/handovers", json={"from": str(pair[0]), "to": str(pair[1])}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["count"]

    moved = sum(at_once(act, 12))

    with db.transaction() as session:
        mine = Conference.coordinator_id.in_([one, other])
        assert session.scalar(select(func.count()).select_from(Conference).where(mine)) == 10
        steps = session.scalar(select(func.sum(Conference.version - 1)).where(mine))
    assert steps == moved == len(facts_told("conferences.conference.changed.v1"))
