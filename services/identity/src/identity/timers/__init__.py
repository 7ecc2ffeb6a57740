"""Everything that falls due."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer, TimerFunction
from identity import parts, usecases
from identity.models import BrowserSession, EmailProof, PendingSignIn, Trip
from identity.timers import employment
from identity.usecases import rechecks

SWEEP_EVERY = timedelta(minutes=1)


def sweep(_timer: Timer) -> datetime:
    """Remove what has expired: a pending sign-in holds a tax number, so it goes within a minute of its end."""
    moment = now()
    limits = parts.current().settings.session_limits
    with transaction() as session:
        for expiring in (Trip, PendingSignIn, EmailProof):
            session.execute(delete(expiring).where(expiring.expires_at <= moment))
        session.execute(
            delete(BrowserSession).where(
                (BrowserSession.last_used_at <= moment - limits.idle)
                | (BrowserSession.created_at <= moment - limits.absolute)
            )
        )
    return moment + SWEEP_EVERY


TIMERS: dict[str, TimerFunction] = {
    usecases.employment.RECHECK: employment.recheck,
    usecases.employment.LAPSE: employment.lapse,
    rechecks.NIGHTLY: employment.nightly,
    "sweep": sweep,
}
