from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import projections
from chassis.inbox import Fact
from notifications.models import Institution, Membership, Person


def remember_person(session: Session, fact: Fact) -> None:
    key, values = {"person_id": UUID(fact.data["person_id"])}, _of(fact, "email", "surname", "name", "status")
    projections.apply(session, Person, key, fact.sequence, values, restated=fact.restates)


def remember_membership(session: Session, fact: Fact) -> None:
    values = {"institution_id": UUID(fact.data["institution_id"]), **_of(fact, "role", "platform_administrator")}
    key = {"person_id": UUID(fact.data["person_id"])}
    projections.apply(session, Membership, key, fact.sequence, values, restated=fact.restates)


def remember_institution(session: Session, fact: Fact) -> None:
    key = {"institution_id": UUID(fact.data["institution_id"])}
    projections.apply(session, Institution, key, fact.sequence, _of(fact, "name"), restated=fact.restates)


def _of(fact: Fact, *names: str) -> dict[str, Any]:
    return {name: fact.data[name] for name in names}
