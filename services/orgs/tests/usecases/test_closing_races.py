"""A unit or institution is closed while somebody comes in: one of the two was first, and the other is told."""

from collections import Counter
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select

from chassis import db
from orgs.models import Institution, Membership, RoleRequest, Unit
from orgs.rules.institutions import State
from orgs.rules.memberships import Role
from orgs.rules.role_requests import State as RequestState

from ..factories import make_administrator, make_institution, make_member, make_membership, make_unit
from ..reactions.test_invitation_accepted import ACCEPTED, accepted, offer_of
from ..reactions.test_person_activated import ACTIVATED, activated, invitation
from .test_races import at_once

ROUNDS = 6


@pytest.fixture
def institution_id(database: Engine, client) -> UUID:
    client.get("/health/live")  # connexion builds itself on its first request, one at a time
    with db.transaction() as session:
        return make_institution(session).id


@pytest.fixture
def lead(institution_id: UUID, as_person) -> dict[str, str]:
    with db.transaction() as session:
        institution = session.get_one(Institution, institution_id)
        return as_person(make_membership(session, institution, role=Role.institution_coordinator).person_id)


@pytest.fixture
def administrator(database: Engine, as_person) -> dict[str, str]:
    with db.transaction() as session:
        return as_person(make_administrator(session), mfa=True)


def test_nobody_is_in_a_unit_that_was_closed_while_they_chose_it(client, as_person, institution_id, lead) -> None:
    for _ in range(ROUNDS):
        unit_id, people = unit_and_people(institution_id, 4)
        choices = [
            partial(client.put, "/api/v1/account/unit", json={"unit_id": str(unit_id)}, headers=as_person(each))
            for each in people
        ]

        closed, *chosen = at_once(partial(client.delete, f"/api/v1/units/{unit_id}", headers=lead), *choices)

        inside = sum(answer.status_code == 200 for answer in chosen)
        assert {answer.status_code for answer in chosen} <= {200, 422}
        ensure_one_outcome(closed, Unit, unit_id, inside)
        with db.transaction() as session:
            members = select(func.count()).select_from(Membership).where(Membership.unit_id == unit_id)
            assert session.scalar(members) == inside


def test_nobody_asks_for_a_role_in_a_unit_that_was_closed_meanwhile(client, as_person, institution_id, lead) -> None:
    for _ in range(ROUNDS):
        unit_id, people = unit_and_people(institution_id, 3)
        wish = {
            "role": "unit_coordinator",
            "institution_id": str(institution_id),
            "unit_id": str(unit_id),
            "phone": "2101234567",
            "reason": "Οργανώνω τηλεδιασκέψεις.",
        }
        asking = [partial(client.post, "/api/v1/role-requests", json=wish, headers=as_person(each)) for each in people]

        closed, *asked = at_once(partial(client.delete, f"/api/v1/units/{unit_id}", headers=lead), *asking)

        open_there = sum(answer.status_code == 201 for answer in asked)
        assert {answer.status_code for answer in asked} <= {201, 422}
        ensure_one_outcome(closed, Unit, unit_id, open_there)
        with db.transaction() as session:
            there = (RoleRequest.unit_id == unit_id, RoleRequest.state == RequestState.open)
            assert session.scalar(select(func.count()).select_from(RoleRequest).where(*there)) == open_there


def test_nobody_is_invited_to_a_unit_that_was_closed_meanwhile(client, institution_id, lead) -> None:
    for number in range(ROUNDS):
        unit_id, _ = unit_and_people(institution_id, 0)
        wanted = {
            "role": "unit_coordinator",
            "unit_id": str(unit_id),
            "surname": "ΝΙΚΟΛΑΟΥ",
            "name": "ΝΙΚΟΣ",
            "email": f"n{number}@digital.example",
        }
        path = f"/api/v1/institutions/{institution_id}/coordinator-invitations"

        closed, invited = at_once(
            partial(client.delete, f"/api/v1/units/{unit_id}", headers=lead),
            partial(client.post, path, json=wanted, headers=lead),
        )

        assert invited.status_code in (201, 422), invited.text
        ensure_one_outcome(closed, Unit, unit_id, invited.status_code == 201)


def test_an_accepted_offer_leads_to_an_open_unit(client, deliver, institution_id, lead) -> None:
    for _ in range(ROUNDS):
        unit_id, (person_id, *_) = unit_and_people(institution_id, 1)
        offer = offer_of(Role.unit_coordinator, institution_id, unit_id)
        fact = accepted(person_id, offer, invitation_id=str(uuid4()))

        closed, heard = at_once(
            partial(client.delete, f"/api/v1/units/{unit_id}", headers=lead), partial(deliver, ACCEPTED, fact)
        )

        assert heard == "done"
        with db.transaction() as session:
            membership = session.get_one(Membership, person_id)
            assert membership.role == Role.unit_coordinator
            ensure_one_outcome(closed, Unit, unit_id, membership.unit_id == unit_id)


def test_nobody_begins_to_coordinate_an_institution_that_was_closed_meanwhile(
    client, deliver, database, administrator
) -> None:
    for _ in range(ROUNDS):
        with db.transaction() as session:
            institution_id = make_institution(session).id
        offer = offer_of(Role.unit_coordinator, institution_id)
        fact = activated(invitation=invitation(institution_id, offer))

        closed, heard = at_once(
            partial(client.post, f"/api/v1/institutions/{institution_id}/closure", headers=administrator),
            partial(deliver, ACTIVATED, fact),
        )

        assert heard == "done"
        with db.transaction() as session:
            membership = session.get_one(Membership, UUID(fact["person_id"]))
            assert (membership.role == Role.unit_coordinator) == (membership.institution_id == institution_id)
            ensure_one_outcome(closed, Institution, institution_id, membership.institution_id == institution_id)


def test_of_many_who_want_one_name_one_has_it(client, institution_id, lead, administrator) -> None:
    bodies = [
        partial(client.post, "/api/v1/institutions", json={"name": name}, headers=administrator)
        for name in ("Δήμος Πατρέων", "ΔΗΜΟΣ ΠΑΤΡΕΩΝ") * 4
    ]
    units = [
        partial(client.post, f"/api/v1/institutions/{institution_id}/units", json={"name": name}, headers=lead)
        for name in ("Αρχείο", "ΑΡΧΕΙΟ") * 4
    ]

    for answers in (at_once(*bodies), at_once(*units)):
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
        assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"/problems/name-taken"}


def unit_and_people(institution_id: UUID, number: int) -> tuple[UUID, list[UUID]]:
    with db.transaction() as session:
        institution = session.get_one(Institution, institution_id)
        return make_unit(session, institution).id, [make_member(session, institution) for _ in range(number)]


def ensure_one_outcome(answer, model: type[Unit | Institution], id_: UUID, inside: int) -> None:
    with db.transaction() as session:
        state = session.get_one(model, id_).state
    if inside:
        assert (answer.status_code, state) == (409, State.active)
    else:
        assert (answer.status_code in (200, 204), state) == (True, State.closed)
