from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.rules.rechecks import Hours

ATHENS = ZoneInfo("Europe/Athens")
MOMENTS = st.integers(1_767_225_600, 1_830_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
HOURS = st.builds(Hours, st.integers(0, 23), st.integers(1, 24))


def athens(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ATHENS)


@pytest.mark.parametrize(
    ("hours", "moment", "included"),
    [
        (Hours(1, 6), athens(20, 0, 59), False),
        (Hours(1, 6), athens(20, 1), True),
        (Hours(1, 6), athens(20, 5, 59), True),
        (Hours(1, 6), athens(20, 6), False),
        (Hours(22, 5), athens(20, 23), True),
        (Hours(22, 5), athens(20, 4), True),
        (Hours(22, 5), athens(20, 12), False),
        (Hours(0, 24), athens(20, 12), True),
        (Hours(1, 6), datetime(2026, 7, 1, 22, 30, tzinfo=UTC), True),  # 01:30 in Athens' summer
        (Hours(1, 6), datetime(2026, 12, 1, 22, 30, tzinfo=UTC), False),  # 00:30 in its winter
    ],
)
def test_which_hours_are_night(hours: Hours, moment: datetime, included: bool) -> None:
    assert hours.includes(moment) is included


@pytest.mark.parametrize(
    ("moment", "begin"),
    [
        (athens(20, 0, 30), athens(20, 1)),
        (athens(20, 1), athens(21, 1)),
        (athens(20, 12), athens(21, 1)),
    ],
)
def test_the_next_night_begins_later_than_now(moment: datetime, begin: datetime) -> None:
    assert Hours(1, 6).next_begin(moment) == begin


@given(HOURS, MOMENTS)
def test_a_night_comes_within_a_day_whatever_the_clocks_do(hours: Hours, moment: datetime) -> None:
    begin = hours.next_begin(moment)

    assert timedelta(0) < begin.astimezone(UTC) - moment <= timedelta(hours=25)
    assert hours.includes(begin.astimezone(UTC)) or hours.from_hour == 3, "at three the clock may jump to four"
