"""Registrants and their personal links."""

from typing import Any

from flask import request

from sandbox.clock import stamp, wall
from sandbox.world import current
from sandbox.zoom import events, ids
from sandbox.zoom.api import Result, operation
from sandbox.zoom.bodies import Batch, Decision, Person, Registration, body_of
from sandbox.zoom.errors import ZoomError, invalid
from sandbox.zoom.model import BASIC, SCHEDULED, Meeting, Registrant
from sandbox.zoom.paging import page
from sandbox.zoom.state import Zoom

DECIDED = {"approve": "approved", "cancel": "cancelled", "deny": "denied"}
LISTED = ("approved", "pending", "denied")


@operation("registrants.add", "POST", "/meetings/<meeting_id>/registrants")
def add(meeting_id: str) -> Result:
    zoom = current().zoom
    meeting = zoom.meeting(meeting_id)
    body = body_of(Registration)
    _ensure_open(zoom, meeting)
    registrant = register(zoom, meeting, body, approve=body.auto_approve)
    told: dict[str, Any] = {
        "id": meeting.id,
        "registrant_id": registrant.id,
        "topic": meeting.topic,
        "start_time": stamp(meeting.start_time or meeting.created_at),
    }
    return 201, told | _link(zoom, meeting, registrant)


@operation("registrants.batch", "POST", "/meetings/<meeting_id>/batch_registrants")
def add_many(meeting_id: str) -> Result:
    zoom = current().zoom
    meeting, body = zoom.meeting(meeting_id), body_of(Batch)
    if meeting.type != SCHEDULED:
        raise ZoomError(400, 303, "Batch registration is only for scheduled meetings.")
    _ensure_open(zoom, meeting)
    added = [register(zoom, meeting, person, approve=body.auto_approve) for person in body.registrants]
    rows = [{"email": one.email, "registrant_id": one.id} | _link(zoom, meeting, one) for one in added]
    return 201, {"registrants": rows}


@operation("registrants.list", "GET", "/meetings/<meeting_id>/registrants")
def list_registrants(meeting_id: str) -> Result:
    """By status; who was cancelled is in no list."""
    zoom, status = current().zoom, request.args.get("status", "approved")
    meeting = zoom.meeting(meeting_id)
    if status not in LISTED:
        raise invalid(("status", "Invalid field."))
    rows = [one for one in meeting.registrants.values() if one.status == status]
    return 200, page(rows, "registrants", lambda one: shown(zoom, meeting, one))


@operation("registrants.get", "GET", "/meetings/<meeting_id>/registrants/<registrant_id>")
def get(meeting_id: str, registrant_id: str) -> Result:
    zoom = current().zoom
    meeting = zoom.meeting(meeting_id)
    return 200, shown(zoom, meeting, _known(meeting, registrant_id))


@operation("registrants.delete", "DELETE", "/meetings/<meeting_id>/registrants/<registrant_id>")
def delete(meeting_id: str, registrant_id: str) -> Result:
    meeting = current().zoom.meeting(meeting_id)
    _known(meeting, registrant_id).status = "cancelled"  # whoever is inside stays there
    return 204, None


@operation("registrants.status", "PUT", "/meetings/<meeting_id>/registrants/status")
def decide(meeting_id: str) -> Result:
    """204 also when nothing matched. Nobody inside is thrown out; approving again revives the same link."""
    zoom = current().zoom
    meeting, body = zoom.meeting(meeting_id), body_of(Decision)
    status = DECIDED[body.action]
    for named in body.registrants:
        registrant = meeting.registrants.get(named.id) or meeting.registrant_by_email(named.email)
        if registrant is None:
            continue
        zoom.limits.spend_decision(registrant)
        if registrant.status != status:
            registrant.status = status  # type: ignore[assignment]  # a value of DECIDED
            events.registration(zoom, meeting, status, registrant)
    return 204, None


def register(zoom: Zoom, meeting: Meeting, person: Person, *, approve: bool) -> Registrant:
    """The address, in any case of letters, is who one is in a meeting: the same one again is the same registrant."""
    if person.email.casefold() in (meeting.host.email, *_alternative_hosts(zoom, meeting)):
        raise ZoomError(400, 3027, "The host or an alternative host cannot be a registrant.")
    registrant = meeting.registrant_by_email(person.email)
    if registrant is not None:
        zoom.limits.spend_add(registrant)
        if registrant.status == "cancelled":
            registrant.status = _first_status(meeting, approve)
        return registrant
    if len(meeting.registrants) >= zoom.switches.registrant_cap:
        raise ZoomError(400, 3043, "The maximum number of registrants has been reached.")

    registrant = Registrant(
        id=ids.user_like(),
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        status=_first_status(meeting, approve),
        ticket=ids.ticket(),
        created_at=wall(),
    )
    zoom.limits.spend_add(registrant)
    meeting.registrants[registrant.id] = registrant
    events.registration(zoom, meeting, "created", registrant)
    return registrant


def shown(zoom: Zoom, meeting: Meeting, registrant: Registrant) -> dict[str, Any]:
    told = {
        "id": registrant.id,
        "email": registrant.email,
        "first_name": registrant.first_name,
        "last_name": registrant.last_name,
        "status": registrant.status,
        "create_time": stamp(registrant.created_at),
    }
    return told | _link(zoom, meeting, registrant)


def _first_status(meeting: Meeting, approve: bool) -> Any:
    return "approved" if approve or meeting.settings["approval_type"] == 0 else "pending"


def _link(zoom: Zoom, meeting: Meeting, registrant: Registrant) -> dict[str, str]:
    """Who is pending has no link at all: not an empty one, no key."""
    if registrant.status != "approved":
        return {}
    return {"join_url": zoom.personal_url(meeting, registrant.ticket), "participant_pin_code": _pin(registrant)}


def _pin(registrant: Registrant) -> str:
    return f"{sum(registrant.ticket.encode()) * 104_729 % 1_000_000:06d}"


def _known(meeting: Meeting, registrant_id: str) -> Registrant:
    registrant = meeting.registrants.get(registrant_id)
    if registrant is None or registrant.status == "cancelled":
        raise ZoomError(400, 300, f"Registrant {registrant_id} was not found.")
    return registrant


def _alternative_hosts(zoom: Zoom, meeting: Meeting) -> list[str]:
    keys = str(meeting.settings["alternative_hosts"]).replace(",", ";").split(";")
    return [zoom.user(key.strip()).email for key in keys if key.strip()]


def _ensure_open(zoom: Zoom, meeting: Meeting) -> None:
    if meeting.host.type == BASIC:
        raise ZoomError(400, 200, "Only available for Paid users.")
    if not meeting.has_registration:
        code = int(zoom.switches.registration_off)
        raise ZoomError(400 if code == 300 else 404, code, f"Registration has not been enabled for {meeting.id}.")
    if meeting.planned_end and meeting.running is None and meeting.planned_end < wall():
        raise ZoomError(400, 3038, "Meeting is over, you can not register now.")
