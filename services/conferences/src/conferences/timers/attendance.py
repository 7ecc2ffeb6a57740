"""Attendance: messages applied as they come, corrected by the provider's own list after the end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer
from conferences.clients import zoom as clients
from conferences.clients.zoom import Zoom
from conferences.clients.zoom_errors import ZoomRefused
from conferences.usecases import attendance
from conferences.usecases.attendance import Unreconciled

SHORTEST_WAIT = timedelta(seconds=20)
GIVE_UP_AFTER = timedelta(hours=26)  # once more on the day after; a meeting of one person appears in no list ever


def apply_hooks(timer: Timer) -> datetime | None:
    with transaction() as session:
        attendance.apply_hooks(session, timer.subject)
        timer.finish(session)
    return None


def reconcile(timer: Timer) -> datetime | None:
    """Ask for each sitting's list until it is there, at pauses that grow with the time since the end."""
    conference_id = UUID(timer.subject)
    with transaction() as session:
        open_ = attendance.to_reconcile(session, conference_id)
    if open_ is None:
        return None
    zoom = clients.client()
    wanted = _sittings(zoom, open_)
    complete = bool(wanted)
    for meeting_uuid in sorted(wanted):
        listed = attendance.listed_rows(_list(zoom, meeting_uuid), open_.host_user_id)
        if not listed:
            complete = False
            continue
        with transaction() as session:
            attendance.reconcile(session, conference_id, meeting_uuid, listed, now=now())
    elapsed = now() - open_.ended_at
    if complete or elapsed > GIVE_UP_AFTER:
        return None
    return now() + max(SHORTEST_WAIT, elapsed / 2)


def _sittings(zoom: Zoom, open_: Unreconciled) -> set[str]:
    """Those we heard of and those we did not: messages get lost."""
    try:
        instances: list[Mapping[str, Any]] = list(zoom.past_sittings(open_.meeting_id))
    except ZoomRefused as refusal:
        if not refusal.is_missing:
            raise
        instances = []
    unheard = {str(row["uuid"]) for row in instances if row.get("uuid")} - open_.all_sittings
    return set(open_.open_sittings) | unheard


def _list(zoom: Zoom, meeting_uuid: str) -> list[dict[str, Any]]:
    try:
        return zoom.past_participants(meeting_uuid)
    except ZoomRefused as refusal:
        if refusal.is_missing:
            return []
        raise
