"""Groups of who stopped coordinating are kept for twelve months, and then no longer (S30)."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.timers import TimerRow
from conferences.models import Group, GroupMember, Membership
from conferences.timers.groups import LOOK_EVERY
from conferences.usecases import left_groups

from ..factories import HERE, UNIT, make_group, make_person

EVENTS = Path(__file__).parents[4] / "contracts" / "events"
CHANGED, RESTATED = "orgs.membership.changed.v1", "orgs.membership.snapshot.v1"
TIMER = ("groups.forget", "everybody")
A_YEAR, A_DAY = timedelta(days=366), timedelta(days=1)


@pytest.fixture
def time() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(now().replace(microsecond=0), tz_offset=0) as frozen:
        yield frozen


@pytest.fixture
def hears(deliver: Callable[..., str], coordinator: UUID) -> Callable[..., None]:
    """What orgs says of the coordinator's role."""
    example = json.loads((EVENTS / f"{CHANGED}.json").read_text("utf-8"))["examples"][0]
    place = {"person_id": str(coordinator), "institution_id": str(HERE), "unit_id": str(UNIT)}

    def hear(role: str, sequence: int, type_: str = CHANGED) -> None:
        assert deliver(type_, {**example, **place, "role": role}, subject=coordinator, sequence=sequence) == "done"

    return hear


@pytest.fixture
def look(run_timer: Callable[..., bool]) -> Callable[[], bool]:
    return partial(run_timer, *TIMER)


@pytest.fixture
def group(session: Session, coordinator: UUID, user: UUID) -> UUID:
    return make_group(session, coordinator, user).id


def since(session: Session, group: UUID) -> datetime | None:
    return session.scalar(select(Group.out_of_reach_since).where(Group.id == group))


def left(session: Session, model: type[Any] = Group) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_they_are_deleted_twelve_months_after_the_role_went_with_their_members(session, group, hears, look, time):
    hears("user", 2)
    time.tick(A_YEAR - timedelta(seconds=1))
    look()
    kept = left(session)
    time.tick(timedelta(seconds=1))
    look()

    assert (kept, left(session), left(session, GroupMember)) == (1, 0, 0)


@pytest.mark.parametrize("role", ["unit_coordinator", "institution_coordinator"])
def test_a_role_that_came_back_in_time_keeps_them_and_the_months_begin_anew(session, group, hears, look, time, role):
    hears("user", 2)
    time.tick(A_YEAR - A_DAY)
    hears(role, 3)
    hears("user", 4)  # before anybody looked
    time.tick(A_YEAR - A_DAY)
    look()

    assert left(session) == 1
    time.tick(A_DAY)
    look()
    assert left(session) == 0


def test_those_of_who_coordinates_are_kept_for_ever(session, coordinator, group, hears, look, time):
    hears("institution_coordinator", 2)
    look()
    time.tick(5 * A_YEAR)
    look()

    assert (left(session), since(session, group)) == (1, None)


def test_facts_that_come_late_or_twice_do_not_reset_the_clock(session, group, hears, look, time):
    began = now()
    hears("user", 4)
    time.tick(100 * A_DAY)
    hears("institution_coordinator", 3)
    hears("user", 4)
    hears("user", 5)
    look()

    assert since(session, group) == began


def test_a_copy_that_was_lost_and_rebuilt_does_not_reset_the_clock(session, coordinator, group, hears, look, time):
    began = now()
    hears("user", 2)
    time.tick(100 * A_DAY)
    session.execute(delete(Membership).where(Membership.person_id == coordinator))
    look()
    lost = since(session, group)
    hears("user", 2, RESTATED)
    look()

    assert lost == since(session, group) == began


def test_of_whose_membership_nothing_is_known_nothing_is_deleted(session, coordinator, group, hears, look, time):
    hears("user", 2)
    session.execute(delete(Membership).where(Membership.person_id == coordinator))
    time.tick(2 * A_YEAR)
    look()

    assert left(session) == 1


def test_a_role_that_only_the_rebuilt_copy_tells_of_counts_before_anything_is_deleted(
    session, group, hears, look, time
):
    hears("user", 2)
    time.tick(A_YEAR)
    hears("unit_coordinator", 3, RESTATED)
    look()

    assert (left(session), since(session, group)) == (1, None)


def test_groups_left_before_there_was_a_clock_have_their_months_from_the_first_look(
    session, coordinator, group, look, time
):
    session.execute(update(Membership).where(Membership.person_id == coordinator).values(role="user"))
    look()
    began = since(session, group)
    time.tick(A_YEAR)
    look()

    assert (began, left(session)) == (now() - A_YEAR, 0)


def test_many_go_in_steps_and_the_log_says_how_many_and_not_whose(session, coordinator, hears, look, time, caplog):
    for number in range(left_groups.PORTION + 1):
        make_group(session, coordinator, name=f"Μυστική {number}")
    hears("user", 2)
    time.tick(A_YEAR)

    with caplog.at_level("INFO"):
        look()
    after_one, due_at = left(session), session.get_one(TimerRow, TIMER, populate_existing=True).due_at
    look()
    look()

    assert (after_one, due_at) == (1, now())
    said = "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert f"'groups': {left_groups.PORTION}" in said
    assert "Μυστική" not in said
    assert str(coordinator) not in said
    assert left(session) == 0
    assert session.get_one(TimerRow, TIMER, populate_existing=True).due_at == now() + LOOK_EVERY


def test_others_groups_stay(session, coordinator, lead, group, hears, look, time):
    theirs = make_group(session, lead, make_person(session)).id
    hears("user", 2)
    time.tick(A_YEAR)
    look()

    assert session.scalars(select(Group.id)).all() == [theirs]
