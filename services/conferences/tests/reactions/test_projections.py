"""What identity and orgs tell: once, twice, out of order, too early. The events' own examples are the input."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.clock import now
from conferences.models import (
    Collaboration,
    Institution,
    Membership,
    Participation,
    Person,
    PersonAddress,
    Registrant,
    Stay,
    Unit,
)
from conferences.reactions import REACTIONS

from ..factories import make_conference, make_participant, make_person

EVENTS = Path(__file__).parents[4] / "contracts" / "events"


def examples(type_: str) -> list[dict[str, Any]]:
    return list(json.loads((EVENTS / f"{type_}.json").read_text("utf-8"))["examples"])


@pytest.mark.parametrize(
    ("type_", "example"),
    [
        (type_, example)
        for type_ in REACTIONS
        for example in examples(type_)
        if "email_proven" not in type_ and example.get("aggregate", "conferences.").startswith("conferences.")
    ],
)
def test_every_published_example_is_understood(session, deliver, type_, example):
    assert deliver(type_, example) == "done"


def test_the_newest_state_of_a_person_counts(session, deliver):
    old, _, new = examples("identity.person.changed.v1")
    person_id = UUID(new["person_id"])
    deliver("identity.person.changed.v1", new, sequence=3)

    deliver("identity.person.changed.v1", {**old, "person_id": new["person_id"], "surname": "ΠΑΛΙΟ"}, sequence=2)

    assert session.get_one(Person, person_id).surname == "ΝΙΚΟΛΑΟΥ"
    owned = select(PersonAddress.email_folded).where(PersonAddress.person_id == person_id)
    assert session.scalars(owned).all() == ["n.nikolaou@example.org"]
    deliver("identity.person.changed.v1", {**new, "emails": [], "email": None}, sequence=4)
    assert session.scalars(owned).all() == []


def test_memberships_institutions_and_units_are_copied(session, deliver):
    membership = examples("orgs.membership.changed.v1")[0]
    for sequence, role in ((2, "user"), (1, "unit_coordinator")):
        deliver("orgs.membership.changed.v1", {**membership, "role": role}, sequence=sequence)
    deliver("orgs.institution.changed.v1", examples("orgs.institution.changed.v1")[0])
    deliver("orgs.unit.changed.v1", {**examples("orgs.unit.changed.v1")[0], "state": "closed"})

    assert session.scalars(select(Membership.role)).one() == "user"
    assert session.scalars(select(Institution.name)).one() == "Υπουργείο Ψηφιακής Διακυβέρνησης"
    assert session.scalars(select(Unit.state)).one() == "closed"


def test_the_newest_state_of_a_collaboration_counts(session, deliver):
    type_ = "orgs.collaboration.changed.v1"
    asked, accepted, rejected, *_ = examples(type_)
    active = select(Collaboration.active)

    deliver(type_, accepted, sequence=2)
    deliver(type_, asked, sequence=1)
    assert session.scalars(active).one() is True
    deliver(type_, rejected, sequence=3)
    deliver(type_, accepted, sequence=2)
    assert session.scalars(active).one() is False


def test_a_proof_about_somebody_not_heard_of_waits(session, deliver):
    example = examples("identity.person.email_proven.v1")[0]

    assert deliver("identity.person.email_proven.v1", example) == "parked"


def test_a_guests_place_becomes_the_persons(session, coordinator, deliver, published):
    conference = make_conference(session, owner=coordinator)
    guest = make_participant(session, conference, email="New@Example.org", name="Νίκος")
    example = {**examples("identity.person.changed.v1")[2], "email": "new@example.org"}
    example["emails"] = [{"email": "new@example.org", "primary": True, "proof": "link"}]

    for _ in range(2):
        deliver("identity.person.changed.v1", example, sequence=5)

    assert guest.person_id == UUID(example["person_id"])
    assert conference.participant_count == 1
    assert published(session) == []


def test_a_place_stays_the_persons_when_its_address_is_given_up_and_later_ones_do_not_become_theirs(
    session, coordinator, deliver
):
    state = examples("identity.person.changed.v1")[2]
    extra = {"email": "extra@example.org", "primary": False, "proof": "link"}
    conference, later = (make_conference(session, owner=coordinator) for _ in range(2))
    place = make_participant(session, conference, email="extra@example.org", name="Νίκος")
    deliver("identity.person.changed.v1", {**state, "emails": [*state["emails"], extra]}, sequence=1)

    deliver("identity.person.changed.v1", state, sequence=2)
    given_later = make_participant(session, later, email="extra@example.org", name="Νίκος")
    deliver("identity.person.changed.v1", state, sequence=3)

    assert place.person_id == UUID(state["person_id"])
    assert given_later.person_id is None


def test_a_proof_heard_of_after_the_address_was_given_up_does_not_bring_it_back(session, coordinator, deliver):
    state = examples("identity.person.changed.v1")[2]
    place = make_participant(session, make_conference(session, owner=coordinator), email="extra@example.org")
    deliver("identity.person.changed.v1", state, sequence=5)
    proof = {"person_id": state["person_id"], "email": "extra@example.org"}

    late = deliver("identity.person.email_proven.v1", proof, subject=state["person_id"], sequence=4)

    assert late == "done"
    assert place.person_id is None
    deliver("identity.person.email_proven.v1", proof, subject=state["person_id"], sequence=6)
    assert place.person_id == UUID(state["person_id"])


def test_whose_sign_in_is_closed_keeps_the_places_to_come_as_a_guest(session, coordinator, deliver):
    state = examples("identity.person.changed.v1")[2]
    closed = {**state, "status": "disabled", "disabled_reason": "not_employed"}
    (address,) = (entry["email"] for entry in state["emails"])
    to_come = make_conference(session, owner=coordinator)
    over = make_conference(session, owner=coordinator, starts_at=now() - timedelta(hours=3))
    deliver("identity.person.changed.v1", state, sequence=1)
    person_id = UUID(state["person_id"])
    place, past = (make_participant(session, each, email=address, person_id=person_id) for each in (to_come, over))

    deliver("identity.person.changed.v1", closed, sequence=2)
    session.expire_all()

    assert (place.person_id, place.name) == (None, "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ")
    assert past.person_id == person_id
    assert session.scalars(select(PersonAddress.email_folded).where(PersonAddress.person_id == person_id)).all() == []
    deliver("identity.person.changed.v1", state, sequence=3)
    assert place.person_id == person_id, "signing in again brings them back"


def test_two_places_of_one_person_become_one_with_the_attendance_of_both(session, coordinator, deliver):
    conference = make_conference(session, owner=coordinator)
    person = make_person(session)
    kept = make_participant(session, conference, person_id=person)
    other = make_participant(session, conference, email="other@example.org", invited_at=now())
    third = make_participant(session, conference, email="third@example.org")

    for address in ("other@example.org", "third@example.org", "other@example.org"):
        deliver("identity.person.email_proven.v1", {"person_id": str(person), "email": address})

    assert (other.united_into, third.united_into, kept.united_into) == (kept.id, kept.id, None)
    assert conference.participant_count == 1
    assert kept.invited_at is not None


def test_an_address_added_while_it_was_proven_is_attached_at_the_second_look(session, coordinator, deliver, run_timer):
    conference = make_conference(session, owner=coordinator)
    person = make_person(session)
    deliver("identity.person.email_proven.v1", {"person_id": str(person), "email": "other@example.org"})
    guest = make_participant(
        session, conference, email="other@example.org"
    )  # committed by somebody who could not see it

    run_timer("people.attach", person)

    assert guest.person_id == person


def test_a_removed_place_united_with_a_kept_one_leaves_the_kept_one(session, coordinator, deliver):
    conference = make_conference(session, owner=coordinator)
    person = make_person(session)
    removed = make_participant(session, conference, person_id=person, removed_at=now())
    guest = make_participant(session, conference, email="other@example.org")

    deliver("identity.person.email_proven.v1", {"person_id": str(person), "email": "other@example.org"})

    assert (removed.removed_at, guest.united_into, conference.participant_count) == (None, removed.id, 1)


def test_a_managers_row_becomes_a_place_when_the_invited_address_is_theirs(session, coordinator, deliver):
    conference = make_conference(session, owner=coordinator)
    manager = make_participant(session, conference, person_id=coordinator, is_manager=True)
    make_participant(session, conference, email="mine@example.org")
    assert conference.participant_count == 1

    deliver("identity.person.email_proven.v1", {"person_id": str(coordinator), "email": "mine@example.org"})

    assert (manager.is_manager, conference.participant_count) == (False, 1)
    assert session.scalars(select(Registrant)).all() == session.scalars(select(Stay)).all() == []
    assert len(session.scalars(select(Participation)).all()) == 2
