"""Rows as the contract shows them."""

from typing import Any

from orgs.models import Institution, Membership, Unit


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
