"""Rows as the contract shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.errors import DomainError
from orgs.collaboration_queries import CollaborationRow
from orgs.coordinator_rows import CoordinatorRow
from orgs.models import Institution, Membership, Person, RoleRequest, Unit
from orgs.queries import RequestRow
from orgs.rules import coordinating, coordinators, running
from orgs.rules.coordinating import Coordinator
from orgs.rules.institutions import State
from orgs.rules.memberships import Role
from orgs.rules.permissions import Viewer
from orgs.rules.role_requests import Applicant, roles_below, roles_to_ask_for
from orgs.usecases.collaborations import Result as CollaborationResult

INSIDE = ("contact_name", "contact_email", "contact_phone", "registry_code", "employment_api_id")


def institution(row: Institution, viewer: Viewer) -> dict[str, Any]:
    may = running.acts(viewer, row.id, row.state)
    inside = {name: getattr(row, name) for name in INSIDE} if "inspect" in may else {}
    return {
        "id": str(row.id),
        "name": row.name,
        "state": row.state,
        "general_unit_id": str(row.general_unit_id),
        "may": may,
        **inside,
    }


def unit(row: Unit, institution: Institution, viewer: Viewer, uses: Mapping[str, int] | None = None) -> dict[str, Any]:
    general = row.id == institution.general_unit_id
    changeable = not general and State.closed not in (row.state, institution.state)
    shown = {
        "id": str(row.id),
        "institution_id": str(row.institution_id),
        "name": row.name,
        "state": row.state,
        "general": general,
        "may": running.acts_with_unit(viewer, institution.id, changeable=changeable),
    }
    return shown if uses is None else {**shown, "uses": dict(uses)}


def figures(row: Row[int, int, int, int, int]) -> dict[str, int]:
    names = ("people", "institution_coordinators", "unit_coordinators", "units", "open_role_requests")
    return dict(zip(names, row, strict=True))


def member(row: Row[Person, Role, UUID, str]) -> dict[str, Any]:
    person, role, unit_id, unit_name = row
    return {
        "id": str(person.person_id),
        "number": person.number,
        "surname": person.surname,
        "name": person.name,
        "role": role,
        "unit": {"id": str(unit_id), "name": unit_name},
        "status": person.status,
    }


def membership(row: Membership, *, institution_name: str, unit_name: str) -> dict[str, Any]:
    return {
        "person_id": str(row.person_id),
        "institution": {"id": str(row.institution_id), "name": institution_name},
        "unit": {"id": str(row.unit_id), "name": unit_name},
        "role": row.role,
        "platform_administrator": row.platform_administrator,
    }


def role_request(row: RequestRow) -> dict[str, Any]:
    request, applicant, institution_name, unit_name = row
    return {
        "id": str(request.id),
        "state": request.state,
        "person": _person(request.person_id, applicant),
        "role": request.role,
        "institution_id": str(request.institution_id),
        "institution": {"id": str(request.institution_id), "name": institution_name},
        "unit_id": str(request.unit_id) if request.unit_id is not None else None,
        "unit": {"id": str(request.unit_id), "name": unit_name} if request.unit_id is not None else None,
        "phone": request.phone,
        "reason": request.reason,
        "comment": request.comment,
        "withdrawn_because": request.withdrawn_because,
        "confirmed": applicant is not None and applicant.email is not None,
        "created_at": request.created_at,
        "updated_at": request.updated_at,
    }


def _person(person_id: UUID, person: Person | None) -> dict[str, Any]:
    if person is None:
        return {"id": str(person_id), "number": None, "surname": None, "name": None, "email": None}
    return {
        "id": str(person_id),
        "number": person.number,
        "surname": person.surname,
        "name": person.name,
        "email": person.email,
    }


def options(
    obstacle: DomainError | None,
    applicant: Applicant | None = None,
    already: RoleRequest | None = None,
    places: Sequence[Institution] = (),
) -> dict[str, Any]:
    standing = applicant.standing if applicant is not None else None
    return {
        "reason": obstacle.type if obstacle is not None else None,
        "role_request_id": str(already.id) if already is not None else None,
        "institutions": [
            {"id": str(row.id), "name": row.name, "roles": list(roles_to_ask_for(standing, row.id))}
            for row in places
            if standing is not None
        ],
        "step_down": list(roles_below(standing.role)) if standing is not None else [],
    }


def collaboration(row: CollaborationRow) -> dict[str, Any]:
    found, *other = row
    return {
        "id": str(found.id),
        "state": found.state,
        "person": colleague(other),
        "created_at": found.created_at,
        "updated_at": found.updated_at,
    }


def colleague(row: Any) -> dict[str, Any]:
    membership, person, unit_name = row
    return {
        **_person(person.person_id, person),
        "role": membership.role,
        "unit": {"id": str(membership.unit_id), "name": unit_name},
    }


def collaboration_result(result: CollaborationResult) -> dict[str, Any]:
    made = result.collaboration_id
    return {
        "person_id": str(result.person_id),
        "outcome": result.outcome,
        "collaboration_id": str(made) if made is not None else None,
    }


def coordinator(row: CoordinatorRow, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Somebody who coordinates, or an invitation to."""
    return {
        "id": str(row.person_id) if row.person_id is not None else None,
        "number": row.number,
        "surname": row.surname,
        "name": row.name,
        "email": row.email,
        "role": row.role,
        "unit": {"id": str(row.unit_id), "name": row.unit_name},
        "status": _status(row, now),
        "created_at": row.created_at,
        "confirmed": row.person_id is not None and row.email is not None,
        "invitation_id": str(row.invitation_id) if row.invitation_id is not None else None,
        "expires_at": row.expires_at,
        "accepted_surname": row.accepted_surname,
        "accepted_name": row.accepted_name,
        "may": _acts(row, viewer),
    }


def _status(row: CoordinatorRow, now: datetime) -> str:
    if row.expires_at is not None:
        return coordinators.shown_state(coordinators.State(row.status), row.expires_at, now)
    return "disabled" if row.status == "disabled" else "active"


def _acts(row: CoordinatorRow, viewer: Viewer) -> list[str]:
    role = Role(row.role)
    if row.person_id is not None:
        other = Coordinator(row.person_id, row.institution_id, role)
        return ["demote"] if coordinating.may_demote(viewer, other) else []
    if not coordinating.may_manage_invitation(viewer, row.institution_id, role):
        return []
    return ["confirm", "revoke"] if row.status == coordinators.State.surname_differs else ["resend", "revoke"]


def coordinator_part(
    row: CoordinatorRow, institution: Institution, description: str | None, viewer: Viewer
) -> dict[str, Any]:
    """Orgs' part of the details."""
    return {
        "id": str(row.person_id),
        "number": row.number,
        "surname": row.surname,
        "name": row.name,
        "email": row.email,
        "role": row.role,
        "unit": {"id": str(row.unit_id), "name": row.unit_name},
        "institution": {"id": str(institution.id), "name": institution.name},
        "status": "disabled" if row.status == "disabled" else "active",
        "created_at": row.created_at,
        "confirmed": row.email is not None,
        "description": description,
        "may": _acts(row, viewer),
    }
