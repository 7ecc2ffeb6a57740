"""Copies of others' facts: which body of the register an institution is, who is a coordinator, whose a conference."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import projections
from chassis.clock import now
from chassis.inbox import Fact
from identity.models import Institution, Membership, OwnedConference

CONFERENCES_KEPT = timedelta(days=8)  # a late fact about one must meet a newer


def remember_institution(session: Session, fact: Fact) -> None:
    values = {name: fact.data[name] for name in ("name", "employment_api_id", "state")}
    projections.apply(session, Institution, {"id": UUID(fact.subject)}, fact.sequence, values, restated=fact.restates)


def remember_membership(session: Session, fact: Fact) -> None:
    values = {
        "institution_id": UUID(fact.data["institution_id"]),
        "unit_id": UUID(fact.data["unit_id"]),
        "role": fact.data["role"],
        "platform_administrator": fact.data["platform_administrator"],
    }
    key = {"person_id": UUID(fact.subject)}
    projections.apply(session, Membership, key, fact.sequence, values, restated=fact.restates)


def remember_conference(session: Session, fact: Fact) -> None:
    data = fact.data
    if "coordinator_id" not in data:
        return  # a sender of before the field does not say whose it is
    if fact.restates and datetime.fromisoformat(data["ends_at"]) <= now() - CONFERENCES_KEPT:
        return  # its owner tells all there ever were
    values = {
        "owner_id": UUID(data["coordinator_id"]) if data["coordinator_id"] is not None else None,
        "institution_id": UUID(data["institution_id"]),
        "number": data["number"],
        "title": data.get("title"),
        "starts_at": datetime.fromisoformat(data["starts_at"]),
        "ends_at": datetime.fromisoformat(data["ends_at"]),
        "state": data["state"],
    }
    key = {"conference_id": UUID(fact.subject)}
    projections.apply(session, OwnedConference, key, fact.sequence, values, restated=fact.restates)
