"""A person downloads what orgs keeps of them, and of nobody else (O5)."""

from uuid import uuid4

from orgs.rules.institutions import State
from orgs.rules.memberships import Role

from ..factories import (
    make_accepted_offer,
    make_collaboration,
    make_institution,
    make_member,
    make_membership,
    make_role_request,
    make_unit,
)

KINDS = ("role_requests", "offers", "coordinator_invitations", "collaborators", "helping", "acts")


def test_the_part_is_of_the_callers_own(session, client, as_person):
    institution = make_institution(session, name="Υπουργείο Δοκιμών")
    mine, other = make_membership(session, institution), make_membership(session, institution)

    body = client.get("/internal/account-export", headers=as_person(mine.person_id)).json()

    assert (body["membership"]["institution"], body["membership"]["role"]) == ("Υπουργείο Δοκιμών", "user")
    assert str(other.person_id) not in str(body)


def test_requests_and_offers_name_their_places_also_closed_ones(session, client, as_person):
    institution, elsewhere = (make_institution(session, name=name) for name in ("Δήμος Α", "Δήμος Β"))
    unit = make_unit(session, elsewhere, name="Τμήμα Β")
    unit.state = State.closed
    person_id = make_member(session, institution)
    make_role_request(session, elsewhere, person_id=person_id, role=Role.unit_coordinator, unit_id=unit.id)
    make_accepted_offer(session, person_id, institution, "institution_coordinator")

    body = client.get("/internal/account-export", headers=as_person(person_id)).json()

    (asked,), (offered,) = body["role_requests"], body["offers"]
    assert (asked["institution"], asked["unit"]) == ("Δήμος Β", "Τμήμα Β")
    assert (asked["institution_id"], asked["unit_id"]) == (str(elsewhere.id), str(unit.id))
    assert (offered["institution"], offered["unit"]) == ("Δήμος Α", None)


def test_collaborations_are_told_by_side_without_the_other_one(session, client, as_person):
    institution = make_institution(session)
    mine, other = (make_member(session, institution, role=Role.unit_coordinator) for _ in range(2))
    make_collaboration(session, institution, owner=mine, collaborator=other)

    body = client.get("/internal/account-export", headers=as_person(mine)).json()

    assert [each["state"] for each in body["collaborators"]] == ["pending"]
    assert body["helping"] == []
    assert str(other) not in str(body)


def test_somebody_unknown_has_nothing(client, as_person):
    body = client.get("/internal/account-export", headers=as_person(uuid4(), state="awaiting_activation")).json()

    assert body == {kind: [] for kind in KINDS} | {"membership": None}


def test_without_a_token_there_is_no_part(client):
    assert client.get("/internal/account-export").status_code == 401
