"""Meetings at the provider: made, closed, discarded. Each may be cut off anywhere and is then done from its start."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis import logs
from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer
from conferences import settings as configuration
from conferences.clients import zoom as clients
from conferences.clients.zoom import Zoom
from conferences.clients.zoom_errors import RUNNING, ZoomError, ZoomLimited, ZoomRefused
from conferences.rules import meetings
from conferences.usecases import rooms
from conferences.usecases.rooms import STRAY_FOR, Task

log = logs.get_logger(__name__)
SECOND_LOOK = timedelta(minutes=2)
RECONCILE_AFTER = timedelta(seconds=30)
LIMIT_PAUSE = timedelta(minutes=15)


class SettingsNotKept(ZoomError):
    """The host is not entitled to what a room needs."""

    reason = "settings-not-kept"


class StillOpen(ZoomError):
    reason = "still-open"


def make(timer: Timer) -> datetime | None:
    """Make the room, or find the one an earlier attempt made; it is ready when it reads back as it was asked for."""
    booking_id = UUID(timer.subject)
    with transaction() as session:
        task = rooms.begin_making(session, booking_id, now())
    if task is None:
        return None
    try:
        _make(clients.client(), task)
    except ZoomError as error:
        with transaction() as session:
            rooms.failed(session, booking_id, error.reason, now())
        if isinstance(error, ZoomLimited) and error.until is not None:
            return min(error.until, now() + LIMIT_PAUSE)
        raise
    with transaction() as session:
        rooms.ready(session, booking_id, settings=configuration.current(), now=now())
    return None


def _make(zoom: Zoom, task: Task) -> None:
    meeting_id = task.meeting_id
    if meeting_id is None and task.tried_before:
        meeting_id = next(iter(_marked(zoom, task)), None)
    if meeting_id is None:
        meeting_id = _create(zoom, task)
    if meeting_id != task.meeting_id:
        with transaction() as session:
            if not rooms.made(session, task, meeting_id, now()):
                return
    lost = meetings.lost_settings(zoom.read_meeting(meeting_id))
    if lost and task.reason != SettingsNotKept.reason:
        _spend(task)
        zoom.change_meeting(meeting_id, {"settings": lost})
        lost = meetings.lost_settings(zoom.read_meeting(meeting_id))
    if lost:
        log.error("settings not kept", host=str(task.host_id), settings=sorted(lost))
        raise SettingsNotKept("read-meeting")


def _create(zoom: Zoom, task: Task) -> int:
    body = meetings.body(
        number=task.number, conference_id=task.conference_id, generation=task.generation, period=task.period
    )
    _spend(task)
    try:
        return int(zoom.create_meeting(task.zoom_user_id, body)["id"])
    except ZoomLimited as error:
        if error.until is not None:
            with transaction() as session:
                rooms.exhaust(session, task.host_id, settings=configuration.current(), now=now())
        raise


def _spend(task: Task) -> None:
    """A fifth of the day's calls is kept for closing: a room that cannot be made can wait, an open one cannot."""
    with transaction() as session:
        most = configuration.current().zoom_host_calls_per_day * 4 // 5
        left = rooms.spend(session, task.host_id, most=most, now=now())
    if not left:
        raise ZoomLimited("host-ledger", now() + LIMIT_PAUSE)


def _marked(zoom: Zoom, task: Task) -> list[int]:
    """Our meetings among those of the host: lists cut the agenda, the marker stands at its beginning."""
    listed = zoom.meetings_of(task.zoom_user_id)
    return [int(row["id"]) for row in listed if str(row.get("agenda") or "").split(maxsplit=1)[:1] == [task.marker]]


def close(timer: Timer) -> datetime | None:
    """Close the room and see that it is closed: ended alone it would open again for whoever has a link (S20)."""
    with transaction() as session:
        task = rooms.begin_closing(session, UUID(timer.subject))
    if task is None:
        return None
    if task.meeting_id is not None:
        _shut(clients.client(), task, task.meeting_id)
    with transaction() as session:
        rooms.closed(session, task, now() + RECONCILE_AFTER, now())
        timer.finish(session)
    return None


def _shut(zoom: Zoom, task: Task, meeting_id: int) -> None:
    meeting = _read(zoom, meeting_id)
    if meeting is None:
        return
    if (meeting.get("settings") or {}).get("join_before_host", False):
        with transaction() as session:
            rooms.spend(session, task.host_id, most=None, now=now())
        zoom.change_meeting(meeting_id, {"settings": {"join_before_host": False}})
    try:
        zoom.end_meeting(meeting_id)
    except ZoomRefused:  # one that nobody is in may be refused: what it reads like decides
        log.info("ending refused", operation="end-meeting")
    meeting = _read(zoom, meeting_id)
    if meeting is not None and not meetings.is_shut(meeting):
        raise StillOpen("read-meeting")


def _read(zoom: Zoom, meeting_id: int) -> dict[str, Any] | None:
    try:
        return zoom.read_meeting(meeting_id)
    except ZoomRefused as refusal:
        if refusal.is_missing:
            return None
        raise


def discard(timer: Timer) -> datetime | None:
    """A meeting nobody wants any more, also one whose making was cut off: none is left behind."""
    with transaction() as session:
        task = rooms.task_of(session, UUID(timer.subject))
    if task is None or (task.meeting_id is None and not task.tried_before):
        return None
    zoom = clients.client()
    for meeting_id in [task.meeting_id] if task.meeting_id is not None else _marked(zoom, task):
        _delete(zoom, task, meeting_id)
    if task.meeting_id is None and task.tried_at is not None and now() < task.tried_at + STRAY_FOR:
        return now() + SECOND_LOOK
    return None


def weed(timer: Timer) -> datetime | None:
    """A creation we gave up waiting for may come through after the next one: of two with one marker the other goes."""
    with transaction() as session:
        task = rooms.task_of(session, UUID(timer.subject))
    if task is not None:
        zoom = clients.client()
        for meeting_id in _marked(zoom, task):
            if meeting_id != task.meeting_id:
                _delete(zoom, task, meeting_id)
    return None


def _delete(zoom: Zoom, task: Task, meeting_id: int) -> None:
    try:
        zoom.delete_meeting(meeting_id)
    except ZoomRefused as refusal:
        if refusal.is_missing:
            return
        if refusal.code != RUNNING:
            raise
        _shut(zoom, task, meeting_id)
        zoom.delete_meeting(meeting_id)
