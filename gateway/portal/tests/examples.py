"""Bodies as the contracts show them, with what a test cares about put in."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis import contracts

ID = "01930000-0000-7000-8000-000000000001"
PERSON = "01930000-0000-7000-8000-0000000000bb"
INSTITUTION = "01930000-0000-7000-8000-000000000002"
UNIT = "01930000-0000-7000-8000-000000000003"
OTHER_UNIT = "01930000-0000-7000-8000-000000000004"
GROUP = "01930000-0000-7000-8000-0000000000e1"
TICKET = "ticket-0123456789-0123456789"


def of(service: str, schema: str, **changes: Any) -> dict[str, Any]:
    """The contract's own example of a schema."""
    example = contracts.openapi(f"{service}.yaml")["components"]["schemas"][schema]["example"]
    return deepcopy(example) | changes


def at(**offset: float) -> str:
    """A moment from now."""
    return (datetime.now(UTC).replace(microsecond=0) + timedelta(**offset)).isoformat()


def session(
    role: str = "unit_coordinator", status: str = "active", next: str = "done", **person: Any
) -> dict[str, Any]:
    body = of("identity", "Session", next=next)
    body["person"] |= {"status": status} | person
    body["roles"] = [{"role": role, "institution_id": INSTITUTION, "unit_id": UNIT}]
    return body


def account(**changes: Any) -> dict[str, Any]:
    return of("identity", "Account", **({"emails": [], "institution_choices": [], "terms_accepted_at": None} | changes))


def terms() -> dict[str, Any]:
    text = {"version": "2026-11", "text": "# Σκοπός\nΗ υπηρεσία.\n\nΔεύτερη παράγραφος."}
    return {"terms": text, "privacy": text}


def membership(role: str = "unit_coordinator") -> dict[str, Any]:
    body = of("orgs", "Membership", role=role)
    body["institution"]["id"], body["unit"]["id"] = INSTITUTION, UNIT
    return body


def units() -> dict[str, Any]:
    general = of("orgs", "Unit", id=UNIT)
    return {
        "items": [general, general | {"id": OTHER_UNIT, "name": "Διεύθυνση Εφαρμογών", "general": False}],
        "next": None,
    }


def conference(**changes: Any) -> dict[str, Any]:
    return of("conferences", "Conference", institution_id=INSTITUTION, **changes)


def page(*items: Any, next: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "next": next, "total": len(items)}


def participant(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"01930000-0000-7000-8000-00000000010{number}",
        "email": f"p{number}@digital.example",
        "masked": False,
        "name": f"ΣΥΜΜΕΤΕΧΩΝ {number}",
        "guest": False,
        "deleted": False,
        "locked": False,
        "invited_at": None,
        "mail": None,
        "person_id": None,
    } | changes


def ticket(state: str = "open", **changes: Any) -> dict[str, Any]:
    shown = {
        "number": 277123,
        "title": "Συνεδρίαση 14",
        "description": "Θέματα",
        "starts_at": at(minutes=30),
        "ends_at": at(minutes=90),
        "ended_at": None,
        "join_opens_at": at(minutes=20),
        "coordinator_name": "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ",
        "institution_name": "Υπουργείο Ψηφιακής Διακυβέρνησης",
    }
    return {
        "state": state,
        "conference": shown,
        "name": "ΝΙΚΟΛΑΟΥ ΕΛΕΝΗ",
        "name_required": False,
        "guest": False,
    } | changes


def report(**changes: Any) -> dict[str, Any]:
    stay = {"joined_at": "2026-04-28T06:45:00+00:00", "left_at": "2026-04-28T08:05:00+00:00"}
    line = {
        "email": "p1@digital.example",
        "masked": False,
        "name": "ΣΥΜΜΕΤΕΧΩΝ 1",
        "guest": False,
        "deleted": False,
    }
    return {
        "number": 277123,
        "title": "test",
        "description": "",
        "coordinator": {"id": PERSON, "name": "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ"},
        "starts_at": "2026-04-28T06:45:00+00:00",
        "ends_at": "2026-04-28T14:00:00+00:00",
        "ended_at": "2026-04-28T08:05:00+00:00",
        "ended_early": True,
        "devices": {"desktop_mobile": 1, "phone_or_room": 0},
        "participants": [
            line | {"state": "connected", "duration_seconds": 4800, "intervals": [stay]},
            line | {"name": "=1+1", "guest": True, "state": "not_connected", "duration_seconds": 0, "intervals": []},
        ],
    } | changes


def live(**changes: Any) -> dict[str, Any]:
    person = {"participant_id": ID, "name": "ΣΥΜΜΕΤΕΧΩΝ 1", "guest": False}
    return {
        "state": "open",
        "items": [person | {"connected": True, "since": at(minutes=-5)}, person | {"connected": False, "since": None}],
        "connected_count": 1,
        "unidentified_count": 0,
        "next_interval_seconds": 5,
    } | changes


def group(**changes: Any) -> dict[str, Any]:
    return of("conferences", "Group", **({"id": GROUP} | changes))


def group_with_members(**changes: Any) -> dict[str, Any]:
    return of("conferences", "GroupWithMembers", id=GROUP, **changes)
