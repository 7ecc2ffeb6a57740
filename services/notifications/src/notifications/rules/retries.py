"""When a mail the server did not take is tried again. The first quarter of an hour is dense, later ones thin out."""

from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_EARLY_PAUSE = timedelta(seconds=60)
EARLY = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(hours=1)


def next_attempt(*, attempts: int, queued_at: datetime, now: datetime) -> datetime:
    """5 s doubling to a minute; after 15 minutes an eighth of the mail's age, at most an hour."""
    age = now - queued_at
    if age < EARLY:
        return now + min(FIRST_PAUSE * (1 << min(attempts - 1, 8)), LONGEST_EARLY_PAUSE)
    return now + min(max(age / 8, LONGEST_EARLY_PAUSE), LONGEST_PAUSE)


def give_up_at(*, queued_at: datetime, patience: timedelta, useful_until: datetime | None) -> datetime:
    """Nobody needs a spent link or an invitation to what is over."""
    latest = queued_at + patience
    return min(latest, useful_until) if useful_until is not None else latest
