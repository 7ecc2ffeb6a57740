"""Idempotency keys: scope is caller, operation and key; kept a day; only a digest of the body is stored."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import clock
from chassis.db import Base
from chassis.errors import DomainError, RetryLater

KEPT = timedelta(hours=24)


class IdempotencyKeyReused(DomainError):
    type, status = "idempotency-key-reused", 422


class RequestInProgress(RetryLater):
    type, status = "request-in-progress", 409


class IdempotencyRow(Base):
    """What a key led to. Written in the transaction of the effect, so that it exists exactly when the effect does."""

    __tablename__ = "idempotency"

    scope: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body_digest: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int]
    resource_id: Mapped[str | None]
    created_at: Mapped[datetime]


@dataclass
class Claim:
    """`replayed`: the effect is there already; answer `status` with the resource `resource_id` as it is now."""

    session: Session
    scope: bytes | None
    body_digest: bytes
    replayed: bool = False
    status: int | None = None
    resource_id: UUID | None = None

    def record(self, status: int, resource_id: UUID | None = None) -> None:
        """Remember what this key led to; commits with the effect."""
        self.status, self.resource_id = status, resource_id
        if self.scope is None:
            return
        values = {
            "body_digest": self.body_digest,
            "status": status,
            "resource_id": str(resource_id) if resource_id else None,
            "created_at": clock.now(),
        }
        statement = insert(IdempotencyRow).values(scope=self.scope, **values)
        self.session.execute(statement.on_conflict_do_update(index_elements=["scope"], set_=values))


def claim(session: Session, actor: UUID | str, operation: str, key: str | None, body: Any) -> Claim:
    """Take the key for this transaction. Without a key every call is a new one."""
    body_digest = _digest(json.dumps(body, sort_keys=True, separators=(",", ":"), default=str))
    if key is None:
        return Claim(session, None, body_digest)
    scope = _digest(f"{actor}\n{operation}\n{key}")
    lock = int.from_bytes(scope[:8], "big", signed=True)
    if not session.scalar(select(func.pg_try_advisory_xact_lock(lock))):
        raise RequestInProgress
    row = session.get(IdempotencyRow, scope)
    if row is None or row.created_at <= clock.now() - KEPT:
        return Claim(session, scope, body_digest)
    if row.body_digest != body_digest:
        raise IdempotencyKeyReused
    resource_id = UUID(row.resource_id) if row.resource_id else None
    return Claim(session, scope, body_digest, replayed=True, status=row.status, resource_id=resource_id)


def forget(session: Session) -> None:
    """Drop keys older than a day. The worker calls this every few minutes."""
    session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at <= clock.now() - KEPT))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
