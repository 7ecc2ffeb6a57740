"""Copies of orgs' facts: which body of the register an institution is, and who is a coordinator."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import projections
from chassis.inbox import Fact
from identity.models import Institution, Membership


def remember_institution(session: Session, fact: Fact) -> None:
    values = {name: fact.data[name] for name in ("name", "employment_api_id", "state")}
    projections.apply(session, Institution, {"id": UUID(fact.subject)}, fact.sequence, values)


def remember_membership(session: Session, fact: Fact) -> None:
    values = {
        "institution_id": UUID(fact.data["institution_id"]),
        "unit_id": UUID(fact.data["unit_id"]),
        "role": fact.data["role"],
        "platform_administrator": fact.data["platform_administrator"],
    }
    projections.apply(session, Membership, {"person_id": UUID(fact.subject)}, fact.sequence, values)
