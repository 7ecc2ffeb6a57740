"""Who may collaborate, and what ending it means (S18)."""

from uuid import UUID

import pytest

from orgs.errors import CollaborationEnded
from orgs.rules.collaborations import (
    MOST_MAILED,
    Because,
    Standing,
    State,
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
    assert told_to_owner(state, because, 1) is owner_is_told


@pytest.mark.parametrize("asked_times", [MOST_MAILED, MOST_MAILED + 1])
def test_who_is_asked_over_and_over_is_mailed_no_more(asked_times: int) -> None:
    assert told_to_owner(State.pending, None, asked_times) is (False if asked_times == MOST_MAILED else None)
    assert told_to_owner(State.active, None, asked_times) is True
