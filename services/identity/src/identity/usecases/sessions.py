"""Sessions of browsers and the short-lived tokens that speak for them (O1, phantom token)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis import audit, outbox
from chassis.audit import Act
from chassis.crypto import digest
from chassis.errors import NotFound
from identity import events, queries
from identity.errors import SessionExpired
from identity.models import Acceptance, BrowserSession, Person
from identity.parts import Parts
from identity.rules import sessions as rules
from identity.rules.accounts import Status
from identity.rules.devices import Device
from identity.usecases import activity
from identity.usecases.signing import sign

UNKNOWN_DEVICE = Device()
MOST_LISTED = 200


@dataclass(frozen=True)
class Opening:
    """What a session begins with: the secret its browser will bring, and what that browser calls itself."""

    token: str
    device: Device = UNKNOWN_DEVICE


@dataclass(frozen=True)
class IssuedToken:
    token: str
    lives_for: timedelta
    session_id: UUID
    person_id: UUID | None  # of a session; a program is nobody
    state: str


def begin(
    session: Session, person: Person, *, token: str, now: datetime, mfa: bool = False, device: Device = UNKNOWN_DEVICE
) -> BrowserSession:
    """A new session for a browser that came through TaxisNet; its token is kept as digest only."""
    signed_in = BrowserSession(
        token_digest=digest(token),
        person_id=person.id,
        created_at=now,
        last_used_at=now,
        mfa=mfa,
        browser=device.browser,
        system=device.system,
    )
    session.add(signed_in)
    session.flush()
    activity.note(session, [person.id], now)
    return signed_in


def exchange(session: Session, *, token: str, audience: str, prolong: bool, parts: Parts, now: datetime) -> IssuedToken:
    """Turn a session's token into a signed one for one service. The hot path: one read, a write at most every 15 s."""
    versions = parts.texts.versions
    accepted = queries.acceptances_in_force(Acceptance.person_id == Person.id, versions).correlate(Person)
    row = session.execute(
        select(BrowserSession, Person.status, accepted.scalar_subquery())
        .join(Person, Person.id == BrowserSession.person_id)
        .where(BrowserSession.token_digest == digest(token))
    ).first()
    if row is None:
        raise SessionExpired
    signed_in, status, texts_accepted = row
    last_used_at = signed_in.last_used_at
    limits = parts.settings.session_limits
    if status == Status.disabled or now >= limits.end_of(created_at=signed_in.created_at, last_used_at=last_used_at):
        raise SessionExpired
    if prolong and rules.is_worth_prolonging(last_used_at, now):
        _touch(session, signed_in.id, now)
        last_used_at = now
    ends_at = limits.end_of(created_at=signed_in.created_at, last_used_at=last_used_at)
    state = "active" if status == Status.active and texts_accepted == 2 else "awaiting_activation"
    lives_for = rules.token_life(now, ends_at)
    signed = _sign(parts, signed_in, audience=audience, state=state, now=now, lives_for=lives_for)
    return IssuedToken(signed, lives_for, signed_in.id, signed_in.person_id, state)


def renew(session: Session, *, session_id: UUID, now: datetime) -> BrowserSession:
    """«Continue»: the idle time begins anew."""
    _touch(session, session_id, now)
    return of(session, session_id=session_id)


def of(session: Session, *, session_id: UUID) -> BrowserSession:
    """A token may outlive its session by minutes; what it asks about itself then is refused."""
    found = session.get(BrowserSession, session_id, populate_existing=True)
    if found is None:
        raise SessionExpired
    return found


def sign_out(session: Session, *, session_id: UUID) -> None:
    """End this session everywhere; ending it twice is no error."""
    found = session.get(BrowserSession, session_id)
    if found is not None:
        _revoke(session, found, "signed-out")
        audit.record(session, Act("session.ended", found.person_id, found.id))


def alive(session: Session, *, person_id: UUID, limits: rules.Limits, now: datetime) -> Sequence[BrowserSession]:
    """Where the person is signed in, the latest used first; what has expired and awaits the sweep is over (O1)."""
    query = select(BrowserSession).where(
        BrowserSession.person_id == person_id,
        BrowserSession.last_used_at > now - limits.idle,
        BrowserSession.created_at > now - limits.absolute,
    )
    in_order = query.order_by(BrowserSession.last_used_at.desc(), BrowserSession.id.desc())
    return session.scalars(in_order.limit(MOST_LISTED)).all()


def end(session: Session, *, person_id: UUID, session_id: UUID) -> None:
    """End one of the own sessions, the one in hand too (O1)."""
    found = session.get(BrowserSession, session_id)
    if found is None or found.person_id != person_id or not _end(session, found):
        raise NotFound


def end_others(session: Session, *, person_id: UUID, kept_id: UUID | None) -> None:
    """End all but the one in hand (O1)."""
    for signed_in in queries.sessions_of(session, person_id):
        if signed_in.id != kept_id:
            _end(session, signed_in)


def _end(session: Session, signed_in: BrowserSession) -> bool:
    ended = _revoke(session, signed_in, "ended")
    if ended:
        audit.record(session, Act("session.ended", signed_in.person_id, signed_in.id))
    return ended


def revoke_all(session: Session, person_id: UUID, *, reason: str, but: UUID | None = None) -> None:
    for signed_in in queries.sessions_of(session, person_id):
        if signed_in.id != but:
            _revoke(session, signed_in, reason)


def mark_mfa(session: Session, person_id: UUID, *, mfa: bool) -> None:
    """Of all the person's sessions: by two factors, or no longer."""
    session.execute(update(BrowserSession).where(BrowserSession.person_id == person_id).values(mfa=mfa))


def _revoke(session: Session, signed_in: BrowserSession, reason: str) -> bool:
    """Two who end it at once end it once."""
    ended = session.scalar(delete(BrowserSession).where(BrowserSession.id == signed_in.id).returning(BrowserSession.id))
    if ended is not None:
        outbox.add(session, events.session_revoked(signed_in, reason))
    return ended is not None


def _touch(session: Session, session_id: UUID, now: datetime) -> None:
    session.execute(
        update(BrowserSession)
        .where(BrowserSession.id == session_id, BrowserSession.last_used_at < now)
        .values(last_used_at=now)
    )


def _sign(
    parts: Parts, signed_in: BrowserSession, *, audience: str, state: str, now: datetime, lives_for: timedelta
) -> str:
    claims = {"sid": str(signed_in.id), "amr": ["pwd", "mfa"] if signed_in.mfa else ["pwd"], "state": state}
    return sign(parts, subject=signed_in.person_id, audience=audience, now=now, lives_for=lives_for, claims=claims)
