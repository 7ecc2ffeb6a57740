"""Groups of former coordinators go, a few at a time."""

from datetime import timedelta

from chassis import logs
from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer
from conferences.usecases import left_groups

log = logs.get_logger(__name__)
LOOK_EVERY = timedelta(hours=1)


def forget(timer: Timer) -> None:
    """First whose role went or came back without our hearing of it: by a rebuilt copy, or before there was a clock."""
    moment = now()
    with transaction() as session:
        left_groups.keep_time(session, moment)
        deleted = left_groups.delete_due(session, moment)
        timer.again(session, moment if deleted else moment + LOOK_EVERY)
    if deleted:
        log.info("groups of former coordinators deleted", groups=deleted)
