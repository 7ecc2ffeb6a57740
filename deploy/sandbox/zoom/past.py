"""What remains of a meeting: not at once, at first without durations, one row per stay."""

from datetime import timedelta
from typing import Any, Literal

from flask import request

from sandbox.clock import stamp
from sandbox.world import current
from sandbox.zoom.api import Result, operation
from sandbox.zoom.errors import no_meeting
from sandbox.zoom.model import Instance, Meeting, Stay
from sandbox.zoom.paging import page
from sandbox.zoom.paths import instance_key
from sandbox.zoom.state import Zoom

ZEROS_FOR = 0.5  # of the delay, once more: rows are there, durations read 0


@operation("past.meeting", "GET", "/past_meetings/<key>")
def meeting(key: str) -> Result:
    zoom = current().zoom
    found, instance = _ready(zoom, key)
    assert instance.ended_at is not None  # noqa: S101 - only finished ones are ready
    minutes = round((instance.ended_at - instance.started_at).total_seconds() / 60)
    inside = _rows(instance, "in_meeting")
    return 200, {
        "id": found.id,
        "uuid": instance.uuid,
        "host_id": found.host.id,
        "type": found.type,
        "topic": found.topic,
        "user_email": found.host.email,
        "start_time": stamp(instance.started_at),
        "end_time": stamp(instance.ended_at),
        "duration": minutes,
        "total_minutes": sum(_seconds(stay) for stay in inside) // 60,
        "participants_count": len(inside),
        "source": "sandbox",
    }


@operation("past.instances", "GET", "/past_meetings/<key>/instances")
def instances(key: str) -> Result:
    zoom = current().zoom
    found = zoom.meetings.get(int(key)) if key.isdecimal() else None
    if found is None:
        raise no_meeting(key)
    ended = [one for one in found.instances if one.ended_at]
    return 200, {"meetings": [{"uuid": one.uuid, "start_time": stamp(one.started_at)} for one in ended]}


@operation("past.participants", "GET", "/past_meetings/<key>/participants")
def participants(key: str) -> Result:
    zoom = current().zoom
    _, instance = _ready(zoom, key)
    return 200, _participants(zoom, instance, key, with_registrant=True)


@operation("report.participants", "GET", "/report/meetings/<key>/participants")
def report(key: str) -> Result:
    zoom = current().zoom
    _, instance = _ready(zoom, key)
    wanted = request.args.get("include_fields", "").split(",")
    return 200, _participants(zoom, instance, key, with_registrant="registrant_id" in wanted)


def _ready(zoom: Zoom, key: str) -> tuple[Meeting, Instance]:
    found, instance = zoom.instance(instance_key(key))
    if _age(zoom, instance) < _delay(zoom):
        raise no_meeting(key)  # «not yet» and «never» look alike
    return found, instance


def _age(zoom: Zoom, instance: Instance) -> timedelta:
    return zoom.clock.now() - (instance.ended_mark or zoom.clock.now())


def _delay(zoom: Zoom) -> timedelta:
    return timedelta(seconds=zoom.settings.sandbox_zoom_report_delay_seconds)


def _participants(zoom: Zoom, instance: Instance, key: str, *, with_registrant: bool) -> dict[str, Any]:
    stays = [*_rows(instance, "in_meeting"), *_rows(instance, "in_waiting_room")]
    people = {stay.registrant_id or stay.zoom_user_id or stay.name for stay in stays}
    if len(people) < 2:
        raise no_meeting(key)  # a meeting of one is hidden
    counted = _age(zoom, instance) >= _delay(zoom) * (1 + ZEROS_FOR)
    stays.sort(key=lambda stay: stay.came_at)

    def shown(stay: Stay) -> dict[str, Any]:
        row = _row(zoom, stay, counted=counted)
        return row | {"registrant_id": stay.registrant_id} if with_registrant else row

    return page(stays, "participants", shown)


def _row(zoom: Zoom, stay: Stay, *, counted: bool) -> dict[str, Any]:
    assert stay.left_at is not None  # noqa: S101 - everybody left when the instance ended
    return {
        "id": stay.zoom_user_id,
        "user_id": stay.user_id,
        "participant_user_id": stay.zoom_user_id,
        "name": stay.name,
        "user_email": "" if zoom.switches.blank_emails and not stay.is_host else stay.email,
        "join_time": stamp(stay.came_at),
        "leave_time": stamp(stay.left_at),
        "duration": _seconds(stay) if counted else 0,
        "status": stay.place,
        "failover": False,
        "bo_mtg_id": "",
    }


def _rows(instance: Instance, place: Literal["in_meeting", "in_waiting_room"]) -> list[Stay]:
    return [stay for stay in instance.stays if stay.place == place and stay.left_at is not None]


def _seconds(stay: Stay) -> int:
    return int((stay.left_at - stay.came_at).total_seconds()) if stay.left_at else 0
