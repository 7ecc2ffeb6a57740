from datetime import UTC, datetime, timedelta

from identity.rules.sessions import Limits, is_worth_prolonging, token_life

START = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
LIMITS = Limits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))


def test_a_session_ends_thirty_minutes_after_its_last_use() -> None:
    used = START + timedelta(hours=3)

    assert LIMITS.end_of(created_at=START, last_used_at=used) == used + timedelta(minutes=30)


def test_and_never_later_than_twelve_hours_after_it_began() -> None:
    used = START + timedelta(hours=11, minutes=50)

    assert LIMITS.end_of(created_at=START, last_used_at=used) == START + timedelta(hours=12)


def test_a_token_never_outlives_its_session() -> None:
    assert token_life(START, START + timedelta(hours=1)) == timedelta(minutes=5)
    assert token_life(START, START + timedelta(seconds=90)) == timedelta(seconds=90)


def test_calls_of_one_page_are_one_use() -> None:
    assert not is_worth_prolonging(START, START + timedelta(seconds=14))
    assert is_worth_prolonging(START, START + timedelta(seconds=15))
