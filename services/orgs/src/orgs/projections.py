"""Copies of what identity and conferences say, kept by `sequence`; nobody is asked during a request."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import projections
from chassis.clock import now
from chassis.inbox import Fact
from chassis.text import folded
from orgs.models import Person, PlannedConference

CONFERENCES_KEPT = timedelta(days=8)  # a late fact about one must meet a newer


def person(session: Session, fact: Fact) -> bool:
    """Whether anything was new. The database writes the name beside where they belong."""
    names = ("number", "surname", "name", "email", "status", "employment")
    values = {name: fact.data[name] for name in names} | {"employment_bodies": fact.data.get("employment_bodies", [])}
    values["search"] = folded("{surname} {name} {surname}".format_map(values))  # by surname, found by either first
    key = {"person_id": UUID(fact.data["person_id"])}
    return projections.apply(session, Person, key, fact.sequence, values, restated=fact.restates)


def conference(session: Session, fact: Fact) -> None:
    data, ends_at = fact.data, datetime.fromisoformat(fact.data["ends_at"])
    if fact.restates and ends_at <= now() - CONFERENCES_KEPT:
        return  # its owner tells all there ever were
    values = {
        "institution_id": UUID(data["institution_id"]),
        "unit_id": UUID(data["unit_id"]) if data["unit_id"] is not None else None,
        "ends_at": ends_at,
        "state": data["state"],
    }
    key = {"conference_id": UUID(data["conference_id"])}
    projections.apply(session, PlannedConference, key, fact.sequence, values, restated=fact.restates)
