"""Asking for collaborators, accepting, ending; and what ends it by itself (S18)."""

from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from freezegun import freeze_time
from sqlalchemy import select

from chassis import audit, clock, crypto
from chassis.audit import AuditRow
from chassis.testing.statements import counted
from orgs.models import Collaboration
from orgs.rules.collaborations import IN_A_ROW, MOST_MAILED, State
from orgs.rules.memberships import Role

from ..conftest import NOTIFICATIONS_KEY
from ..factories import make_accepted_offer, make_collaboration, make_institution, make_member, make_unit
from ..reactions.test_person_changed import CHANGED, changed

PATH, CANDIDATES = "/api/v1/collaborations", "/api/v1/collaboration-candidates"
TOLD = "orgs.collaboration.changed.v1"


def opened(sealed: str) -> dict[str, Any]:
    return crypto.unseal(NOTIFICATIONS_KEY.as_dict(private=True), sealed)


@pytest.fixture
def here(session):
    return make_institution(session, name="Υπουργείο Εσωτερικών")


@pytest.fixture
def owner(session, here) -> UUID:
    return make_member(session, here, role=Role.unit_coordinator, surname="ΝΙΚΟΛΑΟΥ", name="ΝΙΚΟΣ")


@pytest.fixture
def other(session, here) -> UUID:
    return make_member(
        session, here, role=Role.institution_coordinator, surname="ΠΑΠΑΔΟΠΟΥΛΟΥ", name="ΜΑΡΙΑ", number=100007,
        email="m@interior.example",
    )  # fmt: skip


@pytest.fixture
def mine(client, as_person):
    def look(person_id: UUID) -> dict[str, Any]:
        answer = client.get(PATH, headers=as_person(person_id))
        assert answer.status_code == 200
        return answer.json()

    return look


def test_who_is_asked_sees_it_and_accepts(session, client, as_person, published, mine, here, owner, other) -> None:
    answer = client.post(PATH, json={"person_ids": [str(other)]}, headers=as_person(owner))

    assert answer.status_code == 200
    (result,) = answer.json()["results"]
    id_ = result.pop("collaboration_id")
    assert result == {"person_id": str(other), "outcome": "added"}
    (asked,), (incoming,) = mine(owner)["helpers"], mine(other)["helping"]
    assert (asked["id"], asked["state"], incoming["id"], incoming["state"]) == (id_, "pending", id_, "pending")
    assert asked["person"] == {
        "id": str(other), "number": 100007, "surname": "ΠΑΠΑΔΟΠΟΥΛΟΥ", "name": "ΜΑΡΙΑ", "email": "m@interior.example",
        "role": "institution_coordinator", "unit": {"id": str(here.general_unit_id), "name": "Γενικό Τμήμα"},
    }  # fmt: skip
    assert incoming["person"]["surname"] == "ΝΙΚΟΛΑΟΥ"
    assert (mine(owner)["helping"], mine(other)["helpers"]) == ([], []), "one way only"

    accepted = client.post(f"{PATH}/{id_}/acceptance", headers=as_person(other))
    again = client.post(f"{PATH}/{id_}/acceptance", headers=as_person(other))

    assert (accepted.status_code, accepted.json()["state"], again.status_code) == (200, "active", 200)
    assert accepted.json()["person"]["id"] == str(owner)
    assert mine(owner)["helpers"][0]["state"] == mine(other)["helping"][0]["state"] == "active"
    first, second = published(session, TOLD)
    assert (first.subject, first.sequence, second.sequence) == (id_, 1, 2)
    assert [first.data["state"], second.data["state"]] == ["pending", "active"]
    assert opened(first.data["sealed"]) == {
        "surname": "ΠΑΠΑΔΟΠΟΥΛΟΥ", "name": "ΜΑΡΙΑ", "other_name": "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ",
        "institution_name": "Υπουργείο Εσωτερικών",
    }  # fmt: skip
    assert opened(second.data["sealed"])["other_name"] == "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ"
    audit.write(session)
    assert session.scalars(select(AuditRow.act).order_by(AuditRow.position)).all() == [
        "collaboration.requested",
        "collaboration.accepted",
    ]


def test_each_of_those_asked_has_a_result(session, client, as_person, published, here, owner, other) -> None:
    elsewhere = make_institution(session)
    third = make_member(session, here, role=Role.unit_coordinator)
    refused = [
        owner,
        make_member(session, here),
        make_member(session, elsewhere, role=Role.unit_coordinator),
        make_member(session, here, role=Role.unit_coordinator, status="disabled"),
        uuid4(),
    ]
    known = make_collaboration(session, here, owner=owner, collaborator=other)
    make_collaboration(session, here, owner=third, collaborator=owner)  # the other direction is another matter

    wanted = [*refused, other, third, third]
    answer = client.post(PATH, json={"person_ids": [str(id_) for id_ in wanted]}, headers=as_person(owner))

    results = [(each["person_id"], each["outcome"]) for each in answer.json()["results"]]
    assert results == [
        *[(str(id_), "not_eligible") for id_ in refused],
        (str(other), "already"),
        (str(third), "added"),
    ]
    by_person = {each["person_id"]: each["collaboration_id"] for each in answer.json()["results"]}
    assert by_person[str(other)] == str(known.id)
    assert [fact.data["collaborator_person_id"] for fact in published(session, TOLD)] == [str(third)]


def test_without_names_all_are_asked_and_the_second_time_nobody(session, client, as_person, here, owner, other) -> None:
    many = [make_member(session, here, role=Role.unit_coordinator) for _ in range(3)]
    make_member(session, here)

    first, second = (client.post(PATH, json={}, headers=as_person(owner)).json()["results"] for _ in range(2))

    assert {each["person_id"] for each in first} == {str(id_) for id_ in (other, *many)}
    assert {each["outcome"] for each in first} == {"added"}
    assert second == []


def test_candidates_are_the_other_coordinators_not_asked_yet(session, client, as_person, here, owner, other) -> None:
    unit = make_unit(session, here)
    third = make_member(session, here, role=Role.unit_coordinator, surname="ΆΛΦΑ", name="ΆΝΝΑ")
    make_member(session, here)
    make_member(session, make_institution(session), role=Role.unit_coordinator)
    make_member(session, here, role=Role.unit_coordinator, status="disabled")
    fourth = make_member(session, here, role=Role.unit_coordinator, surname="ΩΜΕΓΑ", name="ΩΡΑΙΑ")
    make_collaboration(session, here, owner=owner, collaborator=fourth)
    ended = make_member(session, here, role=Role.unit_coordinator, surname="ΨΑΡΟΥ", name="ΨΥΧΗ")
    make_collaboration(session, here, owner=owner, collaborator=ended, state=State.ended)
    headers = as_person(owner)

    found = client.get(CANDIDATES, headers=headers).json()
    pages, cursor = [], ""
    while cursor is not None:
        page = client.get(CANDIDATES, params={"limit": 1, **({"cursor": cursor} if cursor else {})}, headers=headers)
        pages += page.json()["items"]
        cursor = page.json()["next"]

    assert [each["id"] for each in found["items"]] == [str(id_) for id_ in (third, other, ended)]
    assert (found["total"], pages) == (3, found["items"])
    for search, expected in (("αννα αλφα", [third]), ("ΆΛΦΑ άννα", [third]), ("μαρία", [other]), ("ωμεγα", [])):
        named = client.get(CANDIDATES, params={"search": search}, headers=headers).json()["items"]
        assert [each["id"] for each in named] == [str(id_) for id_ in expected], search
    assert unit.id != here.general_unit_id


@pytest.mark.parametrize(
    ("state", "by_owner", "because"),
    [
        (State.pending, True, "cancelled"),
        (State.pending, False, "rejected"),
        (State.active, True, "ended_by_owner"),
        (State.active, False, "ended_by_collaborator"),
    ],
)
def test_either_side_ends_it_and_it_may_be_asked_for_anew(
    session, client, as_person, published, mine, here, owner, other, state: State, by_owner: bool, because: str
) -> None:
    row = make_collaboration(session, here, owner=owner, collaborator=other, state=state)
    who, partner, partner_name = (
        (owner, other, "ΠΑΠΑΔΟΠΟΥΛΟΥ") if by_owner else (other, owner, "ΝΙΚΟΛΑΟΥ")
    )  # fmt: skip

    ended = client.delete(f"{PATH}/{row.id}", headers=as_person(who))
    again = client.delete(f"{PATH}/{row.id}", headers=as_person(partner))
    late = client.post(f"{PATH}/{row.id}/acceptance", headers=as_person(other))

    assert ended.status_code == 204
    for answer in (again, late):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/collaboration-ended")
    assert mine(owner)["helpers"] == mine(other)["helping"] == []
    (told,) = published(session, TOLD)
    assert (told.data["state"], told.data["because"], told.sequence) == ("ended", because, 2)
    if because == "cancelled":
        assert "sealed" not in told.data
    else:
        assert opened(told.data["sealed"])["surname"] == partner_name

    anew = client.post(PATH, json={"person_ids": [str(other)]}, headers=as_person(owner)).json()["results"]
    assert anew == [{"person_id": str(other), "outcome": "added", "collaboration_id": str(row.id)}]
    assert [fact.sequence for fact in published(session, TOLD)] == [2, 3]


def test_who_takes_requests_back_and_asks_again_mails_ten_times_a_day_at_most(
    session, client, as_person, published, owner, other
) -> None:
    def ask_and_take_back() -> None:
        (asked,) = client.post(PATH, json={"person_ids": [str(other)]}, headers=as_person(owner)).json()["results"]
        assert asked["outcome"] == "added"
        client.delete(f"{PATH}/{asked['collaboration_id']}", headers=as_person(owner))

    with freeze_time(clock.now().replace(microsecond=0), tz_offset=0) as time:
        for _ in range(MOST_MAILED + 3):
            ask_and_take_back()
        time.tick(IN_A_ROW)
        ask_and_take_back()

    asked = [fact for fact in published(session, TOLD) if fact.data["state"] == "pending"]
    assert ["sealed" in fact.data for fact in asked] == [True] * MOST_MAILED + [False] * 3 + [True]


def test_it_is_nobody_elses_business(session, client, as_person, here, owner, other) -> None:
    row = make_collaboration(session, here, owner=owner, collaborator=other)
    lead = make_member(session, here, role=Role.institution_coordinator)

    for call in (lambda headers: client.post(f"{PATH}/{row.id}/acceptance", headers=headers),
                 lambda headers: client.delete(f"{PATH}/{row.id}", headers=headers)):  # fmt: skip
        assert call(as_person(lead)).status_code == 404
    own = client.post(f"{PATH}/{row.id}/acceptance", headers=as_person(owner))
    assert (own.status_code, own.json()["reason"]) == (403, "not-your-request")
    assert client.delete(f"{PATH}/{uuid4()}", headers=as_person(owner)).status_code == 404


def test_who_coordinates_nothing_neither_lists_nor_asks(session, client, as_person, here, other) -> None:
    user = make_member(session, here)

    for answer in (
        client.get(PATH, headers=as_person(user)),
        client.get(CANDIDATES, headers=as_person(user)),
        client.post(PATH, json={"person_ids": [str(other)]}, headers=as_person(user)),
        client.get(PATH, headers=as_person(uuid4())),
    ):
        assert (answer.status_code, answer.json()["reason"]) == (403, "coordinators-only")


def steps_down(client, as_person, person_id: UUID, **_: Any) -> None:
    assert client.post("/api/v1/account/step-down", json={"role": "user"}, headers=as_person(person_id)).is_success


def lapses(deliver, person_id: UUID, **_: Any) -> None:
    data = {"person_id": str(person_id), "language": "el"}
    assert deliver("identity.person.employment_lapsed.v1", data, subject=person_id, sequence=5) == "done"


def is_disabled(deliver, person_id: UUID, **_: Any) -> None:
    assert deliver(CHANGED, changed(person_id, status="disabled"), sequence=5) == "done"


def moves(session, deliver, person_id: UUID, **_: Any) -> None:
    make_accepted_offer(session, person_id, make_institution(session), "unit_coordinator")
    offer = {"role": "unit_coordinator", "institution_id": str(make_institution(session).id), "unit_id": None}
    data = {"invitation_id": str(uuid4()), "person_id": str(person_id), "institution_id": None, "offer": offer}
    assert deliver("identity.invitation.accepted.v1", data) == "done"


@pytest.mark.parametrize("state", [State.pending, State.active])
@pytest.mark.parametrize("side", ["owner", "collaborator"])
@pytest.mark.parametrize("change", [steps_down, lapses, is_disabled, moves])
def test_it_ends_by_itself_with_what_makes_one_of_them_eligible(
    session, client, as_person, deliver, published, here, owner, other, state: State, side: str, change: Any
) -> None:
    make_collaboration(session, here, owner=owner, collaborator=other, state=state)
    untouched = [make_member(session, here, role=Role.unit_coordinator) for _ in range(2)]
    make_collaboration(session, here, owner=untouched[0], collaborator=untouched[1], state=state)

    leaver = owner if side == "owner" else other
    change(session=session, client=client, as_person=as_person, deliver=deliver, person_id=leaver)

    (told,) = published(session, TOLD)
    assert (told.data["state"], told.data["because"]) == ("ended", "eligibility_ended")
    assert "sealed" not in told.data
    assert session.scalar(select(Collaboration.state).where(Collaboration.owner_person_id == untouched[0])) == state


def test_another_coordinating_role_or_unit_ends_nothing(session, client, as_person, mine, here, owner, other) -> None:
    make_collaboration(session, here, owner=owner, collaborator=other, state=State.active)
    unit = make_unit(session, here)

    client.post("/api/v1/account/step-down", json={"role": "unit_coordinator"}, headers=as_person(other))
    client.put("/api/v1/account/unit", json={"unit_id": str(unit.id)}, headers=as_person(other))

    (helper,) = mine(owner)["helpers"]
    assert (helper["state"], helper["person"]["role"]) == ("active", "unit_coordinator")
    assert helper["person"]["unit"]["id"] == str(unit.id)


def test_lists_take_as_many_statements_for_many_as_for_one(session, client, as_person, here, owner) -> None:
    headers, counts = as_person(owner), {PATH: [], CANDIDATES: []}

    for _ in range(2):
        for path, seen in counts.items():
            client.get(path, headers=headers)
            with counted(session) as statements:
                assert client.get(path, headers=headers).status_code == 200
            seen.append(len(statements))
        people = [make_member(session, here, role=Role.unit_coordinator) for _ in range(12)]
        for one, next_one in pairwise(people):
            make_collaboration(session, here, owner=owner, collaborator=one)
            make_collaboration(session, here, owner=next_one, collaborator=owner, state=State.active)

    assert len(client.get(PATH, headers=headers).json()["helping"]) > 10
    assert all(first == second <= 4 for first, second in counts.values()), counts


def test_asking_many_takes_few_statements(session, client, as_person, here, owner) -> None:
    people = [str(make_member(session, here, role=Role.unit_coordinator)) for _ in range(30)]
    headers = as_person(owner)
    client.get(PATH, headers=headers)

    with counted(session) as statements:
        assert len(client.post(PATH, json={"person_ids": people}, headers=headers).json()["results"]) == 30

    assert len(statements) < 12, statements
