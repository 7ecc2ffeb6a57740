"""What an operator does by hand: `python -m identity seed FILE`, `invite-administrator …`, `reset-two-factor …`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from chassis import db
from chassis.clock import now
from chassis.crypto import token
from chassis.logs import get_logger
from identity import parts, queries
from identity.errors import TwoFactorInactive
from identity.settings import Settings
from identity.usecases import invitations, seeding, two_factor
from identity.usecases.invitations import Invited

log = get_logger(__name__)
ADMINISTRATOR = {"role": "platform_administrator", "institution_id": None, "unit_id": None}


def seed(settings: Settings, arguments: list[str]) -> None:
    """Personas with a role become active people; as often as one likes."""
    personas = json.loads(Path(_only(arguments, "seed personas.json", 1)[0]).read_text("utf-8"))
    with _transaction(settings, "seed") as session:
        made = seeding.seed_people(session, personas, parts=parts.configure(settings), now=now())
    log.info("people seeded", made=made)


def invite_administrator(settings: Settings, arguments: list[str]) -> None:
    """The first administrator comes by an ordinary invitation, too."""
    email, surname, name = _only(arguments, "invite-administrator EMAIL SURNAME NAME", 3)
    with _transaction(settings, "invite-administrator") as session:
        invitations.issue(
            session,
            invited=Invited(email=email, surname=surname, name=name),
            inviter_id=None,
            institution_id=None,
            offer=dict(ADMINISTRATOR),
            token=token(),
            parts=parts.configure(settings),
            now=now(),
        )
    log.info("administrator invited")


def reset_two_factor(settings: Settings, arguments: list[str]) -> None:
    """For the last administrator, whom no other can help."""
    (whom,) = _only(arguments, "reset-two-factor NUMBER_OR_EMAIL", 1)
    with _transaction(settings, "reset-two-factor") as session:
        person_id = queries.person_id_by_number_or_email(session, whom)
        if person_id is None:
            sys.exit("nobody has this number or proven address")
        try:
            two_factor.reset(session, person=queries.person_for_update(session, person_id), actor_id=None, now=now())
        except TwoFactorInactive:
            sys.exit("this person has no second factor")
    log.info("second factor reset")


@contextmanager
def _transaction(settings: Settings, command: str) -> Iterator[Session]:
    engine = db.connect(settings, command=command)
    try:
        with db.transaction() as session:
            yield session
    finally:
        engine.dispose()


def _only(arguments: list[str], usage: str, count: int) -> list[str]:
    if len(arguments) != count:
        sys.exit(f"usage: python -m identity {usage}")
    return arguments
