"""From what the provider says to who was there, and for how long (S28).

Messages come twice, late, out of order or not at all; so stays are not updated step by step, they are derived anew from
all that is known of one device. The order of arrival cannot matter then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# The provider's list and its messages may differ by a moment about the same entrance.
SAME_MOMENT = timedelta(seconds=5)


@dataclass(frozen=True, order=True)
class Stay:
    """One device in the room; `left_at` is None while nobody has said that it left."""

    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, order=True)
class Interval:
    joined_at: datetime
    left_at: datetime


@dataclass(frozen=True)
class Row:
    """One line of the provider's own list, after the end; or one stay known from messages."""

    device: str
    registrant_id: str | None
    stay: Stay


def stays(joins: Iterable[datetime], leaves: Iterable[datetime]) -> list[Stay]:
    """The stays of one device. A departure belongs to the last entrance before it: a late one ends no newer stay.

    A departure without entrance says nothing about the time and is left out.
    """
    entrances, departures = sorted(set(joins)), sorted(set(leaves))
    found = []
    for place, joined_at in enumerate(entrances):
        until = entrances[place + 1] if place + 1 < len(entrances) else None
        left_at = next((at for at in departures if at >= joined_at and (until is None or at <= until)), None)
        found.append(Stay(joined_at, left_at if left_at is not None else until))
    return found


def closed(stay: Stay, end: datetime) -> Interval:
    """Nobody stays longer than the meeting."""
    return Interval(stay.joined_at, stay.left_at if stay.left_at is not None else max(end, stay.joined_at))


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Several devices at once count once."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and interval.joined_at <= merged[-1].left_at:
            merged[-1] = Interval(merged[-1].joined_at, max(merged[-1].left_at, interval.left_at))
        else:
            merged.append(interval)
    return merged


def seconds(intervals: Iterable[Interval]) -> int:
    return round(sum((interval.left_at - interval.joined_at).total_seconds() for interval in intervals))


def reconciled(told: Sequence[Row], listed: Sequence[Row]) -> list[Row]:
    """The provider's list corrects what its messages told; what the list lacks is kept."""
    return [*listed, *(row for row in told if not any(_same(row, other) for other in listed))]


def _same(one: Row, other: Row) -> bool:
    if one.device == other.device:
        return True
    same_person = one.registrant_id is not None and one.registrant_id == other.registrant_id
    return same_person and abs(one.stay.joined_at - other.stay.joined_at) <= SAME_MOMENT
