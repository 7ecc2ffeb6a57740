"""When a conference may take place, and which other times are free (S20, O9)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferences.errors import PeriodNotPossible
from conferences.rules.periods import (
    ATHENS,
    LONGEST,
    QUARTER,
    SHORTEST,
    Padding,
    Period,
    athens_day,
    ensure_possible,
    nearest_starts,
    next_quarter,
    previous_quarter,
)

NOW = datetime(2026, 11, 25, 8, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
paddings = st.builds(
    Padding,
    before=st.integers(10, 45).map(lambda n: timedelta(minutes=n)),
    after=st.integers(0, 45).map(lambda n: timedelta(minutes=n)),
)
minutes = moments.map(lambda moment: moment.replace(second=0, microsecond=0))


def pointers(period: Period, now: datetime = NOW) -> list[tuple[str, str]]:
    try:
        ensure_possible(period, now)
    except PeriodNotPossible as refusal:
        return [(fault["pointer"], fault["detail"]) for fault in refusal.facts["errors"]]
    return []


@pytest.mark.parametrize(
    ("start", "length", "faults"),
    [
        (NOW, SHORTEST, []),
        (NOW, SHORTEST - MINUTE, [("/ends_at", "15-minutes-to-24-hours")]),
        (NOW, LONGEST, []),
        (NOW, LONGEST + MINUTE, [("/ends_at", "15-minutes-to-24-hours")]),
        (NOW - 15 * MINUTE, timedelta(hours=1), []),
        (NOW - 16 * MINUTE, timedelta(hours=1), [("/starts_at", "not-in-the-past")]),
        (NOW - 15 * MINUTE, SHORTEST, [("/ends_at", "in-the-future")]),
        (
            NOW + timedelta(seconds=1),
            timedelta(hours=1),
            [("/starts_at", "to-the-minute"), ("/ends_at", "to-the-minute")],
        ),
        (NOW, -timedelta(hours=1), [("/ends_at", "in-the-future"), ("/ends_at", "15-minutes-to-24-hours")]),
        (datetime(9500, 1, 1, tzinfo=UTC), timedelta(hours=1), [("/starts_at", "not-in-the-past")]),
    ],
)
def test_boundaries_of_a_period(start: datetime, length: timedelta, faults: list[tuple[str, str]]) -> None:
    assert pointers(Period(start, start + length)) == faults


def test_elapsed_time_counts_across_both_changes_of_the_clock() -> None:
    autumn = Period(datetime(2026, 10, 25, 2, 30, tzinfo=ATHENS), datetime(2026, 10, 25, 4, 30, tzinfo=ATHENS))
    spring = Period(datetime(2027, 3, 28, 2, 30, tzinfo=ATHENS), datetime(2027, 3, 28, 4, 30, tzinfo=ATHENS))

    assert autumn.elapsed == timedelta(hours=3)
    assert spring.elapsed == timedelta(hours=1)


def test_24_hours_by_the_clock_may_be_25_elapsed() -> None:
    start = datetime(2026, 10, 24, 20, 0, tzinfo=ATHENS)

    assert pointers(Period(start, start.replace(day=25)), start) == [("/ends_at", "15-minutes-to-24-hours")]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 11, 25), 24), (date(2026, 10, 25), 25), (date(2027, 3, 28), 23)]
)
def test_a_day_in_athens_is_as_long_as_it_is(day: date, hours: int) -> None:
    assert athens_day(day).elapsed == timedelta(hours=hours)


@given(moments)
def test_quarters_enclose_a_moment(moment: datetime) -> None:
    before, after = previous_quarter(moment), next_quarter(moment)

    assert before <= moment <= after
    assert after - before in (timedelta(), QUARTER)
    assert before.minute % 15 == after.minute % 15 == 0


@given(
    wanted_start=minutes,
    length=st.integers(15, 24 * 60).map(lambda n: timedelta(minutes=n)),
    taken=st.lists(st.tuples(st.integers(-20_160, 20_160), st.integers(30, 3_000)), max_size=12),
    lateness=st.integers(-3_000, 3_000),
    padding=paddings,
)
def test_alternatives_are_the_nearest_free_quarter_hours(
    wanted_start: datetime, length: timedelta, taken: list[tuple[int, int]], lateness: int, padding: Padding
) -> None:
    """Held against trying every quarter hour of the window."""
    wanted, now = Period(wanted_start, wanted_start + length), wanted_start + timedelta(minutes=lateness)
    reach = timedelta(days=3)
    window = Period(wanted.starts_at - reach, wanted.ends_at + reach)
    busy = [Period(wanted_start + a * MINUTE, wanted_start + (a + b) * MINUTE) for a, b in taken]

    found = nearest_starts(free_gaps(window, busy), wanted, padding, now)

    def is_free(start: datetime) -> bool:
        occupied = Period(start, start + length).occupied(padding)
        inside = occupied.starts_at >= window.starts_at and occupied.ends_at <= window.ends_at
        clear = all(occupied.ends_at <= one.starts_at or occupied.starts_at >= one.ends_at for one in busy)
        return start >= now and inside and clear

    quarters = [next_quarter(window.starts_at) + n * QUARTER for n in range(0, (window.elapsed // QUARTER) + 1)]
    possible = sorted((abs(start - wanted_start), start) for start in quarters if is_free(start))
    assert [one.starts_at for one in found] == [start for _, start in possible[:3]]
    assert all(one.elapsed == length for one in found)


@given(minutes, st.integers(15, 24 * 60), paddings)
def test_a_booking_covers_the_early_and_the_late(start: datetime, length: int, padding: Padding) -> None:
    occupied = Period(start, start + timedelta(minutes=length)).occupied(padding)

    assert occupied.starts_at == start - padding.before
    assert occupied.elapsed == timedelta(minutes=length) + padding.whole


def free_gaps(window: Period, taken: list[Period]) -> list[Period]:
    """What is left of the window: the same as the database computes."""
    gaps, cursor = [], window.starts_at
    for busy in sorted(taken):
        if busy.starts_at > cursor:
            gaps.append(Period(cursor, min(busy.starts_at, window.ends_at)))
        cursor = max(cursor, busy.ends_at)
        if cursor >= window.ends_at:
            return gaps
    return [*gaps, Period(cursor, window.ends_at)]
