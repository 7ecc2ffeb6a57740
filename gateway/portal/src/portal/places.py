"""Institutions and units by name, for choices and headings. When orgs is down, pages do without the names."""

from typing import Any

from flask_babel import gettext as _

from portal.client import Problem, gateway
from portal.session import Session

Choices = dict[str, str]


def membership() -> dict[str, Any] | None:
    """Where the person belongs, by name, if it can be had."""
    return _read("/api/v1/membership")


def for_planning(session: Session) -> Choices:
    """For whom this coordinator may plan: the institution, or a unit (an institution coordinator: any of them)."""
    placed = membership()
    if placed is None:
        own = session.membership or {}
        unit_choice = {own["unit_id"]: _("Η οργανική μονάδα μου")} if own.get("unit_id") else {}
        return {"": _("Ο φορέας μου")} | unit_choice
    institution, unit = placed["institution"], placed["unit"]
    all_units = units(institution["id"]) if placed["role"] == "institution_coordinator" else {}
    return {"": institution["name"]} | (all_units or {unit["id"]: unit["name"]})


def for_editing(conference: dict[str, Any], session: Session) -> Choices:
    """For whom an existing conference may be: its institution, its units for those who may choose among them."""
    own = session.membership or {}
    same_institution = own.get("institution_id") == conference["institution_id"]
    if same_institution and own.get("role") == "unit_coordinator":
        choices = for_planning(session)
    else:
        choices = {"": institution_name(conference) or _("Ο φορέας")} | units(conference["institution_id"])
    unit_id = conference["unit_id"]
    if unit_id and unit_id not in choices:
        choices[unit_id] = unit_name(conference) or _("Η οργανική μονάδα της τηλεδιάσκεψης")
    return choices


def institution_name(conference: dict[str, Any]) -> str | None:
    """The name of a conference's institution, if it can be had."""
    institution = _read(f"/api/v1/institutions/{conference['institution_id']}")
    return institution["name"] if institution else None


def unit_name(conference: dict[str, Any]) -> str | None:
    """The name of a conference's unit, if it has one and it can be had; it may have been closed since."""
    unit = _read(f"/api/v1/units/{conference['unit_id']}") if conference["unit_id"] is not None else None
    return unit["name"] if unit else None


def units(institution_id: str) -> Choices:
    """The open units of an institution, as far as they can be had."""
    found: Choices = {}
    cursor = None
    while page := _read(f"/api/v1/institutions/{institution_id}/units", {"limit": 200, "cursor": cursor}):
        found |= {unit["id"]: unit["name"] for unit in page["items"]}
        if not (cursor := page["next"]):
            break
    return found


def _read(path: str, query: dict[str, Any] | None = None) -> dict[str, Any] | None:
    try:
        body: dict[str, Any] = gateway().get(path, query).body
        return body
    except Problem as problem:
        if problem.status in (401, 403):
            raise
        return None
