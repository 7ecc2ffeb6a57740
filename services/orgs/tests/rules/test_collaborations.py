"""Who may collaborate, and what ending it means (S18)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from orgs.errors import CollaborationEnded
from orgs.rules.collaborations import (
    Because,
    Standing,
    State,
    ask_again_at,
    ensure_under_way,
    may_collaborate,
    told_to_owner,
    why_ended,
)
from orgs.rules.memberships import Role

HERE, ELSEWHERE = UUID(int=10), UUID(int=11)
UNIT, LEAD = Standing(Role.unit_coordinator, HERE, "active"), Standing(Role.institution_coordinator, HERE, "active")


@pytest.mark.parametrize(
    ("other", "allowed"),
    [
        (UNIT, True),
        (LEAD, True),
        (Standing(Role.user, HERE, "active"), False),
        (Standing(Role.unit_coordinator, ELSEWHERE, "active"), False),
        (Standing(Role.unit_coordinator, HERE, "disabled"), False),
        (Standing(Role.unit_coordinator, HERE, "awaiting_activation"), False),
        (None, False),
    ],
)
def test_active_coordinators_of_one_institution_collaborate(other: Standing | None, allowed: bool) -> None:
    assert may_collaborate(LEAD, other, HERE) is allowed
    assert may_collaborate(other, UNIT, HERE) is allowed


def test_two_who_moved_together_collaborate_no_more_in_the_institution_they_left() -> None:
    assert not may_collaborate(UNIT, LEAD, ELSEWHERE)


@pytest.mark.parametrize(
    ("state", "by_owner", "because"),
    [
        (State.pending, True, Because.cancelled),
        (State.pending, False, Because.rejected),
        (State.active, True, Because.ended_by_owner),
        (State.active, False, Because.ended_by_collaborator),
    ],
)
def test_ending_means_what_it_is_by_then_and_who_does_it(state: State, by_owner: bool, because: Because) -> None:
    assert why_ended(state, by_owner=by_owner) == because


ASKED, ENDED = (datetime(2026, 11, day, 8, 0, tzinfo=UTC) for day in (20, 25))
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


@pytest.mark.parametrize(
    ("because", "asked_times", "again_at"),
    [
        (Because.cancelled, 1, None),
        (Because.cancelled, 2, None),
        (Because.cancelled, 3, ASKED + A_DAY),
        (Because.ended_by_owner, 2, None),
        (Because.ended_by_owner, 3, ASKED + A_DAY),
        (Because.eligibility_ended, 1, None),
        (Because.rejected, 1, ENDED + A_WEEK),
        (Because.rejected, 3, ENDED + A_WEEK),
        (Because.ended_by_collaborator, 1, ENDED + A_WEEK),
    ],
)
def test_a_no_is_followed_by_a_week_and_three_in_a_row_by_a_day(
    because: Because, asked_times: int, again_at: datetime | None
) -> None:
    assert ask_again_at(because, ended_at=ENDED, asked_at=ASKED, asked_times=asked_times) == again_at


def test_what_has_ended_is_neither_accepted_nor_ended() -> None:
    for state in (State.pending, State.active):
        ensure_under_way(state)
    with pytest.raises(CollaborationEnded):
        ensure_under_way(State.ended)


@pytest.mark.parametrize(
    ("state", "because", "owner_is_told"),
    [
        (State.pending, None, False),
        (State.active, None, True),
        (State.ended, Because.rejected, True),
        (State.ended, Because.ended_by_collaborator, True),
        (State.ended, Because.ended_by_owner, False),
        (State.ended, Because.cancelled, None),
        (State.ended, Because.eligibility_ended, None),
    ],
)
def test_who_hears_of_it(state: State, because: Because | None, owner_is_told: bool | None) -> None:
    assert told_to_owner(state, because) is owner_is_told
