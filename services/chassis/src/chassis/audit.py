"""What was done, by whom, to what: rows that can only be added, each holding the digest of the one before.

Changing, removing or inserting a row breaks every digest after it. Details lie apart, salted, and may be deleted (the
right to be forgotten) without breaking the chain. Rows cut off at the end leave no gap: compare `head` with one kept
elsewhere.
"""

import hashlib
import json
import secrets
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, event, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import clock
from chassis.db import Base
from chassis.logs import correlation_id

LOCK = 0x61756469  # "audi"
FIRST = bytes(32)  # what the first row follows
SALT_BYTES = 16
WAITING = "audit"


class AuditRow(Base):
    """One act. `actor_id` is None for what an operator's command or the system itself did."""

    __tablename__ = "audit"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    act: Mapped[str]
    actor_id: Mapped[UUID | None]
    object_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
    correlation_id: Mapped[str]
    detail_digest: Mapped[bytes] = mapped_column(LargeBinary)
    previous_digest: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class AuditDetail(Base):
    """What may be forgotten of an act. The salt goes with it: nobody can try out what the digest was made of."""

    __tablename__ = "audit_detail"

    position: Mapped[int] = mapped_column(ForeignKey("audit.position"), primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    details: Mapped[dict[str, Any]]


@dataclass(frozen=True)
class Act:
    """Named `<thing>.<past tense>`, such as `account.disabled`."""

    name: str
    actor_id: UUID | None = None
    object_id: UUID | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """`broken_at`: the first row that is not as it was written, None when all are. `head`: the last digest, in hex."""

    rows: int
    broken_at: int | None
    head: str


def record(session: Session, act: Act) -> None:
    """Keep the act with the transaction it belongs to: written by its commit, gone with its rollback.

    Written last because the chain is a queue: whoever writes holds the others up until the commit, and must not wait
    for a lock of theirs meanwhile.
    """
    if WAITING not in session.info:
        session.info[WAITING] = []
        event.listen(session, "before_commit", _before_commit)
    session.info[WAITING].append((act, clock.now(), correlation_id()))


def write(session: Session) -> None:
    """Add what was recorded to the chain; `transaction()` does it by itself at its commit."""
    waiting = session.info.get(WAITING)
    if not waiting:
        return
    session.info[WAITING] = []
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    last = session.execute(select(AuditRow.position, AuditRow.digest).order_by(AuditRow.position.desc()).limit(1))
    position, previous = last.one_or_none() or (0, FIRST)
    for act, occurred_at, correlation in waiting:
        position += 1
        salt, details = secrets.token_bytes(SALT_BYTES), dict(act.details)
        row = AuditRow(
            position=position,
            act=act.name,
            actor_id=act.actor_id,
            object_id=act.object_id,
            occurred_at=occurred_at,
            correlation_id=correlation,
            detail_digest=_detail_digest(salt, details),
            previous_digest=previous,
        )
        previous = row.digest = _digest(row)
        session.add(row)
        session.flush()
        if details:
            session.add(AuditDetail(position=position, salt=salt, details=details))
    session.flush()


def forget(session: Session, subject: UUID) -> None:
    """Delete the details of every act by or about this subject; that it happened, and when, stays."""
    mine = select(AuditRow.position).where(or_(AuditRow.actor_id == subject, AuditRow.object_id == subject))
    for detail in session.scalars(select(AuditDetail).where(AuditDetail.position.in_(mine))):
        session.delete(detail)
    session.flush()


def verify(session: Session, *, after: int = 0, previous: bytes = FIRST, most: int | None = None) -> Verdict:
    """Follow the chain from its first row, in memory that does not grow with it.

    A long one is followed in portions of `most` rows: the next begins `after` the last row of the one before, with that
    row's digest as `previous`.
    """
    rows = 0
    with closing(_all(session, after, most)) as trail:
        for row, detail in trail:
            rows += 1
            intact = row.position == after + rows and row.previous_digest == previous and row.digest == _digest(row)
            if not intact or (detail is not None and _detail_digest(detail.salt, detail.details) != row.detail_digest):
                return Verdict(rows, row.position, previous.hex())
            previous = row.digest
    return Verdict(rows, None, previous.hex())


def length(session: Session) -> int:
    """The last row's position."""
    return session.scalar(select(func.max(AuditRow.position))) or 0


def digest_at(session: Session, position: int) -> str | None:
    """In hex: what a head kept elsewhere is compared with. None: there is no such row, any more."""
    found = session.scalar(select(AuditRow.digest).where(AuditRow.position == position))
    return found.hex() if found is not None else None


def _all(session: Session, after: int, most: int | None) -> Generator[tuple[AuditRow, AuditDetail | None]]:
    query = (
        select(AuditRow, AuditDetail)
        .outerjoin(AuditDetail, AuditDetail.position == AuditRow.position)
        .where(AuditRow.position > after)
        .order_by(AuditRow.position)
        .limit(most)
        .execution_options(yield_per=1000)
    )
    with session.execute(query) as found:
        for row, detail in found:
            yield row, detail
            session.expunge(row)
            if detail is not None:
                session.expunge(detail)


def _before_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        write(session)


def _digest(row: AuditRow) -> bytes:
    """Over every column but itself, as text that has one reading only."""
    columns = [
        row.position,
        row.act,
        str(row.actor_id),
        str(row.object_id),
        row.occurred_at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.correlation_id,
        row.detail_digest.hex(),
        row.previous_digest.hex(),
    ]
    return hashlib.sha256(json.dumps(columns, separators=(",", ":")).encode()).digest()


def _detail_digest(salt: bytes, details: Mapping[str, Any]) -> bytes:
    """Without details there is nothing to hide."""
    if not details:
        return FIRST
    text = json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(salt + text.encode()).digest()
