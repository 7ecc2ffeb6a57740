"""Units as an institution's coordinators make, rename and close them (S17)."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.testing.statements import counted
from orgs.models import Unit
from orgs.rules.institutions import State
from orgs.rules.memberships import Role
from orgs.usecases import memberships

from ..factories import (
    make_administrator,
    make_institution,
    make_member,
    make_membership,
    make_planned_conference,
    make_role_request,
    make_unit,
)
from .test_running_institutions import LIST, acts_about

UNITS, CHANGED = "/api/v1/units", "orgs.unit.changed.v1"


@pytest.fixture
def institution(session: Session):
    return make_institution(session)


@pytest.fixture
def lead(session: Session, institution, as_person) -> dict[str, str]:
    return as_person(make_membership(session, institution, role=Role.institution_coordinator).person_id)


def test_a_coordinator_creates_a_unit_of_the_own_institution(
    session: Session, client, institution, lead, published
) -> None:
    headers = lead | {"Idempotency-Key": "once"}

    answer, again = (
        client.post(f"{LIST}/{institution.id}/units", json={"name": " Διεύθυνση  Α "}, headers=headers)
        for _ in range(2)
    )

    made = answer.json()
    assert (answer.status_code, again.status_code, again.json()) == (201, 201, made)
    assert answer.headers["Location"] == f"{UNITS}/{made['id']}"
    assert made == {
        "id": made["id"],
        "institution_id": str(institution.id),
        "name": "Διεύθυνση Α",
        "state": "active",
        "general": False,
        "may": ["rename", "close"],
    }
    told = published(session, CHANGED)[-1]
    assert (told.subject, told.sequence, told.data["name"]) == (made["id"], 1, "Διεύθυνση Α")
    assert acts_about(session, made["id"]) == ["unit.created"]


def test_names_are_unique_among_the_open_units_of_one_institution(session: Session, client, institution, lead) -> None:
    closed = make_unit(session, institution, name="Αρχείο")
    make_unit(session, make_institution(session), name="Πρωτόκολλο")
    assert client.delete(f"{UNITS}/{closed.id}", headers=lead).status_code == 204
    path = f"{LIST}/{institution.id}/units"

    first, second = (client.post(path, json={"name": name}, headers=lead) for name in ("Αρχείο", "ΑΡΧΕΙΟ"))
    elsewhere = client.post(path, json={"name": "Πρωτόκολλο"}, headers=lead)
    general = client.post(path, json={"name": "γενικό τμήμα"}, headers=lead)

    assert (first.status_code, elsewhere.status_code) == (201, 201)
    for refused in (second, general):
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/name-taken")
        assert refused.json()["errors"][0]["pointer"] == "/name"


def test_a_unit_is_renamed_and_found_by_its_new_name(session: Session, client, institution, lead, published) -> None:
    unit = make_unit(session, institution, name="Αρχείο")

    answer = client.patch(f"{UNITS}/{unit.id}", json={"name": "Πρωτόκολλο"}, headers=lead | {"If-Match": '"1"'})

    assert (answer.status_code, answer.headers["ETag"], answer.json()["name"]) == (200, '"2"', "Πρωτόκολλο")
    told = published(session, CHANGED)[-1]
    assert (told.sequence, told.data["name"]) == (2, "Πρωτόκολλο")
    found = client.get(f"{LIST}/{institution.id}/units", params={"search": "ΠΡΩΤΟΚΟΛΛΟ"}, headers=lead)
    assert [each["id"] for each in found.json()["items"]] == [str(unit.id)]
    assert acts_about(session, unit.id) == ["unit.renamed"]


@pytest.mark.parametrize(("headers", "status"), [({}, 428), ({"If-Match": '"7"'}, 412)])
def test_who_has_not_seen_the_present_name_does_not_change_it(
    session: Session, client, institution, lead, headers, status: int
) -> None:
    unit = make_unit(session, institution, name="Αρχείο")

    answer = client.patch(f"{UNITS}/{unit.id}", json={"name": "Άλλο"}, headers=lead | headers)

    assert (answer.status_code, unit.name) == (status, "Αρχείο")


def test_a_name_of_another_is_not_taken(session: Session, client, institution, lead) -> None:
    make_unit(session, institution, name="Πρωτόκολλο")
    unit = make_unit(session, institution, name="Αρχείο")

    answer = client.patch(f"{UNITS}/{unit.id}", json={"name": "πρωτοκολλο"}, headers=lead | {"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/name-taken")


def test_the_general_unit_is_neither_renamed_nor_closed(session: Session, client, institution, lead) -> None:
    path = f"{UNITS}/{institution.general_unit_id}"

    renamed = client.patch(path, json={"name": "Αρχείο"}, headers=lead | {"If-Match": "*"})
    closed = client.delete(path, headers=lead)

    for refused in (renamed, closed):
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/general-unit-fixed")
    assert client.get(path, headers=lead).json()["may"] == []


def test_a_unit_that_nothing_uses_is_closed_and_stays_to_be_read(
    session: Session, client, institution, lead, published
) -> None:
    unit = make_unit(session, institution, name="Αρχείο")
    move(session, make_member(session, institution, status="disabled"), unit)
    make_planned_conference(session, institution, unit_id=unit.id, state="cancelled")
    make_planned_conference(session, institution, unit_id=unit.id, ends_at=now() - timedelta(minutes=1))
    make_planned_conference(session, institution, unit_id=None)

    answer, again = (client.delete(f"{UNITS}/{unit.id}", headers=lead) for _ in range(2))

    assert (answer.status_code, again.status_code) == (204, 204)
    read = client.get(f"{UNITS}/{unit.id}", headers=lead)
    assert (read.json()["state"], read.json()["may"], read.headers["ETag"]) == ("closed", [], '"2"')
    told = published(session, CHANGED)[-1]
    assert (told.sequence, told.data["state"]) == (2, "closed")
    assert acts_about(session, unit.id) == ["unit.closed"]
    path, all_of_them = f"{LIST}/{institution.id}/units", {"state": "all"}
    assert str(unit.id) not in str(client.get(path, headers=lead).json())
    assert str(unit.id) in str(client.get(path, params=all_of_them, headers=lead).json())
    renamed = client.patch(f"{UNITS}/{unit.id}", json={"name": "Άλλο"}, headers=lead | {"If-Match": "*"})
    assert (renamed.status_code, renamed.json()["type"]) == (409, "/problems/unit-closed")


def test_a_unit_in_use_is_not_closed_and_says_by_what(session: Session, client, institution, lead) -> None:
    unit = make_unit(session, institution)
    for _ in range(2):
        move(session, make_member(session, institution), unit)
    applicant = make_member(session, institution)
    make_role_request(session, institution, person_id=applicant, role=Role.unit_coordinator, unit_id=unit.id)
    for state in ("scheduled", "open"):
        make_planned_conference(session, institution, unit_id=unit.id, state=state)

    answer = client.delete(f"{UNITS}/{unit.id}", headers=lead)

    uses = {"people": 2, "role_requests": 1, "conferences": 2}
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/unit-in-use")
    assert answer.json()["uses"] == uses
    assert unit.state == State.active
    assert client.get(f"{UNITS}/{unit.id}", headers=lead).json()["uses"] == uses


@pytest.mark.parametrize(
    ("role", "here", "reason"),
    [
        (Role.institution_coordinator, False, "not-your-institution"),
        (Role.unit_coordinator, True, "institution-coordinators-only"),
        (Role.user, True, "institution-coordinators-only"),
    ],
)
def test_others_change_nothing_and_are_told_why(
    session: Session, client, as_person, institution, role: Role, here: bool, reason: str
) -> None:
    unit = make_unit(session, institution)
    home = institution if here else make_institution(session)
    headers = as_person(make_membership(session, home, role=role).person_id) | {"If-Match": "*"}

    answers = [
        client.post(f"{LIST}/{institution.id}/units", json={"name": "Άλλο"}, headers=headers),
        client.patch(f"{UNITS}/{unit.id}", json={"name": "Άλλο"}, headers=headers),
        client.delete(f"{UNITS}/{unit.id}", headers=headers),
    ]

    assert [(answer.status_code, answer.json()["reason"]) for answer in answers] == [(403, reason)] * 3
    assert "uses" not in client.get(f"{UNITS}/{unit.id}", headers=headers).json()


def test_administrators_run_the_units_of_every_institution(session: Session, client, as_person, institution) -> None:
    headers = as_person(make_administrator(session), mfa=True)

    made = client.post(f"{LIST}/{institution.id}/units", json={"name": "Αρχείο"}, headers=headers)

    assert made.status_code == 201
    assert client.delete(f"{UNITS}/{made.json()['id']}", headers=headers).status_code == 204


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_unknown_unit_is_not_found(session: Session, client, lead, method: str) -> None:
    body = {"name": "Άλλο"} if method == "PATCH" else None

    answer = client.request(method, f"{UNITS}/{uuid4()}", json=body, headers=lead | {"If-Match": "*"})

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_lists_take_as_many_statements_for_one_as_for_many(session: Session, client, institution, lead) -> None:
    def statements(path: str) -> int:
        with counted(session) as taken:
            assert client.get(path, headers=lead).status_code == 200
        return len(taken)

    paths = (f"{LIST}/{institution.id}/units", LIST, f"{LIST}/{institution.id}/people")
    few = [statements(path) for path in paths]
    for _ in range(20):
        unit = make_unit(session, institution)
        move(session, make_member(session, institution), unit)
        make_institution(session)

    assert [statements(path) for path in paths] == few
    assert max(few) <= 5


def move(session: Session, person_id: UUID, unit: Unit) -> None:
    memberships.choose_unit(session, person_id=person_id, unit_id=unit.id, now=now())
