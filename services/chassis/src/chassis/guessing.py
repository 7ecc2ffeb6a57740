"""Limits on guessing: only failures count, per source, forgotten within a day. The source is never stored readable."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import LargeBinary, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import clock, db
from chassis.db import Base
from chassis.errors import TooManyAttempts

SLOT = timedelta(minutes=1)
KEPT = timedelta(hours=24)


class GuessingKey(Base):
    """The key of a day; without it a source cannot be told from its digest, and it is gone the day after."""

    __tablename__ = "guessing_key"

    day: Mapped[datetime] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)


class GuessingRow(Base):
    """Failures of one source in one minute."""

    __tablename__ = "guessing"

    action: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    failures: Mapped[int]


def ensure_below(session: Session, action: str, source: UUID | str, limit: int, window: timedelta) -> None:
    """Refuse with 429 when this source failed `limit` times within `window` (at most a day)."""
    moment = clock.now()
    digests = [_digest(key, source) for key in session.scalars(select(GuessingKey.key))]
    if not digests:
        return
    rows = session.execute(
        select(func.sum(GuessingRow.failures), func.min(GuessingRow.slot)).where(
            GuessingRow.action == action, GuessingRow.source.in_(digests), GuessingRow.slot > moment - window
        )
    ).one()
    if (rows[0] or 0) >= limit:
        raise TooManyAttempts(retry_after_seconds=int((rows[1] + window - moment).total_seconds()) + 1)


def failed(action: str, source: UUID | str) -> None:
    """Count one failure; a transaction of its own, because the caller's is about to be rolled back."""
    moment = clock.now()
    with db.transaction() as session:
        key = _key_of(session, datetime.combine(moment.date(), datetime.min.time(), UTC))
        slot = datetime.fromtimestamp(moment.timestamp() // SLOT.total_seconds() * SLOT.total_seconds(), UTC)
        statement = insert(GuessingRow).values(action=action, source=_digest(key, source), slot=slot, failures=1)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["action", "source", "slot"], set_={"failures": GuessingRow.failures + 1}
            )
        )


def forget(session: Session) -> None:
    """Drop what is older than a day, keys first of all. The worker calls this every few minutes."""
    moment = clock.now()
    session.execute(delete(GuessingKey).where(GuessingKey.day <= moment - KEPT - timedelta(hours=1)))
    session.execute(delete(GuessingRow).where(GuessingRow.slot <= moment - KEPT))


def _key_of(session: Session, day: datetime) -> bytes:
    found = session.scalar(select(GuessingKey.key).where(GuessingKey.day == day))
    if found is None:
        session.execute(insert(GuessingKey).values(day=day, key=secrets.token_bytes(32)).on_conflict_do_nothing())
        found = session.scalars(select(GuessingKey.key).where(GuessingKey.day == day)).one()
    return found


def _digest(key: bytes, source: UUID | str) -> bytes:
    return hmac.new(key, str(source).encode(), hashlib.sha256).digest()
