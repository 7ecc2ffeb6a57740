"""The events' payloads, with the id types that differ from one event to the next."""

from datetime import datetime
from typing import Any

from sandbox.clock import stamp, wall
from sandbox.zoom.model import Instance, Meeting, Registrant, Stay
from sandbox.zoom.state import Zoom


def meeting_created(zoom: Zoom, meeting: Meeting) -> None:
    settings = {key: meeting.settings[key] for key in ("use_pmi", "alternative_hosts", "join_before_host", "jbh_time")}
    created = _plan(meeting) | {
        "join_url": zoom.join_url(meeting),
        "creation_source": "open_api",
        "password": meeting.password,
        "settings": settings,
    }
    _by_the_app(zoom, "meeting.created", meeting, created)


def meeting_updated(zoom: Zoom, meeting: Meeting, old: dict[str, Any], new: dict[str, Any]) -> None:
    now = wall()
    beside = {"old_object": {"id": meeting.id} | old, "time_stamp": int(now.timestamp() * 1000)}
    _by_the_app(zoom, "meeting.updated", meeting, {"id": meeting.id} | new, **beside)


def meeting_deleted(zoom: Zoom, meeting: Meeting) -> None:
    _by_the_app(zoom, "meeting.deleted", meeting, _plan(meeting))


def meeting_recovered(zoom: Zoom, meeting: Meeting) -> None:
    _by_the_app(zoom, "meeting.recovered", meeting, _plan(meeting))


def registration(zoom: Zoom, meeting: Meeting, fact: str, registrant: Registrant) -> None:
    """`created`, `approved`, `cancelled`, `denied`; only the first two show the link."""
    told: dict[str, Any] = {
        "id": registrant.id,
        "first_name": registrant.first_name,
        "last_name": registrant.last_name,
        "email": registrant.email,
    }
    if fact == "created":
        told["status"] = registrant.status
    if fact in ("created", "approved") and registrant.status == "approved":
        told["join_url"] = zoom.personal_url(meeting, registrant.ticket)
    _by_the_app(zoom, f"meeting.registration_{fact}", meeting, _plan(meeting) | {"registrant": told})


def meeting_started(zoom: Zoom, instance: Instance) -> None:
    meeting = instance.meeting
    told = _running(meeting, instance) | {"host_email": meeting.host.email}
    _inside(zoom, "meeting.started", meeting, told, instance.started_at)


def meeting_ended(zoom: Zoom, instance: Instance, at: datetime) -> None:
    meeting = instance.meeting
    told = _running(meeting, instance) | {"host_email": meeting.host.email, "end_time": stamp(at)}
    _inside(zoom, "meeting.ended", meeting, told, at)


def participant(zoom: Zoom, instance: Instance, fact: str, stay: Stay, at: datetime) -> None:
    """`joined`, `joined_waiting_room`, `admitted` and so on: those that only name a moment."""
    key = "join_time" if fact == "joined" else "date_time"
    _about_stay(zoom, instance, f"meeting.participant_{fact}", _participant(zoom, stay) | {key: stamp(at)}, at)


def participant_left(zoom: Zoom, instance: Instance, stay: Stay, at: datetime, reason: str) -> None:
    """Out of the meeting, or out of its waiting room."""
    room = "_waiting_room" if stay.place == "in_waiting_room" else ""
    prose = f"{stay.name} left the meeting.<br>Reason: {reason}"
    told = _participant(zoom, stay) | {"leave_time": stamp(at), "leave_reason": prose}
    _about_stay(zoom, instance, f"meeting.participant_left{room}", told, at)


def waits_for_host(zoom: Zoom, meeting: Meeting, fact: str, stay: Stay, at: datetime) -> None:
    """`jbh_waiting`, `jbh_joined`, `jbh_waiting_left`: hardly anything is told of these people."""
    told = {"id": stay.zoom_user_id, "user_name": stay.name, "customer_key": ""}
    _inside(zoom, f"meeting.participant_{fact}", meeting, _running(meeting, None) | {"participant": told}, at)


def _plan(meeting: Meeting) -> dict[str, Any]:
    """How events about the plan describe a meeting: number as a number, planned start."""
    told: dict[str, Any] = {
        "uuid": meeting.uuid,
        "id": meeting.id,
        "host_id": meeting.host.id,
        "topic": meeting.topic,
        "type": meeting.type,
        "duration": meeting.duration,
        "timezone": meeting.timezone,
    }
    return told | {"start_time": stamp(meeting.start_time)} if meeting.start_time else told


def _running(meeting: Meeting, instance: Instance | None) -> dict[str, Any]:
    """How events of a running meeting describe it: number as text, the instance's start."""
    return {
        "uuid": instance.uuid if instance else meeting.uuid,
        "id": str(meeting.id),
        "type": meeting.type,
        "topic": meeting.topic,
        "host_id": meeting.host.id,
        "duration": meeting.duration,
        "start_time": stamp(instance.started_at) if instance else "",
        "timezone": meeting.timezone,
    }


def _participant(zoom: Zoom, stay: Stay) -> dict[str, Any]:
    told: dict[str, Any] = {
        "user_id": stay.user_id,
        "user_name": stay.name,
        "participant_user_id": stay.zoom_user_id,
        "id": stay.zoom_user_id,
        "email": "" if zoom.switches.blank_emails and not stay.is_host else stay.email,
        "participant_uuid": stay.participant_uuid,
    }
    if stay.registrant_id and not zoom.switches.missing_registrant_ids:
        told["registrant_id"] = stay.registrant_id
    return told


def _about_stay(zoom: Zoom, instance: Instance, event: str, told: dict[str, Any], at: datetime) -> None:
    meeting = instance.meeting
    _inside(zoom, event, meeting, _running(meeting, instance) | {"participant": told}, at)


def _by_the_app(zoom: Zoom, event: str, meeting: Meeting, told: dict[str, Any], **beside: Any) -> None:
    operator = {"operator": zoom.owner.email, "operator_id": zoom.owner.id}
    payload = {"account_id": zoom.settings.zoom_account_id, **operator, "object": told, **beside}
    _emit(zoom, event, meeting, payload, wall())


def _inside(zoom: Zoom, event: str, meeting: Meeting, told: dict[str, Any], at: datetime) -> None:
    if zoom.switches.numeric_ids:
        told["id"] = int(told["id"])
    _emit(zoom, event, meeting, {"account_id": zoom.settings.zoom_account_id, "object": told}, at)


def _emit(zoom: Zoom, event: str, meeting: Meeting, payload: dict[str, Any], at: datetime) -> None:
    if zoom.switches.unknown_keys:
        payload["object"]["added_by_zoom_yesterday"] = {"x": [1]}
    zoom.webhooks.emit(event, meeting.id, payload, at)
