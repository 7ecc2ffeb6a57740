"""Starts and ends."""

from datetime import datetime
from uuid import UUID

from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer
from conferences.usecases import planning


def open_at_start(timer: Timer) -> datetime | None:
    with transaction() as session:
        planning.open_at_start(session, UUID(timer.subject))
        timer.finish(session)
    return None


def end_at_time(timer: Timer) -> datetime | None:
    with transaction() as session:
        again_at = planning.end_at_time(session, UUID(timer.subject), now())
        if again_at is None:
            timer.finish(session)
    return again_at
