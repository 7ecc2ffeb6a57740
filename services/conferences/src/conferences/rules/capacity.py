"""How many people fit (S21). The coordinator takes no place."""

from collections.abc import Sequence

from conferences.errors import CapacityBelowParticipants

CLASSES = (300, 500, 1000)


def free_places(capacity: int, participant_count: int) -> int:
    return max(0, capacity - participant_count)


def ensure_holds(capacity: int, participant_count: int) -> None:
    if participant_count > capacity:
        raise CapacityBelowParticipants(participant_count=participant_count)


def fitting(wanted: Sequence[object], places: int) -> int:
    """How many of those wanted get a place: first come, first served."""
    return min(len(wanted), places)
