"""What an operator does by hand."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from chassis.audit import AuditRow
from chassis.crypto import unseal
from chassis.outbox import OutboxRow
from identity import commands
from identity.models import Invitation, Person, SecondFactor
from identity.parts import Parts
from identity.rules.accounts import Next, Status
from identity.settings import Settings
from identity.usecases import people, seeding

from ..conftest import NOTIFICATIONS_KEY, ROOT
from ..factories import make_person, make_second_factor
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


@pytest.mark.parametrize("named_by", ["number", "email"])
def test_the_last_administrators_second_factor_is_reset_by_hand(
    settings: Settings, outcome: Session, joined: Parts, published: Callable, named_by: str
) -> None:
    person = make_person(outcome, joined, email="Admin@example.org")
    make_second_factor(outcome, joined, person)
    outcome.commit()
    outcome.refresh(person)

    commands.reset_two_factor(settings, [str(person.number) if named_by == "number" else "admin@EXAMPLE.org"])

    outcome.expire_all()
    assert outcome.scalars(select(SecondFactor)).all() == []
    assert outcome.scalars(select(AuditRow.act)).all() == ["two_factor.reset"]
    (fact,) = published(outcome, "identity.two_factor.changed.v1")
    assert (fact.data["person_id"], fact.data["change"]) == (str(person.id), "reset")


def test_resetting_says_what_is_not_there(settings: Settings, outcome: Session, joined: Parts) -> None:
    person = make_person(outcome, joined)
    outcome.commit()
    outcome.refresh(person)

    for whom in ("1", "9" * 30, "nobody@example.org"):
        with pytest.raises(SystemExit, match="nobody has this number"):
            commands.reset_two_factor(settings, [whom])
    with pytest.raises(SystemExit, match="no second factor"):
        commands.reset_two_factor(settings, [str(person.number)])
