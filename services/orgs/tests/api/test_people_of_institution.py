"""Key figures and people of an institution, for whoever runs it (S17)."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from orgs.rules.memberships import Role

from ..factories import (
    make_administrator,
    make_institution,
    make_member,
    make_membership,
    make_person,
    make_role_request,
    make_unit,
)
from ..reactions.test_person_changed import CHANGED, changed
from .test_running_institutions import LIST


def test_figures_count_people_coordinators_units_and_open_requests(session: Session, client, as_person) -> None:
    institution, elsewhere = make_institution(session), make_institution(session)
    closed = make_unit(session, institution)
    make_unit(session, institution)
    closed.state = "closed"
    roles = [Role.institution_coordinator, *[Role.unit_coordinator] * 2, *[Role.user] * 3]
    lead, *_, applicant = [make_member(session, institution, role=role) for role in roles]
    make_role_request(session, institution, person_id=applicant)
    make_role_request(session, institution, person_id=make_member(session, elsewhere), state="rejected")
    make_membership(session, elsewhere, role=Role.institution_coordinator)

    answer = client.get(f"{LIST}/{institution.id}/figures", headers=as_person(lead))

    assert answer.json() == {
        "people": 6,
        "institution_coordinators": 1,
        "unit_coordinators": 2,
        "units": 2,
        "open_role_requests": 1,
    }


@pytest.fixture
def institution(session: Session):
    return make_institution(session)


@pytest.fixture
def lead(session: Session, institution) -> str:
    return make_member(
        session, institution, role=Role.institution_coordinator, surname="ΩΝΑΣΗΣ", name="ΑΡΗΣ", number=277123
    )


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [f"{item['surname']} {item['name']}" for item in answer.json()["items"]]


def test_people_are_listed_by_surname_with_role_unit_and_status(
    session: Session, client, as_person, institution, lead
) -> None:
    make_member(session, institution, surname="Παπαδοπούλου", name="Μαρία", status="disabled")
    make_member(session, institution, surname="ΑΛΕΞΙΟΥ", name="ΕΛΕΝΗ")
    make_member(session, make_institution(session), surname="ΞΕΝΟΣ", name="ΝΙΚΟΣ")
    path, headers = f"{LIST}/{institution.id}/people", as_person(lead)

    first = client.get(path, params={"limit": 2}, headers=headers)
    second = client.get(path, params={"limit": 2, "cursor": first.json()["next"]}, headers=headers)

    assert names(first) == ["ΑΛΕΞΙΟΥ ΕΛΕΝΗ", "Παπαδοπούλου Μαρία"]
    assert (first.json()["total"], first.headers["Cache-Control"]) == (3, "no-store")
    assert first.json()["items"][1]["status"] == "disabled"
    assert second.json()["next"] is None
    assert second.json()["items"] == [
        {
            "id": str(lead),
            "number": 277123,
            "surname": "ΩΝΑΣΗΣ",
            "name": "ΑΡΗΣ",
            "role": "institution_coordinator",
            "unit": {"id": str(institution.general_unit_id), "name": "Γενικό Τμήμα"},
            "status": "active",
        }
    ]


@pytest.mark.parametrize("search", ["παπαδοπούλου", "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡ", "μαρία παπ", "οπουλου"])
def test_people_are_found_by_surname_and_name_in_either_order_without_accents(
    session: Session, client, as_person, institution, lead, search: str
) -> None:
    make_member(session, institution, surname="ΠΑΠΑΔΟΠΟΥΛΟΥ", name="ΜΑΡΙΑ")
    make_member(session, make_institution(session), surname="ΠΑΠΑΔΟΠΟΥΛΟΥ", name="ΜΑΡΙΑ")

    found = client.get(f"{LIST}/{institution.id}/people", params={"search": search}, headers=as_person(lead))

    assert names(found) == ["ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ"]
    assert found.json()["total"] == 1


@pytest.mark.parametrize("what", ["people", "figures"])
def test_nobody_looks_into_another_institution(session: Session, client, as_person, institution, lead, what) -> None:
    path = f"{LIST}/{institution.id}/{what}"
    elsewhere = make_institution(session)
    administrator = make_administrator(session)
    refused = {
        make_membership(session, elsewhere, role=Role.institution_coordinator).person_id: "not-your-institution",
        make_membership(session, institution, role=Role.unit_coordinator).person_id: "institution-coordinators-only",
        make_membership(session, institution).person_id: "institution-coordinators-only",
        uuid4(): "institution-coordinators-only",
        administrator: "institution-coordinators-only",  # without the second factor
    }

    for person_id, reason in refused.items():
        answer = client.get(path, headers=as_person(person_id))
        assert (answer.status_code, answer.json()["reason"]) == (403, reason)
    assert client.get(path, headers=as_person(lead)).status_code == 200
    assert client.get(path, headers=as_person(administrator, mfa=True)).status_code == 200
    unknown = client.get(f"{LIST}/{uuid4()}/{what}", headers=as_person(administrator, mfa=True))
    assert unknown.status_code == 404


@pytest.mark.parametrize("what", ["people", "coordinators"])
def test_whoever_is_called_otherwise_stands_elsewhere_in_the_lists(
    session: Session, client, as_person, deliver, institution, lead, what
) -> None:
    person_id = make_member(session, institution, role=Role.unit_coordinator, surname="ΑΝΤΩΝΙΟΥ", name="ΑΝΝΑ")
    path, headers = f"{LIST}/{institution.id}/{what}", as_person(lead)

    deliver(CHANGED, changed(person_id, surname="ΩΡΑΙΟΥ", name="ΑΝΝΑ"), sequence=9)

    assert names(client.get(path, headers=headers)) == ["ΩΝΑΣΗΣ ΑΡΗΣ", "ΩΡΑΙΟΥ ΑΝΝΑ"]
    assert names(client.get(path, params={"search": "ωραίου"}, headers=headers)) == ["ΩΡΑΙΟΥ ΑΝΝΑ"]
    assert names(client.get(path, params={"search": "αντωνίου"}, headers=headers)) == []


@pytest.mark.parametrize("what", ["people", "coordinators"])
def test_of_whom_identity_has_told_nothing_nobody_reads_until_it_does(
    session: Session, client, as_person, deliver, institution, lead, what
) -> None:
    person_id = make_membership(session, institution, role=Role.unit_coordinator).person_id
    path, headers = f"{LIST}/{institution.id}/{what}", as_person(lead)
    before = names(client.get(path, headers=headers))

    deliver(CHANGED, changed(person_id, surname="ΓΕΩΡΓΙΟΥ", name="ΖΩΗ"), sequence=1)

    assert before == ["ΩΝΑΣΗΣ ΑΡΗΣ"]
    assert names(client.get(path, headers=headers)) == ["ΓΕΩΡΓΙΟΥ ΖΩΗ", "ΩΝΑΣΗΣ ΑΡΗΣ"]


def test_whoever_was_made_a_member_by_the_release_before_is_found(
    session: Session, client, as_person, institution, lead
) -> None:
    """It runs beside this one for a while and knows nothing of the column."""
    person_id = uuid4()
    make_person(session, person_id, surname="ΖΑΧΟΥ", name="ΖΩΗ")
    session.flush()
    row = {"person": person_id, "institution": institution.id, "unit": institution.general_unit_id}
    session.execute(
        text(
            "INSERT INTO membership"
            " (person_id, institution_id, unit_id, role, platform_administrator, created_at, version)"
            " VALUES (:person, :institution, :unit, 'user', false, now(), 1)"
        ),
        row,
    )

    answer = client.get(f"{LIST}/{institution.id}/people", params={"search": "ζωή"}, headers=as_person(lead))

    assert names(answer) == ["ΖΑΧΟΥ ΖΩΗ"]


@pytest.mark.parametrize("what", ["people", "coordinators"])
def test_nobody_is_listed_nameless_while_an_emptied_copy_is_made_anew(
    session: Session, client, as_person, deliver, institution, lead, what
) -> None:
    make_member(session, institution, role=Role.unit_coordinator, surname="ΒΛΑΧΟΥ", name="ΖΩΗ")
    path, headers = f"{LIST}/{institution.id}/{what}", as_person(lead)

    session.execute(text("DELETE FROM person"))
    session.expire_all()
    deliver(CHANGED, changed(lead, surname="ΩΝΑΣΗΣ", name="ΑΡΗΣ"), sequence=9)

    assert names(client.get(path, headers=headers)) == ["ΩΝΑΣΗΣ ΑΡΗΣ"]
    assert names(client.get(path, params={"search": "βλάχου"}, headers=headers)) == []
