"""Everything that falls due."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from chassis import forgetting, rotation, snapshots
from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer, TimerFunction
from identity import parts, usecases
from identity.client_models import AccessToken
from identity.keys import KEYS
from identity.models import BrowserSession, EmailProof, Erasure, OwnedConference, PendingSignIn, Trip
from identity.projections import CONFERENCES_KEPT
from identity.snapshots import SNAPSHOTS
from identity.timers import employment, inactivity
from identity.usecases import erasing, rechecks

SWEEP_EVERY = timedelta(minutes=1)


def sweep(_timer: Timer) -> datetime:
    """Remove what has expired: a pending sign-in holds a tax number, so it goes within a minute of its end."""
    moment = now()
    limits = parts.current().settings.session_limits
    with transaction() as session:
        for expiring in (Trip, PendingSignIn, EmailProof, Erasure, AccessToken):
            session.execute(delete(expiring).where(expiring.expires_at <= moment))
        session.execute(
            delete(BrowserSession).where(
                (BrowserSession.last_used_at <= moment - limits.idle)
                | (BrowserSession.created_at <= moment - limits.absolute)
            )
        )
        session.execute(delete(OwnedConference).where(OwnedConference.ends_at <= moment - CONFERENCES_KEPT))
    return moment + SWEEP_EVERY


TIMERS: dict[str, TimerFunction] = {
    usecases.employment.RECHECK: employment.recheck,
    usecases.employment.LAPSE: employment.lapse,
    rechecks.NIGHTLY: employment.nightly,
    usecases.inactivity.CLEAN_UP: inactivity.clean_up,
    forgetting.TIMER: forgetting.timer(erasing.FORGETTING),
    rotation.TIMER: KEYS.rotate,
    snapshots.TIMER: snapshots.timer(SNAPSHOTS),
    "sweep": sweep,
}
