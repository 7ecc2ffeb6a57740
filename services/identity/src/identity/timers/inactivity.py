"""Accounts that nobody uses are warned about, and go, a portion at a time."""

from datetime import timedelta

from chassis import logs
from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer
from identity import figures, parts
from identity.usecases import inactivity

log = logs.get_logger(__name__)
LOOK_EVERY = timedelta(hours=1)


def clean_up(timer: Timer) -> None:
    """What is done is written with what is told, in one commit: a step is taken once, whenever a worker dies."""
    settings, moment = parts.current().settings, now()
    with transaction() as session:
        done = inactivity.warn_or_erase(
            session, patience=settings.patience, limit=settings.inactivity_portion, now=moment
        )
        timer.again(session, moment if done else moment + LOOK_EVERY)
    for what, count in done.items():
        figures.UNUSED.labels(what).inc(count)
        log.info("unused accounts", what=what, count=count)
