"""The end of a coordinator's role, and what the page before it shows (S14)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit, crypto
from chassis.audit import AuditRow
from orgs.rules.memberships import Role
from orgs.rules.role_requests import State as RequestState

from ..conftest import NOTIFICATIONS_KEY
from ..factories import make_administrator, make_institution, make_member, make_role_request

DEMOTED = "orgs.membership.demoted.v1"


@pytest.fixture
def here(session: Session):
    return make_institution(session, name="Υπουργείο Εσωτερικών")


@pytest.fixture
def leader(session: Session, here) -> UUID:
    return make_member(session, here, role=Role.institution_coordinator)


def demote(client: Any, headers: Any, person_id: UUID) -> Any:
    return client.post(f"/api/v1/coordinators/{person_id}/demotion", headers=headers)


def test_a_unit_coordinator_becomes_a_plain_user(session, client, as_person, published, here, leader) -> None:
    other = make_member(session, here, role=Role.unit_coordinator, surname="ΝΙΚΟΛΑΟΥ", name="ΝΙΚΟΣ")

    answer, again = (demote(client, as_person(leader), other) for _ in range(2))

    assert (answer.status_code, answer.json()["role"]) == (200, "user")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-a-coordinator")
    (told,) = published(session, DEMOTED)
    secret = crypto.unseal(NOTIFICATIONS_KEY.as_dict(private=True), told.data["sealed"])
    assert secret == {"surname": "ΝΙΚΟΛΑΟΥ", "name": "ΝΙΚΟΣ", "institution_name": "Υπουργείο Εσωτερικών"}
    audit.write(session)
    (kept,) = session.scalars(select(AuditRow))
    assert (kept.act, kept.actor_id, kept.object_id) == ("role.demoted", leader, other)


def test_never_another_institution_coordinator_nor_oneself(session, client, as_person, here, leader) -> None:
    fellow = make_member(session, here, role=Role.institution_coordinator)
    stranger = make_member(session, make_institution(session), role=Role.unit_coordinator)

    answers = [demote(client, as_person(leader), who) for who in (fellow, leader, stranger, uuid4())]

    assert [answer.status_code for answer in answers] == [403, 403, 404, 404]
    assert [answer.json().get("reason") for answer in answers[:2]] == ["institution-coordinator", "own-role"]


def test_who_runs_the_platform_demotes_institution_coordinators(session, client, as_person, published, leader) -> None:
    answer = demote(client, as_person(make_administrator(session), mfa=True), leader)

    assert answer.json()["role"] == "user"
    assert len(published(session, "orgs.institution.uncoordinated.v1")) == 1


def test_details_say_why_the_role_was_asked_for(session, client, as_person, here, leader) -> None:
    other = make_member(session, here, role=Role.unit_coordinator, surname="ΝΙΚΟΛΑΟΥ", name="ΝΙΚΟΣ", number=100042)
    asked = {"role": Role.unit_coordinator, "unit_id": here.general_unit_id, "reason": "Για τα ΚΕΠ."}
    make_role_request(session, here, person_id=other, state=RequestState.accepted, **asked)
    path = f"/internal/coordinators/{other}"

    body = client.get(path, headers=as_person(leader)).json()

    assert (body["number"], body["surname"], body["description"]) == (100042, "ΝΙΚΟΛΑΟΥ", "Για τα ΚΕΠ.")
    assert body["institution"]["name"] == "Υπουργείο Εσωτερικών"
    assert body["may"] == ["demote"]
    unit_coordinator = as_person(other)
    assert client.get(path, headers=unit_coordinator).status_code == 404
    user = make_member(session, here)
    assert client.get(f"/internal/coordinators/{user}", headers=as_person(leader)).status_code == 404
