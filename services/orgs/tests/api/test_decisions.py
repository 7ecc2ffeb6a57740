"""Answering role requests, and who is told of them (S16)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit, crypto
from chassis.audit import AuditRow
from orgs.models import Membership, RoleRequest
from orgs.rules.institutions import State as InstitutionState
from orgs.rules.memberships import Role
from orgs.rules.role_requests import State

from ..conftest import NOTIFICATIONS_KEY
from ..factories import make_institution, make_member, make_membership, make_role_request, make_unit
from ..usecases.test_erasing import ERASED
from ..usecases.test_erasing import fact as erased

REQUESTS = "/api/v1/role-requests"
OPENED, ACCEPTED, REJECTED = (f"orgs.role_request.{state}.v1" for state in ("opened", "accepted", "rejected"))
MOVED, UNCOORDINATED = "orgs.membership.changed.v1", "orgs.institution.uncoordinated.v1"


@pytest.fixture
def here(session: Session):
    return make_institution(session, name="Υπουργείο Εσωτερικών", employment_api_id="1310")


@pytest.fixture
def leader(session: Session, here) -> UUID:
    return make_member(session, here, role=Role.institution_coordinator)


@pytest.fixture
def administrator(session: Session) -> UUID:
    member = make_membership(session, make_institution(session))
    member.platform_administrator = True
    session.flush()
    return member.person_id


def opened(fact: Any) -> dict[str, Any]:
    return crypto.unseal(NOTIFICATIONS_KEY.as_dict(private=True), fact.data["sealed"])


def decide(client, request: Any, act: str, headers: Any, **body: Any) -> Any:
    path = f"{REQUESTS}/{request.id}/{act}"
    return client.post(path, json=body, headers=headers) if act == "rejection" else client.post(path, headers=headers)


def test_accepting_gives_the_role_at_once(session, client, as_person, published, here, leader) -> None:
    unit = make_unit(session, here, name="Διεύθυνση Πληροφορικής")
    me = make_member(session, here, surname="ΝΙΚΟΛΑΟΥ", name="ΝΙΚΟΣ")
    request = make_role_request(session, here, person_id=me, role=Role.unit_coordinator, unit_id=unit.id)

    answer = decide(client, request, "acceptance", as_person(leader))

    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    assert answer.json()["updated_at"] >= answer.json()["created_at"]
    membership = session.get_one(Membership, me)
    assert (membership.role, membership.unit_id) == (Role.unit_coordinator, unit.id)
    (moved,) = published(session, MOVED)[-1:]
    assert (moved.data["person_id"], moved.data["role"]) == (str(me), "unit_coordinator")
    (told,) = published(session, ACCEPTED)
    assert (told.data["person_id"], told.sequence) == (str(me), 2)
    assert opened(told) == {
        "surname": "ΝΙΚΟΛΑΟΥ",
        "name": "ΝΙΚΟΣ",
        "institution_name": "Υπουργείο Εσωτερικών",
        "unit_name": "Διεύθυνση Πληροφορικής",
        "comment": None,
    }


def test_rejecting_changes_nothing_but_says_why(session, client, as_person, published, here, leader) -> None:
    request = make_role_request(session, here)

    answer = decide(client, request, "rejection", as_person(leader), comment="  Υπάρχει ήδη Συντονιστής. ")

    assert (answer.json()["state"], answer.json()["comment"]) == ("rejected", "Υπάρχει ήδη Συντονιστής.")
    assert session.get_one(Membership, request.person_id).role == Role.user
    (told,) = published(session, REJECTED)
    assert opened(told)["comment"] == "Υπάρχει ήδη Συντονιστής."
    assert "Υπάρχει" not in str({**told.data, "sealed": ""}), "people's words travel sealed"


def test_a_rejection_needs_no_comment(session, client, as_person, here, leader) -> None:
    answers = [
        decide(client, make_role_request(session, here), "rejection", as_person(leader), **body)
        for body in ({}, {"comment": None}, {"comment": " "})
    ]

    assert [(answer.status_code, answer.json()["comment"]) for answer in answers] == [(200, None)] * 3


@pytest.mark.parametrize("comment", ["α" * 2001, 7, "\0"])
def test_a_malformed_comment_is_refused(session, client, as_person, here, leader, comment: Any) -> None:
    request = make_role_request(session, here)

    answer = decide(client, request, "rejection", as_person(leader), comment=comment)

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
    assert request.state == State.open


@pytest.mark.parametrize(
    ("role", "named", "expected"),
    [
        (Role.institution_coordinator, None, "present"),
        (Role.institution_coordinator, "open", "named"),
        (Role.unit_coordinator, "open", "named"),
        (Role.unit_coordinator, "closed", "general"),
    ],
)
def test_the_unit_at_home(session, client, as_person, here, leader, role: Role, named: Any, expected: str) -> None:
    units = {"named": make_unit(session, here), "present": make_unit(session, here)}
    me = make_member(session, here)
    session.get_one(Membership, me).unit_id = units["present"].id
    unit_id = units["named"].id if named else None
    request = make_role_request(session, here, person_id=me, role=role, unit_id=unit_id)
    if named == "closed":
        units["named"].state = InstitutionState.closed
    session.flush()

    decide(client, request, "acceptance", as_person(leader))

    membership = session.get_one(Membership, me)
    wanted = here.general_unit_id if expected == "general" else units[expected].id
    assert (membership.role, membership.unit_id) == (role, wanted)


def test_accepted_elsewhere_one_belongs_there_and_leaves_the_old_place(
    session, client, as_person, published, here, leader, administrator
) -> None:
    old = make_institution(session, name="Δήμος Αθηναίων")
    me = make_member(session, old, role=Role.institution_coordinator, employment_bodies=["1310"])
    waiting = make_role_request(session, old)
    request = make_role_request(session, here, person_id=me)

    decide(client, request, "acceptance", as_person(leader))

    membership = session.get_one(Membership, me)
    assert (membership.institution_id, membership.unit_id) == (here.id, here.general_unit_id)
    assert membership.role == Role.institution_coordinator
    (told,) = published(session, UNCOORDINATED)
    assert told.data == {
        "institution_id": str(old.id),
        "institution_name": "Δήμος Αθηναίων",
        "administrator_ids": [str(administrator)],
        "open_requests": 1,
    }
    assert waiting.state == State.open


@pytest.mark.parametrize("act", ["acceptance", "rejection"])
@pytest.mark.parametrize("state", [State.accepted, State.rejected, State.withdrawn])
def test_what_is_closed_is_decided_no_more(session, client, as_person, here, leader, act: str, state: State) -> None:
    request = make_role_request(session, here, state=state)

    answer = decide(client, request, act, as_person(leader))

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/role-request-closed")
    assert answer.json()["state"] == state


@pytest.mark.parametrize("act", ["acceptance", "rejection"])
def test_who_may_decide(session, client, as_person, here, administrator, act: str) -> None:
    request = make_role_request(session, here)
    lead_elsewhere = make_member(session, make_institution(session), role=Role.institution_coordinator)
    others = {
        "applicant": (request.person_id, {}, 403, "own-request"),
        "unit coordinator": (make_member(session, here, role=Role.unit_coordinator), {}, 404, None),
        "lead elsewhere": (lead_elsewhere, {}, 404, None),
        "administrator by one factor": (administrator, {}, 404, None),
    }

    for name, (person_id, claims, status, reason) in others.items():
        answer = decide(client, request, act, as_person(person_id, **claims))
        assert (answer.status_code, answer.json().get("reason")) == (status, reason), name
    assert request.state == State.open
    assert decide(client, request, act, as_person(administrator, mfa=True)).status_code == 200


def test_nobody_decides_about_their_own_request_whatever_they_run(session, client, as_person, here) -> None:
    me = make_member(session, here)
    session.get_one(Membership, me).platform_administrator = True
    request = make_role_request(session, here, person_id=me)

    answer = decide(client, request, "acceptance", as_person(me, mfa=True))

    assert (answer.status_code, answer.json()["reason"]) == (403, "own-request")


def test_an_unknown_request_is_not_there(client, as_person, administrator) -> None:
    answer = client.post(f"{REQUESTS}/{uuid4()}/acceptance", headers=as_person(administrator, mfa=True))

    assert answer.status_code == 404


def test_a_decision_is_kept_with_who_made_it(session, client, as_person, here, leader) -> None:
    request = make_role_request(session, here)

    decide(client, request, "acceptance", as_person(leader))

    audit.write(session)
    kept = session.scalars(select(AuditRow).order_by(AuditRow.position)).all()
    assert [(row.act, row.actor_id, row.object_id) for row in kept] == [
        ("role_request.accepted", leader, request.id),
        ("role.granted", leader, request.person_id),
    ]


def ask(client, as_person, me: UUID, institution: Any) -> None:
    body = {"role": "institution_coordinator", "institution_id": str(institution.id)}
    body |= {"phone": "2101234567", "reason": "Οργανώνω τα ΚΕΠ."}
    assert client.post(REQUESTS, json=body, headers=as_person(me)).status_code == 201


def test_who_decides_is_told_of_a_new_request(session, client, as_person, published, here, leader) -> None:
    make_member(session, here, role=Role.institution_coordinator, status="disabled")
    make_member(session, here, role=Role.unit_coordinator)
    me = make_member(session, here, surname="ΝΙΚΟΛΑΟΥ", name="ΝΙΚΟΣ")

    ask(client, as_person, me, here)

    (told,) = published(session, OPENED)
    assert told.data["approver_ids"] == [str(leader)]
    assert told.data["approver_role"] == "institution_coordinator"
    assert opened(told) == {
        "applicant": "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ",
        "institution_name": "Υπουργείο Εσωτερικών",
        "unit_name": None,
    }


def test_without_a_coordinator_those_who_run_the_platform_are_told(
    session, client, as_person, published, here, administrator
) -> None:
    make_member(session, here, role=Role.institution_coordinator, status="disabled")

    ask(client, as_person, make_member(session, here), here)

    (told,) = published(session, OPENED)
    assert (told.data["approver_ids"], told.data["approver_role"]) == ([str(administrator)], "platform_administrator")


@pytest.mark.parametrize("others", [0, 1])
def test_when_the_last_coordinator_steps_down_those_who_run_the_platform_are_told(
    session, client, as_person, published, here, leader, administrator, others: int
) -> None:
    for _ in range(others):
        make_member(session, here, role=Role.institution_coordinator)

    client.post("/api/v1/account/step-down", json={"role": "unit_coordinator"}, headers=as_person(leader))

    assert len(published(session, UNCOORDINATED)) == 1 - others


def test_a_unit_coordinator_who_steps_down_leaves_nobody_alone(session, client, as_person, published, here) -> None:
    me = make_member(session, here, role=Role.unit_coordinator)

    client.post("/api/v1/account/step-down", json={"role": "user"}, headers=as_person(me))

    assert published(session, UNCOORDINATED) == []


def test_when_the_last_coordinator_is_erased_those_who_run_the_platform_are_told(
    session, deliver, published, here, leader, administrator
) -> None:
    assert deliver(ERASED, erased(leader), sequence=9) == "done"

    (told,) = published(session, UNCOORDINATED)
    assert told.data["administrator_ids"] == [str(administrator)]


def test_a_request_is_gone_with_the_applicant(session, client, as_person, deliver, here, leader) -> None:
    request = make_role_request(session, here)
    id_ = request.id
    deliver(ERASED, erased(request.person_id), sequence=9)

    assert session.get(RoleRequest, id_) is None
    assert client.post(f"{REQUESTS}/{id_}/acceptance", headers=as_person(leader)).status_code == 404
