"""Rows as the contract shows them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.errors import DomainError
from orgs.models import Institution, Membership, Person, RoleRequest, Unit
from orgs.queries import RequestRow
from orgs.rules.role_requests import Applicant, roles_below, roles_to_ask_for


def institution(row: Institution) -> dict[str, Any]:
    return {"id": str(row.id), "name": row.name, "state": row.state, "general_unit_id": str(row.general_unit_id)}


def unit(row: Unit, *, general: bool) -> dict[str, Any]:
    return {"id": str(row.id), "name": row.name, "state": row.state, "general": general}


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
