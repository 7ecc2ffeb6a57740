"""All that orgs keeps of a person, for the person (O5)."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from chassis.audit import AuditRow
from chassis.errors import NotFound
from chassis.exporting import rows
from orgs import queries
from orgs.models import Collaboration, CoordinatorInvitation, Offer, RoleRequest

PLACE = ("institution_id", "unit_id")


def of(session: Session, person_id: UUID) -> dict[str, Any]:
    acts = or_(AuditRow.actor_id == person_id, AuditRow.object_id == person_id)
    return {
        "membership": _membership(session, person_id),
        "role_requests": _with_places(
            session,
            rows(
                session,
                RoleRequest,
                RoleRequest.person_id == person_id,
                *PLACE,
                *("role", "phone", "reason", "state", "comment", "created_at", "updated_at"),
            ),
        ),
        "offers": _with_places(session, rows(session, Offer, Offer.person_id == person_id, *PLACE, "role", "taken_at")),
        "collaborators": _collaborations(session, Collaboration.owner_person_id == person_id),
        "helping": _collaborations(session, Collaboration.collaborator_person_id == person_id),
        "coordinator_invitations": _with_places(
            session,
            rows(
                session,
                CoordinatorInvitation,
                or_(CoordinatorInvitation.inviter_id == person_id, CoordinatorInvitation.person_id == person_id),
                *(*PLACE, "role", "state", "created_at", "sent_at", "expires_at"),
            ),
        ),
        "acts": rows(session, AuditRow, acts, "act", "occurred_at"),
    }


def _with_places(session: Session, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names beside the ids: nobody knows their institution by its id."""
    names = queries.names_of_places(session, {row[name] for row in found for name in PLACE if row[name]})
    return [row | {"institution": names.get(row["institution_id"]), "unit": names.get(row["unit_id"])} for row in found]


def _collaborations(session: Session, mine: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Who the other one is, is theirs to download."""
    return rows(session, Collaboration, mine, "state", "created_at", "updated_at")


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
