import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.ids import new_id
from orgs.models import Institution, Membership
from orgs.rules.institutions import CATCH_ALL_ID, State
from orgs.rules.memberships import Role

from ..factories import make_institution, make_unit

ACTIVATED = "identity.person.activated.v1"
EVENTS = Path(__file__).parents[4] / "contracts" / "events"


def examples(type_: str) -> list[dict[str, Any]]:
    return json.loads((EVENTS / f"{type_}.json").read_text("utf-8"))["examples"]


def activated(**changes: Any) -> dict[str, Any]:
    return {**examples(ACTIVATED)[0], "person_id": str(uuid4()), "institution_ids": [], "invitation": None, **changes}


def invitation(institution_id: UUID | None = None, offer: dict[str, Any] | None = None) -> dict[str, Any]:
    inviting = str(institution_id) if institution_id else None
    return {"id": str(uuid4()), "inviter_id": str(uuid4()), "institution_id": inviting, "offer": offer}


def membership_of(session: Session, fact: dict[str, Any]) -> Membership:
    return session.get_one(Membership, UUID(fact["person_id"]))


@pytest.mark.parametrize("example", examples(ACTIVATED))
def test_every_activated_person_has_one_membership(session: Session, deliver, published, example) -> None:
    for institution_id in example["institution_ids"]:
        make_institution(session, id=UUID(institution_id))

    outcome = deliver(ACTIVATED, example)

    assert outcome == "done"
    membership = membership_of(session, example)
    (told,) = published(session, "orgs.membership.changed.v1")
    assert (told.subject, told.sequence) == (example["person_id"], membership.version)
    assert told.data["institution_id"] == str(membership.institution_id)


def test_the_chosen_body_comes_first(session: Session, deliver) -> None:
    chosen, other = make_institution(session), make_institution(session)
    fact = activated(institution_ids=[str(chosen.id), str(other.id)], invitation=invitation(other.id))

    deliver(ACTIVATED, fact)

    membership = membership_of(session, fact)
    assert (membership.institution_id, membership.unit_id) == (chosen.id, chosen.general_unit_id)
    assert (membership.role, membership.platform_administrator) == (Role.user, False)


def test_without_a_body_the_inviters_institution_takes_the_person(session: Session, deliver) -> None:
    inviting = make_institution(session)
    fact = activated(invitation=invitation(inviting.id))

    deliver(ACTIVATED, fact)

    assert membership_of(session, fact).institution_id == inviting.id


def test_whom_nobody_claims_belongs_to_public_administration(session: Session, deliver) -> None:
    closed: Institution = make_institution(session)
    closed.state = State.closed
    fact = activated(institution_ids=[str(closed.id)])

    deliver(ACTIVATED, fact)

    membership = membership_of(session, fact)
    assert membership.institution_id == CATCH_ALL_ID
    assert membership.unit_id == session.get_one(Institution, CATCH_ALL_ID).general_unit_id


def test_the_invitations_offer_is_granted_with_the_activation(session: Session, deliver, published) -> None:
    institution = make_institution(session)
    unit = make_unit(session, institution)
    offer = {"role": "unit_coordinator", "institution_id": str(institution.id), "unit_id": str(unit.id)}
    fact = activated(invitation=invitation(institution.id, offer))

    deliver(ACTIVATED, fact)

    membership = membership_of(session, fact)
    assert (membership.role, membership.unit_id) == (Role.unit_coordinator, unit.id)
    assert len(published(session, "orgs.membership.changed.v1")) == 1


def test_the_same_fact_twice_has_one_effect(session: Session, deliver, published) -> None:
    fact, id_ = activated(), new_id()

    outcomes = [deliver(ACTIVATED, fact, id=id_), deliver(ACTIVATED, fact, id=id_)]

    assert outcomes == ["done", "duplicate"]
    assert len(published(session, "orgs.membership.changed.v1")) == 1


def test_a_second_activation_leaves_the_membership_as_it_is(session: Session, deliver, published) -> None:
    fact = activated()
    deliver(ACTIVATED, fact)
    elsewhere = make_institution(session)

    deliver(ACTIVATED, {**fact, "institution_ids": [str(elsewhere.id)]}, sequence=2)

    assert membership_of(session, fact).institution_id == CATCH_ALL_ID
    assert len(published(session, "orgs.membership.changed.v1")) == 1


def test_an_institution_not_heard_of_is_waited_for(session: Session, deliver) -> None:
    fact = activated(institution_ids=[str(uuid4())])

    early = deliver(ACTIVATED, fact)
    make_institution(session, id=UUID(fact["institution_ids"][0]))
    later = deliver(ACTIVATED, fact)

    assert (early, later) == ("parked", "done")
    assert str(membership_of(session, fact).institution_id) == fact["institution_ids"][0]


def test_facts_about_one_person_at_once_make_one_membership(database: Engine, deliver) -> None:
    fact = activated()
    with db.transaction() as session:
        make_institution(session, id=CATCH_ALL_ID, name="Δημόσια Διοίκηση")

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda number: deliver(ACTIVATED, fact, sequence=number), range(1, 9)))

    assert outcomes == ["done"] * 8
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Membership)) == 1
