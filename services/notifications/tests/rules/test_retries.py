from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.rules.retries import EARLY, LONGEST_PAUSE, give_up_at, next_attempt

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "age", "pause"),
    [
        (1, timedelta(), timedelta(seconds=5)),
        (2, timedelta(seconds=5), timedelta(seconds=10)),
        (4, timedelta(seconds=35), timedelta(seconds=40)),
        (5, timedelta(seconds=75), timedelta(seconds=60)),
        (50, timedelta(minutes=14), timedelta(seconds=60)),
        (1, timedelta(minutes=15), timedelta(seconds=112.5)),
        (30, timedelta(hours=4), timedelta(minutes=30)),
        (60, timedelta(days=2), timedelta(hours=1)),
    ],
)
def test_pauses_are_short_at_first_and_grow_with_age(attempts: int, age: timedelta, pause: timedelta) -> None:
    assert next_attempt(attempts=attempts, queued_at=NOW - age, now=NOW) == NOW + pause


@given(attempts=st.integers(1, 10_000), age=st.timedeltas(timedelta(), timedelta(days=3)))
def test_no_pause_is_longer_than_promised(attempts: int, age: timedelta) -> None:
    pause = next_attempt(attempts=attempts, queued_at=NOW - age, now=NOW) - NOW

    assert timedelta() < pause <= (timedelta(seconds=60) if age < EARLY else LONGEST_PAUSE)


@pytest.mark.parametrize(
    ("useful_until", "expected"),
    [
        (None, NOW + timedelta(days=3)),
        (NOW + timedelta(days=30), NOW + timedelta(days=3)),
        (NOW + timedelta(hours=1), NOW + timedelta(hours=1)),
    ],
)
def test_a_mail_is_given_up_when_it_is_of_no_use_or_too_old(useful_until: datetime | None, expected: datetime) -> None:
    assert give_up_at(queued_at=NOW, patience=timedelta(days=3), useful_until=useful_until) == expected
