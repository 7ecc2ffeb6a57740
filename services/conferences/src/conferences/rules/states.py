"""What a conference is at a moment. The clock decides; timers only write down what has already come true."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from conferences.errors import ConferenceNotEnded, ConferenceNotStarted, ConferenceOver, JoinNotOpen
from conferences.rules.periods import JOIN_LEAD

NOBODY = UUID(int=0)  # whose a conference is after its owner's account was deleted


class State(StrEnum):
    scheduled = "scheduled"
    open = "open"
    ended = "ended"
    cancelled = "cancelled"


class Room(StrEnum):
    """The meeting at the provider."""

    pending = "pending"
    ready = "ready"
    failed = "failed"
    closed = "closed"


class MailState(StrEnum):
    """What became of the mail of an invitation: `sent` is what the mail server took, `failed` what it never will."""

    queued = "queued"
    sent = "sent"
    failed = "failed"


class JoinState(StrEnum):
    waiting = "waiting"
    preparing = "preparing"
    open = "open"
    ended = "ended"
    cancelled = "cancelled"


OVER = (State.ended, State.cancelled)


def state_at(stored: str, starts_at: datetime, ends_at: datetime, now: datetime) -> State:
    """Late timers must not keep a conference shut, nor a finished one running (S20, S26)."""
    state = State(stored)
    if state in OVER:
        return state
    if now >= ends_at:
        return State.ended
    return State.open if now >= starts_at else State.scheduled


def join_state(state: State, room: Room, starts_at: datetime, now: datetime) -> JoinState:
    """What somebody with a link finds: the entrance opens ten minutes before (S26)."""
    if state in OVER:
        return JoinState(state)
    if now < starts_at - JOIN_LEAD:
        return JoinState.waiting
    return JoinState.open if room == Room.ready else JoinState.preparing


def ensure_not_over(state: State) -> None:
    if state in OVER:
        raise ConferenceOver(state=state)


def ensure_started(state: State, starts_at: datetime) -> None:
    if state == State.cancelled:
        raise ConferenceOver(state=state)
    if state == State.scheduled:
        raise ConferenceNotStarted(starts_at=starts_at)


def ensure_ended(state: State, ends_at: datetime) -> None:
    if state == State.cancelled:
        raise ConferenceOver(state=state)
    if state != State.ended:
        raise ConferenceNotEnded(ends_at=ends_at)


def ensure_entrance_open(state: JoinState, opens_at: datetime) -> None:
    if state in (JoinState.ended, JoinState.cancelled):
        raise ConferenceOver(state=state)
    if state == JoinState.waiting:
        raise JoinNotOpen(opens_at=opens_at)
