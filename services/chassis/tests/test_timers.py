"""Due once, moved, cancelled, failed, left behind by a dead worker, and rescheduled while running."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chassis import db, timers, timing
from chassis.clock import now
from chassis.timers import TimerRow, schedule


def row(session) -> TimerRow | None:
    session.expire_all()
    return session.scalars(select(TimerRow)).one_or_none()


def test_due_timer_runs_once_and_is_gone(session, provision, fired):
    schedule(session, "thing.ring", "bell", now())
    schedule(session, "thing.ring", "later", now() + timedelta(hours=1))

    assert timing.run_due(provision.service.timers)
    assert not timing.run_due(provision.service.timers)

    assert fired == ["bell"]
    assert row(session).subject == "later"


def test_scheduling_again_moves_the_timer(session, provision, fired):
    schedule(session, "thing.ring", "bell", now())
    schedule(session, "thing.ring", "bell", now() + timedelta(hours=1), {"n": 2})

    assert not timing.run_due(provision.service.timers)
    assert row(session).payload == {"n": 2}


def test_cancelled_timer_does_not_run(session, provision, fired):
    schedule(session, "thing.ring", "bell", now())
    timers.cancel(session, "thing.ring", "bell")

    assert not timing.run_due(provision.service.timers)


def test_timer_that_names_a_moment_runs_again_then(session, run_timer, fired):
    at = now() + timedelta(minutes=5)
    schedule(session, "thing.ring", "bell", now(), {"again_at": at.isoformat()})

    assert run_timer("thing.ring", "bell")

    assert (row(session).due_at, row(session).lease, row(session).attempts) == (at, None, 0)


def test_failing_timer_comes_back_later_each_time(session, run_timer, fired):
    schedule(session, "thing.ring", "bell", now(), {"fails": True})
    pauses = []

    for _ in range(9):
        run_timer("thing.ring", "bell")
        pauses.append((row(session).due_at - now()).total_seconds())

    assert 0.5 < pauses[0] < 1.3
    assert pauses[0] < pauses[2] < pauses[4]
    assert max(pauses) <= 72
    assert row(session).attempts == 9


def test_timer_of_a_dead_worker_is_due_again_when_its_lease_is_over(session, provision, fired):
    schedule(session, "thing.ring", "bell", now())
    died_with = timing.take(provision.service.timers, timedelta(seconds=60))
    assert not timing.run_due(provision.service.timers)
    session.execute(update(TimerRow).values(due_at=now() - timedelta(seconds=1)))

    assert timing.run_due(provision.service.timers)

    assert fired == ["bell"]
    timing.run(provision.service.timers, died_with)  # it was only slow: what it settles is no longer its own
    assert row(session) is None


def test_wish_made_while_the_timer_runs_stands(session, provision):
    later = now() + timedelta(hours=1)

    def reschedules(timer: timers.Timer) -> None:
        with db.transaction() as inner:
            schedule(inner, "thing.ring", "bell", later)

    schedule(session, "thing.ring", "bell", now())
    timing.run_due({"thing.ring": reschedules})

    assert row(session).due_at == later


def test_effect_and_end_of_a_timer_are_one_commit(session):
    def settles(timer: timers.Timer) -> None:
        with db.transaction() as inner:
            timer.finish(inner)

    schedule(session, "thing.ring", "bell", now())
    timing.run_due({"thing.ring": settles})

    assert row(session) is None


def test_timer_of_a_name_we_do_not_know_is_left_alone(session):
    schedule(session, "thing.ring", "bell", now())

    assert not timing.run_due({"other": lambda timer: None})


def test_two_workers_never_take_the_same_timer(database, provision, fired):
    with db.transaction() as session:
        for number in range(100):
            schedule(session, "thing.ring", str(number), now())

    def work() -> None:
        while timing.run_due(provision.service.timers):
            pass

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(fired, key=int) == [str(number) for number in range(100)]


@pytest.mark.parametrize("name", ["thing.ring", "unknown"])
def test_asking_for_a_timer_that_is_not_there(session, run_timer, name):
    assert not run_timer(name, "nobody")
