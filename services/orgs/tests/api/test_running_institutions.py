"""Institutions as platform administrators make, change, close and open them again (O6)."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.audit import AuditRow
from chassis.clock import now
from orgs.models import Institution, Unit
from orgs.rules.institutions import CATCH_ALL_ID, State
from orgs.rules.memberships import Role
from orgs.usecases import institutions

from ..factories import (
    make_administrator,
    make_institution,
    make_member,
    make_membership,
    make_planned_conference,
    make_role_request,
)

LIST = "/api/v1/institutions"
CHANGED = "orgs.institution.changed.v1"
WANTED = {
    "name": "  Δήμος   Αθηναίων ",
    "contact_name": "Γραφείο Τηλεδιασκέψεων",
    "contact_email": "epresence@athens.example",
    "contact_phone": "210 123 4567",
    "registry_code": "",
    "employment_api_id": "3055",
}


@pytest.fixture
def administrator(session: Session, as_person) -> dict[str, str]:
    return as_person(make_administrator(session), mfa=True)


def test_an_administrator_creates_an_institution_with_its_general_unit(
    session: Session, client, administrator, published
) -> None:
    answer = client.post(LIST, json=WANTED, headers=administrator)

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{LIST}/{made['id']}"
    assert made == {
        "id": made["id"],
        "name": "Δήμος Αθηναίων",
        "state": "active",
        "general_unit_id": made["general_unit_id"],
        "may": ["inspect", "add_unit", "edit", "close"],
        "contact_name": "Γραφείο Τηλεδιασκέψεων",
        "contact_email": "epresence@athens.example",
        "contact_phone": "+302101234567",
        "registry_code": None,
        "employment_api_id": "3055",
    }
    assert session.get_one(Unit, UUID(made["general_unit_id"])).name == "Γενικό Τμήμα"
    told = [fact for fact in published(session, CHANGED) if fact.subject == made["id"]]
    assert [(fact.data["name"], fact.data["employment_api_id"]) for fact in told] == [("Δήμος Αθηναίων", "3055")]
    assert acts_about(session, made["id"]) == ["institution.created"]


def test_the_same_key_makes_one_institution(session: Session, client, administrator) -> None:
    headers = {**administrator, "Idempotency-Key": "κλειδί".encode().hex()}

    first, again = (client.post(LIST, json={"name": "Δήμος Αθηναίων"}, headers=headers) for _ in range(2))
    other = client.post(LIST, json={"name": "Δήμος Πατρέων"}, headers=headers)

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


@pytest.mark.parametrize(
    ("body", "status", "problem", "pointer"),
    [
        ({"name": "ΥΠΟΥΡΓΕΙΟ  ΕΣΩΤΕΡΙΚΩΝ"}, 409, "name-taken", "/name"),
        ({"name": "Δημόσια Διοίκηση"}, 409, "name-taken", "/name"),
        ({"name": "Άλλο", "registry_code": "77"}, 409, "code-taken", "/registry_code"),
        ({"name": "Άλλο", "employment_api_id": "1310"}, 409, "code-taken", "/employment_api_id"),
        ({"name": "Άλλο", "contact_phone": "κανένα"}, 422, "phone-invalid", "/contact_phone"),
        ({"name": "   "}, 400, "invalid-request", "/name"),
        ({"name": "Άλλο", "contact_email": "κανένα"}, 400, "invalid-request", "/contact_email"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    session: Session, client, administrator, body, status: int, problem: str, pointer: str
) -> None:
    make_institution(session, name="Υπουργείο Εσωτερικών", registry_code="77", employment_api_id="1310")

    answer = client.post(LIST, json=body, headers=administrator)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert session.scalar(select(Institution).where(Institution.name == "Άλλο")) is None


def test_a_change_leaves_out_what_stays_and_removes_what_is_null(
    session: Session, client, administrator, published
) -> None:
    made = client.post(LIST, json=WANTED, headers=administrator)
    changes = {"name": "Δήμος Πατρέων", "contact_phone": None}

    answer = client.patch(
        f"{LIST}/{made.json()['id']}", json=changes, headers=administrator | {"If-Match": made.headers["ETag"]}
    )

    assert answer.status_code == 200
    assert answer.json() == made.json() | changes
    told = published(session, CHANGED)[-1]
    assert (told.data["name"], f'"{told.sequence}"') == ("Δήμος Πατρέων", answer.headers["ETag"])
    found = client.get(LIST, params={"search": "πατρεων"}, headers=administrator).json()["items"]
    assert [each["id"] for each in found] == [made.json()["id"]]
    assert acts_about(session, made.json()["id"]) == ["institution.created", "institution.changed"]


def test_what_changes_nothing_is_told_to_nobody(session: Session, client, administrator, published) -> None:
    institution = make_institution(session, name="Δήμος Πατρέων")

    answer = client.patch(
        f"{LIST}/{institution.id}", json={"name": "Δήμος Πατρέων "}, headers=administrator | {"If-Match": '"1"'}
    )

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert acts_about(session, institution.id) == []


@pytest.mark.parametrize(("headers", "status"), [({}, 428), ({"If-Match": '"7"'}, 412)])
def test_who_has_not_seen_the_present_state_changes_nothing(
    session: Session, client, administrator, headers, status: int
) -> None:
    institution = make_institution(session)

    answer = client.patch(f"{LIST}/{institution.id}", json={"name": "Άλλο"}, headers=administrator | headers)

    assert answer.status_code == status
    assert institution.name != "Άλλο"


def test_an_institution_that_nothing_uses_is_closed_and_opened_again(
    session: Session, client, administrator, published
) -> None:
    institution = make_institution(session, name="Παλαιό Υπουργείο")
    make_member(session, institution)  # plain users stay where they are
    make_member(session, institution, role=Role.unit_coordinator, status="disabled")
    make_role_request(session, institution, person_id=make_member(session, make_institution(session)), state="rejected")
    make_planned_conference(session, institution, state="ended")
    make_planned_conference(session, institution, ends_at=now() - timedelta(minutes=1))
    path = f"{LIST}/{institution.id}"

    closed, again = (client.post(f"{path}/closure", headers=administrator) for _ in range(2))
    edited = client.patch(path, json={"name": "Άλλο"}, headers=administrator | {"If-Match": closed.headers["ETag"]})
    unit = client.post(f"{path}/units", json={"name": "Αρχείο"}, headers=administrator)
    listed = client.get(LIST, params={"state": "all", "search": "παλαιο"}, headers=administrator).json()["items"]
    reopened = client.post(f"{path}/reopening", headers=administrator)

    assert (closed.status_code, closed.json()["state"], again.headers["ETag"]) == (200, "closed", '"2"')
    assert closed.json()["may"] == ["inspect", "reopen"]
    assert [answer.json()["type"] for answer in (edited, unit)] == ["/problems/institution-closed"] * 2
    assert listed == [closed.json()]
    assert (reopened.status_code, reopened.json()["state"], reopened.headers["ETag"]) == (200, "active", '"3"')
    assert [fact.data["state"] for fact in published(session, CHANGED)][-2:] == ["closed", "active"]
    assert acts_about(session, institution.id) == ["institution.closed", "institution.reopened"]


def test_closing_is_refused_with_what_uses_it(session: Session, client, administrator) -> None:
    institution, elsewhere = make_institution(session), make_institution(session)
    make_member(session, institution, role=Role.unit_coordinator)
    make_membership(session, institution, role=Role.institution_coordinator)  # identity has not told us of this one yet
    make_role_request(session, institution, person_id=make_member(session, elsewhere))
    for unit_id in (None, institution.general_unit_id):
        make_planned_conference(session, institution, unit_id=unit_id)

    answer = client.post(f"{LIST}/{institution.id}/closure", headers=administrator)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/institution-in-use")
    assert answer.json()["uses"] == {"coordinators": 2, "role_requests": 1, "conferences": 2}
    assert institution.state == State.active


def test_whoever_fits_nowhere_keeps_a_place(session: Session, client, administrator) -> None:
    institutions.catch_all(session)

    answer = client.post(f"{LIST}/{CATCH_ALL_ID}/closure", headers=administrator)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/institution-needed")


def test_a_name_that_became_anothers_keeps_an_institution_closed(session: Session, client, administrator) -> None:
    institution = make_institution(session, name="Δήμος Πατρέων")
    client.post(f"{LIST}/{institution.id}/closure", headers=administrator)
    client.post(LIST, json={"name": "ΔΗΜΟΣ ΠΑΤΡΕΩΝ"}, headers=administrator)

    answer = client.post(f"{LIST}/{institution.id}/reopening", headers=administrator)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/name-taken")


def test_only_who_runs_it_is_shown_contact_and_codes(session: Session, client, as_person, administrator) -> None:
    made = client.post(LIST, json=WANTED, headers=administrator).json()
    institution = session.get_one(Institution, UUID(made["id"]))
    lead = make_membership(session, institution, role=Role.institution_coordinator).person_id
    user = make_membership(session, institution).person_id

    for path in (f"{LIST}/{made['id']}", LIST):
        shown_to = {who: client.get(path, headers=as_person(who)).json() for who in (lead, user)}
        if path == LIST:
            shown_to = {
                who: next(each for each in answer["items"] if each["id"] == made["id"])
                for who, answer in shown_to.items()
            }
        assert shown_to[lead] == made | {"may": ["inspect", "add_unit"]}
        assert set(shown_to[user]) == {"id", "name", "state", "general_unit_id", "may"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "", {"name": "Άλλο"}),
        ("PATCH", "/{id}", {"name": "Άλλο"}),
        ("POST", "/{id}/closure", None),
        ("POST", "/{id}/reopening", None),
    ],
)
def test_coordinators_and_administrators_without_second_factor_do_none_of_it(
    session: Session, client, as_person, method: str, path: str, body
) -> None:
    institution = make_institution(session)
    lead = make_membership(session, institution, role=Role.institution_coordinator).person_id

    for headers in (as_person(lead), as_person(make_administrator(session)), as_person(uuid4())):
        address = LIST + path.format(id=institution.id)
        answer = client.request(method, address, json=body, headers=headers | {"If-Match": "*"})

        assert (answer.status_code, answer.json()["reason"]) == (403, "administrators-only")


def acts_about(session: Session, object_id: UUID | str) -> list[str]:
    audit.write(session)
    rows = select(AuditRow.act).where(AuditRow.object_id == UUID(str(object_id)))
    return list(session.scalars(rows.order_by(AuditRow.position)))
