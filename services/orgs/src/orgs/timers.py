"""Everything that falls due."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete

from chassis import forgetting, snapshots
from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer, TimerFunction
from orgs.models import PlannedConference
from orgs.projections import CONFERENCES_KEPT
from orgs.snapshots import SNAPSHOTS
from orgs.usecases import coordinator_invitations, erasing


def forget_invitation(timer: Timer) -> None:
    with transaction() as session:
        coordinator_invitations.forget(session, UUID(timer.subject))


SWEEP_EVERY = timedelta(hours=1)


def sweep(_timer: Timer) -> datetime:
    """Conferences long over keep nothing open."""
    moment = now()
    with transaction() as session:
        session.execute(delete(PlannedConference).where(PlannedConference.ends_at <= moment - CONFERENCES_KEPT))
    return moment + SWEEP_EVERY


TIMERS: dict[str, TimerFunction] = {
    forgetting.TIMER: forgetting.timer(erasing.FORGETTING),
    coordinator_invitations.FORGET: forget_invitation,
    snapshots.TIMER: snapshots.timer(SNAPSHOTS),
    "sweep": sweep,
}
