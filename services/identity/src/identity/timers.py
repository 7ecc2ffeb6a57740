"""Everything that falls due."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete

from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer, TimerFunction, schedule
from identity import parts, queries
from identity.models import BrowserSession, EmailProof, PendingSignIn, Person, Trip
from identity.rules.employment import Answer, next_retry
from identity.usecases import employment

SWEEP_EVERY = timedelta(minutes=1)


def recheck_employment(timer: Timer) -> None:
    """Ask the register again for somebody who entered while it was away; the call itself holds no transaction."""
    person_id, retries = UUID(timer.subject), int(timer.payload["retries"])
    with transaction() as session:
        person = session.get(Person, person_id)
        sealed_tax_id = person.tax_id if person is not None else None
    if sealed_tax_id is None:
        return
    finding = parts.current().directory.look_up(parts.current().encryption.decrypt(sealed_tax_id))
    with transaction() as session:
        if finding.answer == Answer.unavailable:
            due_at = now() + next_retry(retries + 1)
            schedule(session, timer.name, timer.subject, due_at, {"retries": retries + 1})
            return
        person = queries.person_for_update(session, person_id)
        timer.finish(session)
        employment.settle_later(session, person, finding, parts=parts.current(), now=now())


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
    employment.RECHECK: recheck_employment,
    "sweep": sweep,
}
