"""What the register's answer does to an account (S2). The table is in the rules; here it becomes rows."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis import audit, outbox, timers
from chassis.audit import Act
from identity import events, queries
from identity.clients.hrms import Finding
from identity.models import Person
from identity.parts import Parts
from identity.rules import employment
from identity.rules.accounts import DisabledReason, Status
from identity.rules.employment import Answer, Kept, Outcome
from identity.usecases import people, sessions

RECHECK = "employment.recheck"
LAPSE = "employment.lapse"


def outcome_for(session: Session, person: Person | None, finding: Finding, *, invited: bool) -> Outcome:
    """`invited`: by the invitation this sign-in brings along."""
    is_known = person is not None and person.disabled_reason != DisabledReason.not_employed  # closed: at the door again
    return employment.outcome(
        finding.answer,
        person.employment if person is not None and is_known else None,
        invited=invited or (person is not None and person.invitation_id is not None),
        coordinator=person is not None and queries.is_coordinator(session, person.id),
    )


def record(
    session: Session, person: Person, finding: Finding, outcome: Outcome, *, parts: Parts, now: datetime
) -> None:
    """Keep what the answer settled; what it left open is asked again."""
    before = Kept(person.employment, person.employment_flagged_at)
    has_role = queries.has_role_to_lose(session, person.id)
    kept = employment.kept_after(before, outcome, has_role_to_lose=has_role, now=now)
    person.employment, person.employment_flagged_at = kept.employment, kept.flagged_at
    if finding.answer != Answer.unavailable:
        person.employment_bodies = list(finding.bodies)
        note_answer(session, person, now)
    if outcome.retried:
        timers.schedule(session, RECHECK, person.id, now + employment.next_retry(0), {"retries": 0})
    else:
        timers.cancel(session, RECHECK, person.id)
    if kept.flagged_at is None:
        timers.cancel(session, LAPSE, person.id)
    elif before.flagged_at is None:
        _warn(session, person, kept.flagged_at + parts.settings.employment_grace)


def note_answer(session: Session, person: Person, now: datetime) -> None:
    """Past the version: an answer that changes nothing must not come between a person and the form they are filling."""
    session.flush()
    asked = update(Person).where(Person.id == person.id).values(employment_checked_at=now, employment_asked_until=None)
    session.execute(asked, execution_options={"synchronize_session": False})
    session.expire(person, ["employment_checked_at", "employment_asked_until"])


def _warn(session: Session, person: Person, until: datetime) -> None:
    """Once for each flag: the mail says what to do and by when."""
    session.flush()
    timers.schedule(session, LAPSE, person.id, until, {"retries": 0})
    outbox.add(session, events.employment_flagged(person, until))
    audit.record(session, Act("employment.flagged", object_id=person.id))


def settle_by(person: Person, parts: Parts) -> datetime | None:
    """Until when a flagged coordinator has time; None for everybody else."""
    flagged_at = person.employment_flagged_at
    return flagged_at + parts.settings.employment_grace if flagged_at is not None else None


def lapse(session: Session, person: Person, *, parts: Parts, now: datetime) -> None:
    """The time to settle it is over, and the register has just said no again: orgs makes the coordinator a user."""
    had_role = queries.has_role_to_lose(session, person.id)
    lower_flag(session, person, parts=parts, now=now)
    if had_role:
        outbox.add(session, events.employment_lapsed(person))
        audit.record(session, Act("employment.lapsed", object_id=person.id))


def lower_flag(session: Session, person: Person, *, parts: Parts, now: datetime) -> None:
    """There is nothing left to settle: the role is gone, whoever took it."""
    before = events.state_of(person)
    person.employment_flagged_at = None
    timers.cancel(session, LAPSE, person.id)
    people.settle(session, person, parts.texts.versions, now, before=before)


def settle_later(session: Session, person: Person, finding: Finding, *, parts: Parts, now: datetime) -> None:
    """The register answered after the sign-in it missed. Who would have been refused at the door leaves now."""
    outcome = outcome_for(session, person, finding, invited=False)
    if outcome.enters:
        before = events.state_of(person)
        record(session, person, finding, outcome, parts=parts, now=now)
        people.settle(session, person, parts.texts.versions, now, before=before)
        return
    person.employment, person.employment_bodies = employment.Employment.none, []
    if person.status != Status.disabled:
        person.status, person.disabled_reason = Status.disabled, DisabledReason.not_employed
        sessions.revoke_all(session, person.id, reason="not-employed")
    people.settle(session, person, parts.texts.versions, now)
    if person.proven_primary is not None:  # whoever gave no address cannot be told, but is at the next «Είσοδος»
        outbox.add(session, events.sign_in_closed(person))
