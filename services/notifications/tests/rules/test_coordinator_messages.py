"""The day of people in Athens, and what is left of its messages."""

from datetime import UTC, date, datetime

import pytest

from notifications.errors import DailyLimit, NoRecipients
from notifications.rules.coordinator_messages import PROGRESS_OF, day_of, ensure_allowed, ensure_somebody, next_day
from notifications.rules.messages import State


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (utc(2026, 11, 25, 21, 59, 59), date(2026, 11, 25)),
        (utc(2026, 11, 25, 22, 0), date(2026, 11, 26)),  # two hours ahead in winter
        (utc(2026, 7, 1, 20, 59), date(2026, 7, 1)),
        (utc(2026, 7, 1, 21, 0), date(2026, 7, 2)),  # three in summer
    ],
)
def test_the_day_changes_at_midnight_in_athens(moment: datetime, day: date) -> None:
    assert day_of(moment) == day


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (utc(2026, 11, 25, 21, 0), 3600),
        (utc(2026, 10, 24, 21, 0), 25 * 3600),  # the clock goes back that night
        (utc(2027, 3, 27, 22, 0), 23 * 3600),
    ],
)
def test_whoever_is_refused_learns_when_the_next_day_begins(now: datetime, seconds: int) -> None:
    with pytest.raises(DailyLimit) as refused:
        ensure_allowed(already=3, limit=3, now=now)

    assert refused.value.facts == {"limit": 3}
    assert int(refused.value.headers()["Retry-After"]) == seconds + 1
    assert day_of(next_day(now)) > day_of(now)


def test_below_the_limit_and_with_somebody_to_read_it_a_message_goes() -> None:
    ensure_allowed(already=2, limit=3, now=utc(2026, 11, 25))
    ensure_somebody(1)

    with pytest.raises(NoRecipients):
        ensure_somebody(0)


def test_of_every_state_of_a_mail_something_is_told() -> None:
    assert set(PROGRESS_OF) == set(State)
