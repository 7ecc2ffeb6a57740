"""Places given to an address that has become somebody's meanwhile."""

from datetime import datetime
from uuid import UUID

from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer
from conferences import projections
from conferences.usecases import uniting


def attach(timer: Timer) -> datetime | None:
    with transaction() as session:
        person_id = UUID(timer.subject)
        uniting.attach(session, person_id, projections.addresses_of(session, person_id), now())
        timer.finish(session)
    return None
