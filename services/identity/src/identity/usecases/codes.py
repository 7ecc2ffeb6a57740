"""Checking a second factor's codes and counting the wrong ones (S10).

A refusal that must be counted is an answer, not an exception: who asked commits first and raises it then.
"""

import base64
import hashlib
import hmac
import math
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from chassis import audit, outbox
from chassis.audit import Act
from chassis.errors import DomainError, TooManyAttempts
from identity import events, queries
from identity.errors import ClockOff, CodeSpent, CodeWrong, TwoFactorInactive
from identity.models import Person, RecoveryCode, SecondFactor, WrongCodes
from identity.parts import Parts
from identity.rules import two_factor as rules
from identity.rules.two_factor import Change, Judged, Kind, Verdict, Wrongs


def check(session: Session, person: Person, code: str, *, parts: Parts, now: datetime) -> DomainError | None:
    """None: accepted, and never again. The caller holds the person's row, so codes are checked one after the other.

    A counter that is raised after the check would let through as many guesses as come at once; one that is raised
    before it would count good codes, too. Under the lock both are one step.
    """
    factor = queries.second_factor(session, person.id)
    if factor is None or factor.secret is None:
        raise TwoFactorInactive
    kind = rules.kind_of(code)
    wrongs = _wrongs(session, person.id, kind)
    if (until := wrongs.block_at(now)) is not None:
        raise TooManyAttempts(retry_after_seconds=math.ceil((until - now).total_seconds()))
    secret = parts.encryption.decrypt(factor.secret)
    if kind == Kind.totp:
        refusal = _check_totp(factor, secret, code, now)
    else:
        refusal = _use_recovery_code(session, person, secret, code, now)
    if isinstance(refusal, CodeWrong | ClockOff):
        _count(session, person.id, kind, wrongs.and_one_more(now))
    session.flush()
    return refusal


def judged(secret: str, code: str, now: datetime, *, last_step: int = 0, told_steps: Iterable[int] = ()) -> Judged:
    return rules.judge(
        rules.digits_of(code),
        pyotp.TOTP(secret).generate_otp,
        now_step=rules.step_at(now),
        last_step=last_step,
        told_steps=told_steps,
    )


def refusal_of(judged: Judged) -> DomainError | None:
    if judged.verdict == Verdict.accepted:
        return None
    if judged.verdict == Verdict.spent:
        return CodeSpent()
    return ClockOff(minutes_off=judged.minutes_off) if judged.verdict == Verdict.skewed else CodeWrong()


def replace_recovery_codes(session: Session, person_id: UUID, secret: str, codes: Iterable[str]) -> None:
    """The ones before are no codes any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.add_all(RecoveryCode(person_id=person_id, digest=_recovery_digest(secret, code)) for code in codes)
    session.flush()


def _check_totp(factor: SecondFactor, secret: str, code: str, now: datetime) -> DomainError | None:
    told = rules.still_ahead(factor.told_steps, rules.step_at(now))
    found = judged(secret, code, now, last_step=factor.last_step, told_steps=told)
    if found.verdict == Verdict.accepted:
        factor.last_step = found.step
    if found.verdict == Verdict.skewed:
        factor.told_steps = [*told, found.step]
    return refusal_of(found)


def _use_recovery_code(session: Session, person: Person, secret: str, code: str, now: datetime) -> DomainError | None:
    mine = (RecoveryCode.person_id == person.id, RecoveryCode.digest == _recovery_digest(secret, code))
    known = session.scalar(select(func.count()).select_from(RecoveryCode).where(*mine))
    if not known:
        return CodeWrong()
    unused = update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None)).values(used_at=now)
    if session.scalar(unused.returning(RecoveryCode.person_id)) is None:
        return CodeSpent()
    left = queries.recovery_codes_left(session, person.id)
    outbox.add(session, events.two_factor_changed(person, Change.recovery_code_used, at=now, recovery_codes_left=left))
    audit.record(session, Act("two_factor.recovery_code_used", person.id, person.id, {"left": left}))
    return None


def _recovery_digest(secret: str, code: str) -> bytes:
    """Keyed with the authenticator's secret, which is encrypted: see deploy/decisions/040-second-factor.md."""
    key = base64.b32decode(secret)
    return hmac.new(key, f"recovery code {rules.plain_recovery_code(code)}".encode(), hashlib.sha256).digest()


def _wrongs(session: Session, person_id: UUID, kind: Kind) -> Wrongs:
    row = session.get(WrongCodes, (person_id, kind), populate_existing=True)
    return Wrongs(tuple(row.at), row.blocked_until) if row is not None else Wrongs()


def _count(session: Session, person_id: UUID, kind: Kind, wrongs: Wrongs) -> None:
    row = WrongCodes(person_id=person_id, kind=kind, at=list(wrongs.at), blocked_until=wrongs.blocked_until)
    session.merge(row)
    if wrongs.blocked_until is not None:
        audit.record(session, Act("two_factor.blocked", None, person_id, {"kind": kind}))
