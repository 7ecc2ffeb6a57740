"""Who was in conferences is told, a few conferences at a time."""

from datetime import timedelta

from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer, schedule
from conferences.usecases import activity
from conferences.usecases.activity import Place

LOOK_EVERY = timedelta(hours=1)


def tell(timer: Timer) -> None:
    """The place goes on with the facts, in one commit: none is told twice, none left out, whenever a worker dies."""
    moment = now()
    with transaction() as session:
        after = Place.read(timer.payload)
        last = activity.tell(session, after, moment)
        due_at = moment if last is not None else moment + LOOK_EVERY
        schedule(session, timer.name, timer.subject, due_at, (last or after).written())
    timer.settled = True
