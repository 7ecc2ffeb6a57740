"""What orgs tells us, from the examples of its schemas: once, twice, out of order."""

import json
from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

from identity import queries
from identity.models import Institution, Membership
from identity.rules.invitations import Role

from ..conftest import ROOT

INSTITUTION, MEMBERSHIP = "orgs.institution.changed.v1", "orgs.membership.changed.v1"


def example(type_: str) -> dict:
    return json.loads((ROOT / "contracts" / "events" / f"{type_}.json").read_text("utf-8"))["examples"][0]


def test_an_institution_is_found_by_the_registers_id(session: Session, deliver: Callable) -> None:
    data = {**example(INSTITUTION), "employment_api_id": "0731"}

    deliver(INSTITUTION, data, subject=data["institution_id"])

    assert [found.name for found in queries.institutions_of(session, ["9999", "0731"])] == [data["name"]]


def test_a_closed_institution_is_offered_to_nobody(session: Session, deliver: Callable) -> None:
    data = {**example(INSTITUTION), "employment_api_id": "0731"}
    deliver(INSTITUTION, data, subject=data["institution_id"], sequence=1)
    deliver(INSTITUTION, {**data, "state": "closed"}, subject=data["institution_id"], sequence=2)

    assert queries.institutions_of(session, ["0731"]) == []


def test_an_older_fact_changes_nothing(session: Session, deliver: Callable) -> None:
    data = example(INSTITUTION)
    deliver(INSTITUTION, {**data, "name": "νέο"}, subject=data["institution_id"], sequence=2)
    deliver(INSTITUTION, {**data, "name": "παλιό"}, subject=data["institution_id"], sequence=1)

    assert session.get_one(Institution, UUID(data["institution_id"])).name == "νέο"


def test_a_membership_makes_a_coordinator_and_unmakes_one(session: Session, deliver: Callable) -> None:
    data = example(MEMBERSHIP)
    person_id = UUID(data["person_id"])
    deliver(MEMBERSHIP, {**data, "role": "unit_coordinator"}, subject=person_id, sequence=1)
    was = queries.is_coordinator(session, person_id)
    deliver(MEMBERSHIP, {**data, "role": "user"}, subject=person_id, sequence=2)

    assert was
    assert not queries.is_coordinator(session, person_id)
    assert session.get_one(Membership, person_id).role == Role.user
