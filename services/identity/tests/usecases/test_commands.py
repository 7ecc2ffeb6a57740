"""What an operator does by hand."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from chassis.crypto import unseal
from chassis.outbox import OutboxRow
from identity import commands
from identity.models import Invitation, Person
from identity.parts import Parts
from identity.rules.accounts import Next, Status
from identity.settings import Settings
from identity.usecases import people, seeding

from ..conftest import NOTIFICATIONS_KEY, ROOT
from ..world import PERSONAS

FILE = str(ROOT / "deploy" / "seed" / "personas.json")
WITH_ROLE = {id_ for id_, persona in PERSONAS.items() if persona["role"] != "user"}


@pytest.fixture
def outcome(database: Engine) -> Iterator[Session]:
    with Session(database) as session:
        yield session


def test_people_with_a_role_are_seeded_active_and_once(settings: Settings, outcome: Session, joined: Parts) -> None:
    commands.seed(settings, [FILE])
    commands.seed(settings, [FILE])

    seeded = outcome.scalars(select(Person)).all()
    assert {person.id for person in seeded} == {seeding.seeded_id("person", id_) for id_ in WITH_ROLE}
    assert {person.status for person in seeded} == {Status.active}
    assert {people.next_of(outcome, person, joined.texts.versions) for person in seeded} == {Next.done}
    assert {person.proven_primary for person in seeded} == {PERSONAS[id_]["email"] for id_ in WITH_ROLE}
    told = outcome.execute(select(OutboxRow.type, func.count()).group_by(OutboxRow.type)).all()
    assert {row.type: row[1] for row in told} == dict.fromkeys(
        ["identity.person.activated.v1", "identity.person.changed.v1", "identity.person.email_proven.v1"],
        len(WITH_ROLE),
    )


def test_the_first_administrator_comes_by_an_ordinary_invitation(
    settings: Settings, outcome: Session, published: Callable
) -> None:
    commands.invite_administrator(settings, ["admin@example.org", "Ανδρέου", "Κώστας"])

    invitation = outcome.scalars(select(Invitation)).one()
    assert invitation.offer == {"role": "platform_administrator", "institution_id": None, "unit_id": None}
    (fact,) = published(outcome, "identity.invitation.created.v1")
    content = unseal(json.dumps(NOTIFICATIONS_KEY.as_dict(private=True)), fact.data["sealed"])
    assert (content["email"], content["inviter_name"]) == ("admin@example.org", None)


@pytest.mark.parametrize("arguments", [[], ["a", "b"]])
def test_a_command_says_how_it_is_used(settings: Settings, arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="usage: python -m identity seed"):
        commands.seed(settings, arguments)

    assert Path(FILE).exists()
