"""All that orgs keeps of a person, for the person (O5)."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.orm import Session

from chassis.audit import AuditRow
from chassis.errors import NotFound
from chassis.exporting import rows
from orgs import queries
from orgs.models import Offer, RoleRequest


def of(session: Session, person_id: UUID) -> dict[str, Any]:
    acts = or_(AuditRow.actor_id == person_id, AuditRow.object_id == person_id)
    return {
        "membership": _membership(session, person_id),
        "role_requests": rows(
            session,
            RoleRequest,
            RoleRequest.person_id == person_id,
            *("role", "institution_id", "unit_id", "phone", "reason", "state", "comment", "created_at", "updated_at"),
        ),
        "offers": rows(session, Offer, Offer.person_id == person_id, "role", "institution_id", "unit_id", "taken_at"),
        "acts": rows(session, AuditRow, acts, "act", "occurred_at"),
    }


def _membership(session: Session, person_id: UUID) -> dict[str, Any] | None:
    """None for whoever has no place yet."""
    try:
        membership, institution, unit = queries.membership_with_place(session, person_id)
    except NotFound:
        return None
    return {
        "institution": institution,
        "unit": unit,
        "role": membership.role,
        "platform_administrator": membership.platform_administrator,
        "created_at": membership.created_at,
    }
