"""Runs due timers: takes one under a lease, calls its function outside a transaction, settles or puts off."""

import random
import time
from datetime import datetime, timedelta

from sqlalchemy import select, update

from chassis import clock, db, logs, metrics
from chassis.ids import new_id
from chassis.timers import Timer, TimerRow, Timers

log = logs.get_logger(__name__)
LEASE = timedelta(seconds=60)
LONGEST_PAUSE_SECONDS = 60.0


def run_due(timers: Timers, lease: timedelta = LEASE) -> bool:
    """Run the timer that is due longest; False when none is due. A lease that ran out makes it due again."""
    timer = take(timers, lease)
    if timer is None:
        return False
    run(timers, timer)
    return True


def take(timers: Timers, lease: timedelta, *, name: str | None = None, subject: str | None = None) -> Timer | None:
    moment = clock.now()
    due = select(TimerRow).where(TimerRow.name.in_(timers))
    if name is not None:
        due = due.where(TimerRow.name == name, TimerRow.subject == subject)
    else:
        due = due.where(TimerRow.due_at <= moment).order_by(TimerRow.due_at).limit(1)
    with db.transaction() as session:
        row = session.scalar(due.with_for_update(skip_locked=True))
        if row is None:
            return None
        timer = Timer(row.name, row.subject, row.due_at, row.payload, row.attempts, new_id(), row.correlation_id)
        row.lease, row.due_at, row.attempts = timer.lease, moment + lease, row.attempts + 1
    return timer


def run(timers: Timers, timer: Timer) -> None:
    started, outcome = time.perf_counter(), "done"
    with logs.correlated(timer.correlation_id):
        try:
            again_at = timers[timer.name](timer)
            if not timer.settled:
                with db.transaction() as session:
                    timer.again(session, again_at) if again_at else timer.finish(session)
        except Exception as error:
            outcome = "failed"
            log.error("timer failed", timer=timer.name, reason=type(error).__name__, exc_info=error)
            _put_off(timer)
    metrics.TIMERS.labels(timer.name, outcome).observe(time.perf_counter() - started)


def _put_off(timer: Timer) -> None:
    seconds = min(LONGEST_PAUSE_SECONDS, 2.0 ** min(timer.attempts, 8)) * random.uniform(0.8, 1.2)  # noqa: S311
    due_at: datetime = clock.now() + timedelta(seconds=seconds)
    mine = (TimerRow.name == timer.name, TimerRow.subject == timer.subject, TimerRow.lease == timer.lease)
    with db.transaction() as session:
        session.execute(update(TimerRow).where(*mine).values(due_at=due_at, lease=None))
