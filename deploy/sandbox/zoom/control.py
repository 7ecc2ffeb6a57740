"""Zoom for scripts: what there is, playing the client, oddities, and the true list of who was in for how long."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from flask import Blueprint, Response, abort, jsonify, request
from pydantic import AwareDatetime, Field

from sandbox.clock import stamp, wall
from sandbox.scripts import Wanted, asked
from sandbox.world import current
from sandbox.zoom import room
from sandbox.zoom.errors import ZoomError
from sandbox.zoom.meetings import described
from sandbox.zoom.model import Meeting, Registrant, Stay
from sandbox.zoom.presence import presence
from sandbox.zoom.state import Zoom
from sandbox.zoom.switches import Switches

routes = Blueprint("zoom_control", __name__, url_prefix="/zoom")


class WantedAct(Wanted):
    """`disconnect` is a client killed; `admit`, `deny` and `remove` are the host's; `start` and `end` need nobody."""

    action: Literal["join", "leave", "disconnect", "admit", "deny", "remove", "start", "end"]
    registrant_id: str | None = None
    user_id: str | None = Field(default=None, description="which of several stays; else the last one begun")
    at: AwareDatetime | None = None
    signed_in: bool = Field(default=False, description="to a Zoom account of their own")


class WantedUser(Wanted):
    type: Literal[1, 2] | None = None
    capacity: Annotated[int, Field(ge=1)] | None = None
    forces_pmi: bool | None = None


@routes.get("/meetings")
def meetings() -> Response:
    zoom = current().zoom
    with zoom.lock:
        items = [_item(zoom, one) for one in zoom.existing()]
    return jsonify(items=items)


@routes.get("/meetings/<int:meeting_id>/attendance")
def attendance(meeting_id: int) -> Response:
    """Also of a deleted meeting: what happened, happened."""
    zoom = current().zoom
    with zoom.lock:
        meeting = zoom.meetings.get(meeting_id) or abort(404, "no such meeting")
        return jsonify(items=presence(meeting))


@routes.post("/meetings/<int:meeting_id>/participants")
def participants(meeting_id: int) -> Response:
    wanted, zoom = asked(WantedAct), current().zoom
    at = (wanted.at or wall()).astimezone(UTC).replace(microsecond=0)
    with zoom.lock:
        try:
            meeting = zoom.meeting(meeting_id)
            stay = _act(zoom, meeting, wanted, at)
        except ZoomError as refusal:
            return _refused(404, "no_meeting", str(refusal))
        except room.DoorClosedError as refusal:
            return _refused(409, refusal.reason, str(refusal))
        told = _stay(stay) if stay else None
    return jsonify(outcome=_outcome(wanted, stay), participant=told, at=stamp(at))


def _act(zoom: Zoom, meeting: Meeting, wanted: WantedAct, at: datetime) -> Stay | None:
    if wanted.action == "start":
        return room.start(zoom, meeting, at)
    if wanted.action == "end":
        room.end(zoom, meeting, at)
        return None
    registrant = meeting.registrants.get(wanted.registrant_id or "") or abort(404, "no such registrant")
    if wanted.action == "join":
        visitor = room.Visitor(registrant.name, registrant.email, registrant, wanted.signed_in)
        return room.enter(zoom, meeting, visitor, at)
    stay = _present(meeting, registrant, wanted)
    match wanted.action:
        case "leave":
            room.leave(zoom, meeting, stay, at)
        case "disconnect":
            room.disconnect(zoom, meeting, stay, at)
        case "admit":
            return room.admit(zoom, meeting, stay, at)
        case "deny" | "remove":
            room.remove(zoom, meeting, stay, at)
    return stay


def _present(meeting: Meeting, registrant: Registrant, wanted: WantedAct) -> Stay:
    stays = room.stays_of(meeting, registrant.id)
    if wanted.user_id is not None:
        stays = [stay for stay in stays if stay.user_id == wanted.user_id]
    if wanted.action in ("admit", "deny"):
        stays = [stay for stay in stays if stay.place == "in_waiting_room"]
    if not stays:
        raise room.DoorClosedError("not_present", "Δεν είναι μέσα.")
    return stays[-1]


def _outcome(wanted: WantedAct, stay: Stay | None) -> str:
    if wanted.action in ("join", "admit", "start") and stay is not None:
        return {"in_meeting": "joined"}.get(stay.place, stay.place)
    return {"leave": "left", "disconnect": "disconnected", "end": "ended"}.get(wanted.action, "removed")


def _refused(status: int, reason: str, prose: str) -> Response:
    answer = jsonify(outcome="refused", reason=reason, error=prose)
    answer.status_code = status
    return answer


def _stay(stay: Stay) -> dict[str, Any]:
    return {
        "user_id": stay.user_id,
        "participant_uuid": stay.participant_uuid,
        "registrant_id": stay.registrant_id,
        "name": stay.name,
        "place": stay.place,
        "joined_at": stamp(stay.came_at),
        "left_at": stamp(stay.left_at) if stay.left_at else None,
    }


def _item(zoom: Zoom, meeting: Meeting) -> dict[str, Any]:
    told = described(zoom, meeting)
    kept = ("id", "uuid", "topic", "agenda", "host_id", "host_email", "type", "start_time", "duration", "status")
    return {key: told.get(key) for key in (*kept, "settings")} | {
        "registrants": [
            {"id": one.id, "email": one.email, "name": one.name, "status": one.status}
            for one in meeting.registrants.values()
        ],
        "present": [_stay(stay) for stay in meeting.running.present()] if meeting.running else [],
    }


@routes.get("/webhooks")
def webhooks() -> Response:
    """The last events sent: `?event=` narrows; `validated` says whether the endpoint has proved itself."""
    kept, event = list(current().zoom.webhooks.deliveries), request.args.get("event")
    items = [delivery.public() for delivery in kept if event in (None, delivery.event)]
    return jsonify(validated=current().zoom.webhooks.validated, items=items)


@routes.get("/switches")
def switches() -> Response:
    return jsonify(current().zoom.switches.model_dump(mode="json"))


@routes.put("/switches")
def put_switches() -> Response:
    """The whole set: what is not named is as it was at first."""
    zoom = current().zoom
    with zoom.lock:
        zoom.switches = asked(Switches)
    return switches()


@routes.delete("/tokens")
def revoke_tokens() -> Response:
    zoom = current().zoom
    with zoom.lock:
        zoom.tokens.clear()
    return Response(status=204)


@routes.put("/users/<key>")
def put_user(key: str) -> Response:
    """Licences come and go behind the pool's back."""
    wanted, zoom = asked(WantedUser), current().zoom
    with zoom.lock:
        try:
            user = zoom.user(key)
        except ZoomError as refusal:
            return _refused(404, "no_user", str(refusal))
        user.type = wanted.type or user.type
        user.forces_pmi = user.forces_pmi if wanted.forces_pmi is None else wanted.forces_pmi
        if wanted.capacity is not None:
            user.settings["feature"] |= {"meeting_capacity": wanted.capacity, "large_meeting": False}
    return jsonify(id=user.id, type=user.type, capacity=user.capacity, forces_pmi=user.forces_pmi)
