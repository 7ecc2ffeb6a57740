"""Copies of what identity says, kept by `sequence`; nobody is asked during a request."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import projections
from chassis.inbox import Fact
from orgs.models import Person


def person(session: Session, fact: Fact) -> bool:
    """Whether anything was new."""
    names = ("number", "surname", "name", "email", "status", "employment")
    values = {name: fact.data[name] for name in names} | {"employment_bodies": fact.data.get("employment_bodies", [])}
    key = {"person_id": UUID(fact.data["person_id"])}
    return projections.apply(session, Person, key, fact.sequence, values, restated=fact.restates)
