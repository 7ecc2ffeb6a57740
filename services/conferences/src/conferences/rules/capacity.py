"""How many people fit (S21). The coordinator takes no place."""

from conferences.errors import CapacityBelowParticipants


def free_places(capacity: int, participant_count: int) -> int:
    return max(0, capacity - participant_count)


def ensure_holds(capacity: int, participant_count: int) -> None:
    if participant_count > capacity:
        raise CapacityBelowParticipants(participant_count=participant_count)
