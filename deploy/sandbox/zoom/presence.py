"""The truth to compare reports with: every stay of every registrant, and the seconds of their union."""

from datetime import datetime
from typing import Any

from sandbox.clock import stamp, wall
from sandbox.zoom.model import Meeting, Stay

Interval = tuple[datetime, datetime]


def presence(meeting: Meeting) -> list[dict[str, Any]]:
    return [
        {
            "registrant_id": registrant.id,
            "email": registrant.email,
            "name": registrant.name,
            "seconds": union_seconds([_interval(stay) for _, stay in stays]),
            "stays": [
                {
                    "uuid": uuid,
                    "user_id": stay.user_id,
                    "joined_at": stamp(stay.came_at),
                    "left_at": stamp(stay.left_at) if stay.left_at else None,
                }
                for uuid, stay in stays
            ],
        }
        for registrant in meeting.registrants.values()
        for stays in [_stays(meeting, registrant.id)]
    ]


def _stays(meeting: Meeting, registrant_id: str) -> list[tuple[str, Stay]]:
    return [
        (instance.uuid, stay)
        for instance in meeting.instances
        for stay in instance.stays
        if stay.registrant_id == registrant_id and stay.place == "in_meeting"
    ]


def _interval(stay: Stay) -> Interval:
    """Who is still inside is counted up to now."""
    until = stay.left_at or wall().replace(microsecond=0)
    return stay.came_at, max(until, stay.came_at)


def union_seconds(intervals: list[Interval]) -> int:
    """Two devices at once count once."""
    total, reached = 0.0, None
    for start, end in sorted(intervals):
        begin = start if reached is None or start > reached else reached
        if end > begin:
            total += (end - begin).total_seconds()
            reached = end
    return int(total)
