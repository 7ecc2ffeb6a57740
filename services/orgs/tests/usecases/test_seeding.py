import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.clock import now
from chassis.testing.service import Provision
from orgs.models import Institution, Membership, Unit
from orgs.rules.institutions import CATCH_ALL_ID, seeded_id
from orgs.rules.memberships import Role
from orgs.seed import seed
from orgs.usecases import institutions, seeding

from ..reactions.test_person_activated import ACTIVATED, activated

SEED = Path(__file__).parents[4] / "deploy" / "seed"


@pytest.fixture
def bodies() -> Any:
    return json.loads((SEED / "institutions.json").read_text("utf-8"))


@pytest.fixture
def personas() -> Any:
    return json.loads((SEED / "personas.json").read_text("utf-8"))


def test_the_seed_makes_every_institution_with_its_units(session: Session, bodies: Any) -> None:
    seeding.seed_institutions(session, bodies)

    assert session.scalar(select(func.count()).select_from(Institution)) == len(bodies)
    assert session.scalar(select(func.count()).select_from(Unit)) == sum(len(body["units"]) for body in bodies)
    assert session.get_one(Institution, CATCH_ALL_ID).name == "Δημόσια Διοίκηση"


def test_people_with_a_role_belong_somewhere_and_others_do_not(session: Session, bodies: Any, personas: Any) -> None:
    seeding.seed_institutions(session, bodies)
    seeding.seed_memberships(session, personas, now=now())

    people = {membership.person_id: membership for membership in session.scalars(select(Membership))}
    assert len(people) == sum(persona["role"] != "user" for persona in personas)
    administrator = people[seeded_id("person", "admin")]
    assert (administrator.role, administrator.platform_administrator) == (Role.user, True)
    coordinator = people[seeded_id("person", "unit-coordinator-1")]
    assert coordinator.role == Role.unit_coordinator
    assert coordinator.unit_id == seeded_id("unit", "digital-governance-applications")


def test_seeding_twice_changes_nothing_and_tells_nothing(
    session: Session, bodies: Any, personas: Any, published
) -> None:
    seeding.seed_institutions(session, bodies)
    seeding.seed_memberships(session, personas, now=now())
    told = len(published(session))

    seeding.seed_institutions(session, bodies)
    seeding.seed_memberships(session, personas, now=now())

    assert len(published(session)) == told


def test_the_seed_and_identitys_facts_agree_in_any_order(session: Session, bodies: Any, personas: Any, deliver) -> None:
    coordinator = seeded_id("person", "institution-coordinator-1")
    institution_ids = [str(seeded_id("institution", "digital-governance"))]
    fact = activated(person_id=str(coordinator), institution_ids=institution_ids)

    assert deliver(ACTIVATED, fact) == "parked"
    seeding.seed_institutions(session, bodies)
    assert deliver(ACTIVATED, fact) == "done"
    seeding.seed_memberships(session, personas, now=now())
    assert deliver(ACTIVATED, fact, sequence=2) == "done"

    assert session.get_one(Membership, coordinator).role == Role.institution_coordinator


def test_a_role_taken_away_since_is_not_seeded_again(session: Session, bodies: Any, personas: Any) -> None:
    seeding.seed_institutions(session, bodies)
    seeding.seed_memberships(session, personas, now=now())
    coordinator = session.get_one(Membership, seeded_id("person", "institution-coordinator-1"))
    coordinator.role = Role.user

    seeding.seed_memberships(session, personas, now=now())

    assert coordinator.role == Role.user


def test_the_seed_adds_units_to_an_institution_that_exists(session: Session, bodies: Any) -> None:
    institutions.catch_all(session)

    seeding.seed_institutions(session, bodies)

    assert session.scalar(select(func.count()).select_from(Institution)) == len(bodies)


def test_the_command_commits(database: Engine, provision: Provision) -> None:
    seed(provision.settings, [str(SEED / "institutions.json"), str(SEED / "personas.json")])

    provision.activate()
    with db.transaction() as session:
        told = set(session.scalars(select(outbox.OutboxRow.type)))
    assert told == {"orgs.institution.changed.v1", "orgs.unit.changed.v1", "orgs.membership.changed.v1"}
