from uuid import uuid4

from sqlalchemy.orm import Session

from orgs.rules.memberships import Role

from ..factories import make_institution, make_membership


def test_my_membership_names_where_i_belong(session: Session, client, as_person) -> None:
    institution = make_institution(session, name="Δήμος Αθηναίων")
    membership = make_membership(session, institution, role=Role.unit_coordinator)

    answer = client.get("/api/v1/membership", headers=as_person(membership.person_id))

    assert answer.status_code == 200
    assert answer.json() == {
        "person_id": str(membership.person_id),
        "institution": {"id": str(institution.id), "name": "Δήμος Αθηναίων"},
        "unit": {"id": str(institution.general_unit_id), "name": "Γενικό Τμήμα"},
        "role": "unit_coordinator",
        "platform_administrator": False,
    }


def test_a_person_nobody_told_of_has_none(session: Session, client, as_person) -> None:
    answer = client.get("/api/v1/membership", headers=as_person(uuid4()))

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
