"""Only failures count, none is lost under load, and nobody can be recognised the day after."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from chassis import db, guessing
from chassis.errors import TooManyAttempts
from chassis.guessing import GuessingKey, GuessingRow

WINDOW = timedelta(minutes=10)


def test_below_the_limit_is_let_through_and_at_it_refused(session):
    for _ in range(2):
        guessing.failed("code", "192.0.2.1")
    guessing.ensure_below(session, "code", "192.0.2.1", limit=3, window=WINDOW)
    guessing.failed("code", "192.0.2.1")

    with pytest.raises(TooManyAttempts) as refused:
        guessing.ensure_below(session, "code", "192.0.2.1", limit=3, window=WINDOW)

    assert 0 < int(refused.value.headers()["Retry-After"]) <= 601
    guessing.ensure_below(session, "code", "192.0.2.2", limit=3, window=WINDOW)
    guessing.ensure_below(session, "token", "192.0.2.1", limit=3, window=WINDOW)


def test_old_failures_no_longer_count(session):
    guessing.failed("code", "192.0.2.1")
    session.execute(update(GuessingRow).values(slot=GuessingRow.slot - WINDOW))

    guessing.ensure_below(session, "code", "192.0.2.1", limit=1, window=WINDOW)


def test_source_cannot_be_read_and_is_forgotten_within_a_day(session):
    guessing.failed("code", "192.0.2.1")
    assert b"192" not in session.scalars(select(GuessingRow.source)).one()
    session.execute(update(GuessingRow).values(slot=GuessingRow.slot - timedelta(hours=24)))
    session.execute(update(GuessingKey).values(day=GuessingKey.day - timedelta(hours=48)))

    guessing.forget(session)

    assert session.scalar(select(func.count()).select_from(GuessingRow)) == 0
    assert session.scalar(select(func.count()).select_from(GuessingKey)) == 0


def test_no_failure_is_lost_among_fifty_at_once(database):
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda _: guessing.failed("code", "192.0.2.1"), range(200)))

    with db.transaction() as session:
        assert session.scalar(select(func.sum(GuessingRow.failures))) == 200
