"""How long somebody stays signed in (O1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

TOKEN_LIFE = timedelta(minutes=5)
PROLONG_STEP = timedelta(seconds=15)


@dataclass(frozen=True)
class Limits:
    """A session dies of idleness, and at the latest of age."""

    idle: timedelta
    absolute: timedelta

    def end_of(self, *, created_at: datetime, last_used_at: datetime) -> datetime:
        return min(last_used_at + self.idle, created_at + self.absolute)


def is_worth_prolonging(last_used_at: datetime, now: datetime) -> bool:
    """A page makes several calls at once: one write for them is enough."""
    return now - last_used_at >= PROLONG_STEP


def token_life(now: datetime, ends_at: datetime) -> timedelta:
    """A token never outlives the session it speaks for."""
    return min(TOKEN_LIFE, ends_at - now)
