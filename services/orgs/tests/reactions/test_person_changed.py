"""What identity says of people, and what it does to what they asked for."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.audit import AuditRow
from chassis.ids import new_id
from orgs.models import Person, RoleRequest
from orgs.rules.memberships import Role
from orgs.rules.role_requests import Because, State

from ..factories import make_accepted_offer, make_institution, make_membership, make_role_request, make_unit
from .test_person_activated import ACTIVATED, activated, examples

CHANGED, WITHDRAWN = "identity.person.changed.v1", "orgs.role_request.withdrawn.v1"


def changed(person_id: UUID, **changes: Any) -> dict[str, Any]:
    return {**examples(CHANGED)[0], "person_id": str(person_id), "employment_bodies": [], **changes}


@pytest.mark.parametrize("example", examples(CHANGED))
def test_people_are_remembered_as_identity_tells_them(session: Session, deliver, example) -> None:
    assert deliver(CHANGED, example, sequence=3) == "done"

    person = session.get_one(Person, UUID(example["person_id"]))
    names = ("number", "surname", "name", "email", "status", "employment", "employment_bodies")
    assert {name: getattr(person, name) for name in names} == {name: example[name] for name in names}


def test_an_activation_says_it_all_as_well(session: Session, deliver) -> None:
    fact = activated(employment="pending")

    deliver(ACTIVATED, fact, sequence=2)

    assert session.get_one(Person, UUID(fact["person_id"])).employment == "pending"


def test_what_was_overtaken_changes_nothing_and_twice_is_once(session: Session, deliver) -> None:
    person_id, id_ = uuid4(), new_id()
    newer = changed(person_id, surname="ΝΕΑ")

    outcomes = [
        deliver(CHANGED, newer, sequence=5, id=id_),
        deliver(CHANGED, newer, sequence=5, id=id_),
        deliver(CHANGED, changed(person_id, surname="ΠΑΛΙΑ"), sequence=4),
    ]

    assert outcomes == ["done", "duplicate", "done"]
    assert session.get_one(Person, person_id).surname == "ΝΕΑ"


def test_a_sender_of_before_says_nothing_of_bodies(session: Session, deliver) -> None:
    fact = changed(uuid4())
    del fact["employment_bodies"]

    assert deliver(CHANGED, fact) == "done"
    assert session.get_one(Person, UUID(fact["person_id"])).employment_bodies == []


@pytest.fixture
def request_of_somebody(session: Session, deliver) -> RoleRequest:
    """Employed, and asks to coordinate the institution that the register names, elsewhere than the own."""
    named = make_institution(session, employment_api_id="2047")
    person_id = make_membership(session, make_institution(session)).person_id
    deliver(CHANGED, changed(person_id, employment_bodies=["2047"]), sequence=1)
    return make_role_request(session, named, person_id=person_id)


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"employment_bodies": ["2047"], "email": "new@digital.example"}, None),
        ({"employment_bodies": ["2047", "1310"]}, None),
        ({"employment_bodies": ["1310"]}, Because.institution_left),
        ({"employment": "none"}, Because.employment_ended),
        (
            {"employment_bodies": ["2047"], "status": "disabled", "disabled_reason": "administrator"},
            Because.account_closed,
        ),
    ],
)
def test_a_request_ends_with_what_it_stood_on(
    session: Session, deliver, published, request_of_somebody: RoleRequest, changes, because: Because | None
) -> None:
    deliver(CHANGED, changed(request_of_somebody.person_id, **changes), sequence=2)

    assert request_of_somebody.withdrawn_because == because
    assert request_of_somebody.state == (State.open if because is None else State.withdrawn)
    assert [told.data["because"] for told in published(session, WITHDRAWN)] == ([because] if because else [])
    audit.write(session)
    kept = session.scalars(select(AuditRow)).all()
    assert [(row.act, row.actor_id) for row in kept] == ([("role_request.withdrawn", None)] if because else [])


def test_an_older_fact_ends_no_request(session: Session, deliver, request_of_somebody: RoleRequest) -> None:
    person_id = request_of_somebody.person_id
    deliver(CHANGED, changed(person_id, employment_bodies=["2047"]), sequence=9)

    deliver(CHANGED, changed(person_id, employment="none"), sequence=8)

    assert request_of_somebody.state == State.open


def test_the_request_of_an_invited_coordinator_does_not_hang_on_employment(session: Session, deliver) -> None:
    institution = make_institution(session)
    me = make_membership(session, institution, role=Role.unit_coordinator).person_id
    make_accepted_offer(session, me, institution, "unit_coordinator")
    request = make_role_request(session, institution, person_id=me)

    deliver(CHANGED, changed(me, employment="none"))

    assert request.state == State.open


@pytest.mark.parametrize(
    ("offered", "where", "because"),
    [
        ("unit_coordinator", "here", None),
        ("institution_coordinator", "here", Because.role_held),
        ("unit_coordinator", "elsewhere", Because.institution_left),
    ],
)
def test_an_accepted_offer_ends_what_it_makes_pointless(
    session: Session, deliver, offered: str, where: str, because: Because | None
) -> None:
    places = {"here": make_institution(session), "elsewhere": make_institution(session)}
    me = make_membership(session, places["here"]).person_id
    deliver(CHANGED, changed(me))
    request = make_role_request(session, places["here"], person_id=me)
    place = places[where]
    offer = {"role": offered, "institution_id": str(place.id), "unit_id": str(make_unit(session, place).id)}
    accepted = {**examples("identity.invitation.accepted.v1")[0], "person_id": str(me), "offer": offer}

    deliver("identity.invitation.accepted.v1", {**accepted, "invitation_id": str(uuid4())})

    assert request.withdrawn_because == because
