"""Inviting somebody to coordinate, and what becomes of the invitation (S13). Plain values."""

from datetime import datetime, timedelta
from enum import StrEnum

from chassis.text import folded
from orgs.errors import CoordinatorInvitationClosed, SentAMomentAgo

VALID_DAYS = 30  # guide: «ισχύει για 30 ημέρες»
AGAIN_AFTER = timedelta(minutes=1)
KEPT_EXPIRED = timedelta(days=60)  # may still be sent again; then name and address are dropped


class State(StrEnum):
    pending = "pending"
    surname_differs = "surname_differs"
    accepted = "accepted"
    revoked = "revoked"
    declined = "declined"


OPEN = (State.pending, State.surname_differs)


def shown_state(state: State, expires_at: datetime, now: datetime) -> str:
    return "expired" if state == State.pending and now >= expires_at else state


def same_surname(invited: str, known: str) -> bool:
    """As people write it: case, accents and spaces aside. A married name or a Latin spelling is another one."""
    return folded(invited.replace("-", " ")) == folded(known.replace("-", " "))


def ensure_may_be_sent(state: State, sent_at: datetime, now: datetime) -> None:
    ensure_is(state, State.pending)
    if (wait := sent_at + AGAIN_AFTER - now) > timedelta():
        raise SentAMomentAgo(retry_after_seconds=int(wait.total_seconds()) + 1)


def ensure_is(state: State, *wanted: State) -> None:
    if state not in wanted:
        raise CoordinatorInvitationClosed(state=state)
