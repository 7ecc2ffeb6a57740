"""The second factor turned on, changed, turned off and reset (S10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy.orm import Session

from chassis import audit, outbox
from chassis.audit import Act
from chassis.errors import DomainError
from identity import events, queries
from identity.errors import EnrolmentNeeded, TwoFactorActive, TwoFactorInactive, TwoFactorRequired
from identity.models import Person, SecondFactor
from identity.parts import Parts
from identity.rules.accounts import Status
from identity.rules.two_factor import ENROLLING_FOR, Change, Step
from identity.usecases import codes, sessions

ISSUER = "ePresence.gov.gr"  # a colon would end the issuer in an authenticator's label
CHANGED, RESET = "two-factor-changed", "two-factor-reset"


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator needs to know."""

    secret: str
    otpauth_uri: str


@dataclass(frozen=True)
class Shown:
    activated_at: datetime | None
    recovery_codes_left: int
    required: bool


def show(session: Session, person_id: UUID) -> Shown:
    factor = queries.second_factor(session, person_id)
    return Shown(
        activated_at=factor.activated_at if factor is not None else None,
        recovery_codes_left=queries.recovery_codes_left(session, person_id),
        required=queries.has_administrators_role(session, person_id),
    )


def step_for(session: Session, person: Person) -> Step | None:
    """What stands between «Είσοδος» and a session. The caller holds the person's row."""
    factor = queries.second_factor(session, person.id)
    if factor is not None and factor.secret is not None:
        return Step.two_factor
    if person.status != Status.awaiting_activation and queries.has_administrators_role(session, person.id):
        return Step.two_factor_setup
    return None


def enrol(
    session: Session, *, person: Person, by: bytes, code: str | None, secret: str, parts: Parts, now: datetime
) -> Enrolment | DomainError:
    """A new secret for an authenticator; nothing changes before a code proves that it was taken over.

    Asked again by the same session the secret is the same: a mistyped code must not cost another scan. Another
    session gets another secret: nobody may prepare one for somebody else. Over one in use, only with a code of it.
    """
    factor = queries.second_factor(session, person.id)
    if factor is None:
        factor = SecondFactor(person_id=person.id)
        session.add(factor)
    underway = _underway(factor, by, now)
    if underway is not None:
        return _enrolment(person, parts.encryption.decrypt(underway))
    if factor.secret is not None:
        if code is None:
            raise TwoFactorActive
        if (refusal := codes.check(session, person, code, parts=parts, now=now)) is not None:
            return refusal
    factor.enrolling_secret, factor.enrolling_by, factor.enrolling_at = parts.encryption.encrypt(secret), by, now
    session.flush()
    return _enrolment(person, secret)


def activate(
    session: Session,
    *,
    person: Person,
    by: bytes,
    code: str,
    recovery_codes: Sequence[str],
    parts: Parts,
    now: datetime,
) -> None:
    """Turn it on with a first code, which that spends. Wrong ones are not counted: the secret is on the screen."""
    factor = queries.second_factor(session, person.id)
    underway = _underway(factor, by, now) if factor is not None else None
    if factor is None or underway is None:
        raise EnrolmentNeeded
    secret = parts.encryption.decrypt(underway)
    judged = codes.judged(secret, code, now)
    if (refusal := codes.refusal_of(judged)) is not None:
        raise refusal
    change = Change.activated if factor.secret is None else Change.replaced
    session.delete(factor)  # with the codes and the counters of the one before
    session.flush()
    session.add(
        SecondFactor(
            person_id=person.id, secret=parts.encryption.encrypt(secret), activated_at=now, last_step=judged.step
        )
    )
    session.flush()
    codes.replace_recovery_codes(session, person.id, secret, recovery_codes)
    _tell(session, person, change, actor_id=person.id, now=now)


def activate_in_session(session: Session, *, person: Person, session_id: UUID) -> None:
    """This session has just shown the second factor; the others were begun without it, or with the one before."""
    sessions.revoke_all(session, person.id, reason=CHANGED, but=session_id)
    sessions.mark_mfa(session, person.id, mfa=True)


def deactivate(session: Session, *, person: Person, code: str, parts: Parts, now: datetime) -> DomainError | None:
    """Turn it off. Running sessions stay, but none counts as one by two factors any more."""
    if queries.has_administrators_role(session, person.id):
        raise TwoFactorRequired
    if (refusal := codes.check(session, person, code, parts=parts, now=now)) is not None:
        return refusal
    _remove(session, person)
    sessions.mark_mfa(session, person.id, mfa=False)
    _tell(session, person, Change.deactivated, actor_id=person.id, now=now)
    return None


def renew_recovery_codes(
    session: Session, *, person: Person, code: str, recovery_codes: Sequence[str], parts: Parts, now: datetime
) -> DomainError | None:
    if (refusal := codes.check(session, person, code, parts=parts, now=now)) is not None:
        return refusal
    factor = queries.second_factor(session, person.id)
    secret = parts.encryption.decrypt(factor.secret or "") if factor is not None else ""
    codes.replace_recovery_codes(session, person.id, secret, recovery_codes)
    audit.record(session, Act("two_factor.recovery_codes_renewed", person.id, person.id))
    return None


def reset(session: Session, *, person: Person, actor_id: UUID | None, now: datetime) -> None:
    """For somebody who lost phone and recovery codes. Whoever is signed in as this person is not any more."""
    factor = queries.second_factor(session, person.id)
    if factor is None or factor.secret is None:
        raise TwoFactorInactive
    _remove(session, person)
    sessions.revoke_all(session, person.id, reason=RESET)
    _tell(session, person, Change.reset, actor_id=actor_id, now=now)


def _underway(factor: SecondFactor, by: bytes, now: datetime) -> str | None:
    """The secret that this session or sign-in is setting up."""
    fresh = factor.enrolling_at is not None and factor.enrolling_at > now - ENROLLING_FOR
    return factor.enrolling_secret if fresh and factor.enrolling_by == by else None


def _enrolment(person: Person, secret: str) -> Enrolment:
    label = person.proven_primary or str(person.number)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=label, issuer_name=ISSUER))


def _remove(session: Session, person: Person) -> None:
    session.delete(session.get_one(SecondFactor, person.id))
    session.flush()


def _tell(session: Session, person: Person, change: Change, *, actor_id: UUID | None, now: datetime) -> None:
    left = queries.recovery_codes_left(session, person.id)
    outbox.add(session, events.two_factor_changed(person, change, at=now, recovery_codes_left=left))
    audit.record(session, Act(f"two_factor.{change}", actor_id, person.id))
