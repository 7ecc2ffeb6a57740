"""What the register's answer does to an account (S2). The table is in the rules; here it becomes rows."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis import outbox, timers
from identity import events, queries
from identity.clients.hrms import Finding
from identity.models import Person
from identity.parts import Parts
from identity.rules import employment
from identity.rules.accounts import DisabledReason, Status
from identity.rules.employment import Answer, Outcome
from identity.usecases import people, sessions

RECHECK = "employment.recheck"


def outcome_for(session: Session, person: Person | None, finding: Finding, *, invited: bool) -> Outcome:
    """`invited`: by the invitation this sign-in brings along."""
    is_known = person is not None and person.disabled_reason != DisabledReason.not_employed  # closed: at the door again
    return employment.outcome(
        finding.answer,
        person.employment if person is not None and is_known else None,
        invited=invited or (person is not None and person.invitation_id is not None),
        coordinator=person is not None and queries.is_coordinator(session, person.id),
    )


def record(session: Session, person: Person, finding: Finding, outcome: Outcome, now: datetime) -> None:
    """Keep what the answer settled; what it left open is asked again."""
    if outcome.employment is not None:
        person.employment = outcome.employment
    if finding.answer != Answer.unavailable:
        person.employment_bodies = list(finding.bodies)
    if outcome.flagged is False:
        person.employment_flagged_at = None
    elif outcome.flagged and person.employment_flagged_at is None:
        person.employment_flagged_at = now
    if outcome.retried:
        timers.schedule(session, RECHECK, person.id, now + employment.next_retry(0), {"retries": 0})
    else:
        timers.cancel(session, RECHECK, person.id)


def settle_later(session: Session, person: Person, finding: Finding, *, parts: Parts, now: datetime) -> None:
    """The register answered after the sign-in it missed. Who would have been refused at the door leaves now."""
    outcome = outcome_for(session, person, finding, invited=False)
    if outcome.enters:
        before = events.state_of(person)
        record(session, person, finding, outcome, now)
        people.settle(session, person, parts.texts.versions, now, before=before)
        return
    person.employment, person.employment_bodies = employment.Employment.none, []
    if person.status != Status.disabled:
        person.status, person.disabled_reason = Status.disabled, DisabledReason.not_employed
        sessions.revoke_all(session, person.id, reason="not-employed")
    people.settle(session, person, parts.texts.versions, now)
    if person.proven_primary is not None:  # whoever gave no address cannot be told, but is at the next «Είσοδος»
        outbox.add(session, events.sign_in_closed(person))
