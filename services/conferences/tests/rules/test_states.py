"""The clock decides what a conference is; timers may be late (S20, S26)."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.errors import DomainError
from conferences.errors import ConferenceNotEnded, ConferenceNotStarted, ConferenceOver, JoinNotOpen
from conferences.rules import states
from conferences.rules.states import JoinState, Room, State

START = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
END = START + timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("stored", "now", "state"),
    [
        ("scheduled", START - MINUTE, State.scheduled),
        ("scheduled", START, State.open),
        ("scheduled", END, State.ended),
        ("open", END - MINUTE, State.open),
        ("open", END, State.ended),
        ("ended", START, State.ended),
        ("cancelled", START - MINUTE, State.cancelled),
        ("cancelled", END, State.cancelled),
    ],
)
def test_state_at_a_moment(stored: str, now: datetime, state: State) -> None:
    assert states.state_at(stored, START, END, now) == state


@pytest.mark.parametrize(
    ("state", "room", "now", "expected"),
    [
        (State.scheduled, Room.ready, START - 11 * MINUTE, JoinState.waiting),
        (State.scheduled, Room.ready, START - 10 * MINUTE, JoinState.open),
        (State.scheduled, Room.pending, START - 10 * MINUTE, JoinState.preparing),
        (State.open, Room.failed, START, JoinState.preparing),
        (State.open, Room.ready, START, JoinState.open),
        (State.ended, Room.closed, END, JoinState.ended),
        (State.cancelled, Room.closed, START - 60 * MINUTE, JoinState.cancelled),
    ],
)
def test_what_somebody_with_a_link_finds(state: State, room: Room, now: datetime, expected: JoinState) -> None:
    assert states.join_state(state, room, START, now) == expected


@pytest.mark.parametrize(
    ("ensure", "refusal"),
    [
        (lambda: states.ensure_not_over(State.ended), ConferenceOver),
        (lambda: states.ensure_not_over(State.cancelled), ConferenceOver),
        (lambda: states.ensure_started(State.scheduled, START), ConferenceNotStarted),
        (lambda: states.ensure_started(State.cancelled, START), ConferenceOver),
        (lambda: states.ensure_ended(State.open, END), ConferenceNotEnded),
        (lambda: states.ensure_ended(State.cancelled, END), ConferenceOver),
        (lambda: states.ensure_entrance_open(JoinState.waiting, START), JoinNotOpen),
        (lambda: states.ensure_entrance_open(JoinState.ended, START), ConferenceOver),
    ],
)
def test_refusals_by_state(ensure, refusal: type[DomainError]) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(refusal):
        ensure()


def test_what_is_possible_is_not_refused() -> None:
    states.ensure_not_over(State.open)
    states.ensure_started(State.ended, START)
    states.ensure_ended(State.ended, END)
    states.ensure_entrance_open(JoinState.preparing, START)
