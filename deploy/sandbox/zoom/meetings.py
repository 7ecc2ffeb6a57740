"""Meetings over the API: what is accepted, what is silently something else afterwards, what is refused."""

import secrets
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import request

from sandbox.clock import stamp, wall
from sandbox.world import current
from sandbox.zoom import events, ids, room
from sandbox.zoom.accounts import inherited
from sandbox.zoom.api import Result, operation
from sandbox.zoom.bodies import LiveEvent, MeetingBody, StatusChange, body_of
from sandbox.zoom.errors import ZoomError, invalid
from sandbox.zoom.model import BASIC, NO_FIXED_TIME, NO_REGISTRATION, SCHEDULED, Meeting, User
from sandbox.zoom.paging import page
from sandbox.zoom.state import Zoom

DEFAULT_MINUTES = 60
DEFAULT_ZONE = "Europe/Athens"
PERSONAL_ROOM = 4
LISTED_AGENDA = 250
PASSCODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"


@operation("meetings.create", "POST", "/users/<key>/meetings")
def create(key: str) -> Result:
    """Overlaps are never refused, and a call repeated makes a second meeting."""
    zoom = current().zoom
    host, body, now = zoom.user(key), body_of(MeetingBody), wall()
    _ensure_alternative_hosts(zoom, body.settings.alternative_hosts)
    zoom.limits.spend_host(host.id)
    meeting = Meeting(
        id=_unused_number(zoom),
        uuid=ids.instance_uuid(zoom.switches.awkward_uuids),
        host=host,
        type=PERSONAL_ROOM if host.forces_pmi else body.type or SCHEDULED,
        topic=body.topic or "Zoom Meeting",
        agenda=body.agenda or "",
        start_time=None if body.type == NO_FIXED_TIME else max(body.start(DEFAULT_ZONE) or now, now),
        duration=body.duration or DEFAULT_MINUTES,
        timezone=body.timezone or DEFAULT_ZONE,
        password=_passcode(host, body),
        created_at=now,
        settings=_entitled(host, body, inherited(host.settings) | body.settings.model_dump(exclude_none=True)),
        tracking_fields=[field.model_dump() | {"visible": True} for field in body.tracking_fields or []],
        registration_key=secrets.token_urlsafe(18),
    )
    zoom.meetings[meeting.id] = meeting
    events.meeting_created(zoom, meeting)
    return 201, shown(zoom, meeting)


@operation("meetings.get", "GET", "/meetings/<meeting_id>")
def get(meeting_id: str) -> Result:
    zoom = current().zoom
    return 200, shown(zoom, zoom.meeting(meeting_id))


@operation("meetings.update", "PATCH", "/meetings/<meeting_id>")
def update(meeting_id: str) -> Result:
    zoom = current().zoom
    meeting, body = zoom.meeting(meeting_id), body_of(MeetingBody)
    _ensure_alternative_hosts(zoom, body.settings.alternative_hosts)
    zoom.limits.spend_host(meeting.host.id)
    before = described(zoom, meeting)
    _merge(meeting, body)
    old, new = _difference(before, described(zoom, meeting))
    if new:
        events.meeting_updated(zoom, meeting, old, new)
    room.open_doors(zoom, meeting, wall())
    return 204, None


@operation("meetings.delete", "DELETE", "/meetings/<meeting_id>")
def delete(meeting_id: str) -> Result:
    zoom = current().zoom
    meeting = zoom.meeting(meeting_id)
    if meeting.running:
        raise ZoomError(400, 3002, "Sorry, you cannot delete this meeting since it is in progress.")
    meeting.deleted_mark = zoom.clock.now()
    events.meeting_deleted(zoom, meeting)
    return 204, None


@operation("meetings.status", "PUT", "/meetings/<meeting_id>/status")
def change_status(meeting_id: str) -> Result:
    """Ending leaves the meeting in place: with join-before-host on, anybody opens it again."""
    zoom, action = current().zoom, body_of(StatusChange).action
    if action == "recover":
        meeting = zoom.deleted(int(meeting_id) if meeting_id.isdecimal() else 0)
        meeting.deleted_mark = None
        events.meeting_recovered(zoom, meeting)
        return 204, None
    meeting = zoom.meeting(meeting_id)
    if meeting.running is None and zoom.switches.idle_end == "refuse":
        raise ZoomError(400, 3000, "Cannot end a meeting that has not started.")
    room.end(zoom, meeting, wall())
    return 204, None


@operation("meetings.live_events", "PATCH", "/live_meetings/<meeting_id>/events")
def control(meeting_id: str) -> Result:
    zoom = current().zoom
    meeting, body = zoom.meeting(meeting_id), body_of(LiveEvent)
    if meeting.running is None:
        raise ZoomError(400, 3000, "The meeting is not in progress.")
    if body.method == "waiting_room.update":
        meeting.settings["waiting_room"] = bool(body.params.waiting_room)
        return 202, None
    inside = [*meeting.running.present(), *meeting.running.present("in_waiting_room")]
    for stay in inside:
        if stay.participant_uuid == body.params.participant_uuid:
            room.remove(zoom, meeting, stay, wall())
            return 202, None
    raise invalid(("params.participant_uuid", "Invalid field."))


@operation("meetings.list", "GET", "/users/<key>/meetings")
def list_meetings(key: str) -> Result:
    """Short rows; `live` is the one reading to trust about whether a host is busy."""
    zoom = current().zoom
    host, kind = zoom.user(key), request.args.get("type", "scheduled")
    if kind not in KINDS:
        raise invalid(("type", "Invalid field."))
    since, until = _day("from"), _day("to")
    now = wall()
    rows = [one for one in zoom.existing() if one.host is host and KINDS[kind](one, now) and _within(one, since, until)]
    rows.sort(key=lambda one: (one.start_time or one.created_at, one.id))
    return 200, page(rows, "meetings", lambda one: _row(zoom, one))


KINDS: dict[str, Callable[[Meeting, datetime], bool]] = {
    "scheduled": lambda one, _now: one.type != 1,
    "live": lambda one, _now: one.running is not None,
    "upcoming": lambda one, now: one.planned_end is None or one.planned_end > now,
    "upcoming_meetings": lambda one, now: one.planned_end is None or one.planned_end > now,
    "previous_meetings": lambda one, _now: bool(one.instances) and one.running is None,
}


def shown(zoom: Zoom, meeting: Meeting) -> dict[str, Any]:
    """The whole object; each reading has a new start link."""
    return described(zoom, meeting) | {"start_url": zoom.start_url(meeting)}


def described(zoom: Zoom, meeting: Meeting) -> dict[str, Any]:
    told: dict[str, Any] = {
        **_row(zoom, meeting),
        "agenda": meeting.agenda,
        "host_email": meeting.host.email,
        "assistant_id": "",
        "status": "started" if meeting.running else "waiting",
        "password": meeting.password,
        "h323_password": _numeric(meeting.password),
        "pstn_password": _numeric(meeting.password),
        "encrypted_password": zoom.embedded_passcode(meeting),
        "tracking_fields": meeting.tracking_fields,
        "settings": dict(meeting.settings),
        "creation_source": "open_api",
        "pre_schedule": False,
    }
    if meeting.has_registration:
        told["registration_url"] = zoom.registration_url(meeting)
    return told


def _row(zoom: Zoom, meeting: Meeting) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": meeting.id,
        "uuid": meeting.running.uuid if meeting.running else meeting.uuid,
        "host_id": meeting.host.id,
        "topic": meeting.topic,
        "type": meeting.type,
        "duration": meeting.duration,
        "timezone": meeting.timezone,
        "agenda": meeting.agenda[:LISTED_AGENDA],
        "created_at": stamp(meeting.created_at),
        "join_url": zoom.join_url(meeting),
    }
    return row | {"start_time": stamp(meeting.start_time)} if meeting.start_time else row


def _entitled(host: User, body: MeetingBody, settings: dict[str, Any]) -> dict[str, Any]:
    """What the host may not have is dropped without a word: read back what matters."""
    if host.type == BASIC or host.forces_pmi or body.type == NO_FIXED_TIME:
        settings["approval_type"] = NO_REGISTRATION
    if settings["waiting_room"]:
        settings["join_before_host"] = False
    return settings


def _merge(meeting: Meeting, body: MeetingBody) -> None:
    for name in ("topic", "agenda", "duration", "timezone", "password"):
        value = getattr(body, name)
        if value is not None:
            setattr(meeting, name, value)
    if body.tracking_fields is not None:
        meeting.tracking_fields = [field.model_dump() | {"visible": True} for field in body.tracking_fields]
    start = body.start(meeting.timezone)
    if start is not None and start > wall() and meeting.type == SCHEDULED:
        meeting.start_time = start
    merged = meeting.settings | body.settings.model_dump(exclude_none=True)
    meeting.settings = _entitled(meeting.host, body, merged)


def _difference(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    changed = [key for key in after if before.get(key) != after[key]]
    old, new = ({key: told.get(key) for key in changed} for told in (before, after))
    if "settings" in changed:
        names = [name for name, value in after["settings"].items() if before["settings"].get(name) != value]
        old["settings"], new["settings"] = (
            {name: told["settings"][name] for name in names} for told in (before, after)
        )
    return old, new


def _ensure_alternative_hosts(zoom: Zoom, listed: str | None) -> None:
    """One who is not a licensed user of the account spoils the whole write."""
    for key in filter(None, (listed or "").replace(",", ";").split(";")):
        licensed = {name for user in zoom.users if user.type != BASIC for name in (user.id, user.email)}
        if key.strip() not in licensed:
            raise invalid(("settings.alternative_hosts", f"User does not exist or is not licensed: {key.strip()}."))


def _passcode(host: User, body: MeetingBody) -> str:
    if body.password:
        return body.password
    required = host.settings["schedule_meeting"]["require_password_for_scheduling_new_meetings"]
    if not required or not body.default_password:
        return ""
    return "".join(secrets.choice(PASSCODE_LETTERS) for _ in range(6))


def _numeric(password: str) -> str:
    return f"{sum(password.encode()) * 7919 % 1_000_000:06d}" if password else ""


def _unused_number(zoom: Zoom) -> int:
    while (number := ids.meeting_number()) in zoom.meetings:
        pass
    return number


def _day(name: str) -> date | None:
    value = request.args.get(name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise invalid((name, "Must be yyyy-MM-dd.")) from None


def _within(meeting: Meeting, since: date | None, until: date | None) -> bool:
    moment: datetime = meeting.start_time or meeting.created_at
    return (since is None or moment.date() >= since) and (until is None or moment.date() <= until)
