from uuid import UUID

from sqlalchemy.orm import Session

from chassis import projections
from chassis.inbox import Fact
from notifications.models import Administrator, Person


def remember_person(session: Session, fact: Fact) -> None:
    key, values = {"person_id": UUID(fact.data["person_id"])}, {"email": fact.data["email"]}
    projections.apply(session, Person, key, fact.sequence, values, restated=fact.restates)


def remember_administrator(session: Session, fact: Fact) -> None:
    """Of whoever never was one nothing is kept."""
    key, active = {"person_id": UUID(fact.data["person_id"])}, fact.data["platform_administrator"]
    if active or session.get(Administrator, key["person_id"]) is not None:
        projections.apply(session, Administrator, key, fact.sequence, {"active": active}, restated=fact.restates)
