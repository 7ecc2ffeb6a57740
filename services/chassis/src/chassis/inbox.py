"""Facts take effect once: their id is stored in the same transaction. What came early is parked, broken ones kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.clock import now
from chassis.db import Base

PREFIX = "gr.epresence."
SNAPSHOT = ".snapshot.v1"


@dataclass(frozen=True)
class Fact:
    """A fact as received. Read only the fields you need: senders add others."""

    id: UUID
    type: str
    subject: str
    sequence: int
    data: Mapping[str, Any]
    correlation_id: str
    occurred_at: datetime

    @property
    def restates(self) -> bool:
        """Nothing happened: the owner was asked to say again how things are."""
        return self.type.endswith(SNAPSHOT)


Reaction = Callable[[Session, Fact], object]
Reactions = Mapping[str, Reaction]


class NotYet(Exception):
    """Raised by a reaction that needs something not heard of yet: the fact is parked and tried again."""


class InboxRow(Base):
    """A fact whose effect is in this database."""

    __tablename__ = "inbox"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(default=now)


class ParkedRow(Base):
    """A fact that came too early, or whose reaction failed: tried again at `due_at`."""

    __tablename__ = "parked"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    body: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    early: Mapped[bool]
    attempts: Mapped[int] = mapped_column(default=1)
    parked_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime]


class DeadLetterRow(Base):
    """A fact we gave up on, kept whole with the reason until somebody replays it."""

    __tablename__ = "dead_letter"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    body: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    died_at: Mapped[datetime] = mapped_column(default=now)


CLAIM = text(
    "INSERT INTO inbox (id, received_at) SELECT unnest(CAST(:ids AS uuid[])), :moment"
    " ON CONFLICT DO NOTHING RETURNING id"
)


def first_time(session: Session, *ids: UUID) -> set[UUID]:
    """Claim ids for this transaction; those already seen are not in the answer. A twin in flight is waited for."""
    return set(session.scalars(CLAIM, {"ids": sorted(ids), "moment": now()}))  # sorted: two batches cannot deadlock


def parse(body: Mapping[str, Any]) -> Fact:
    """The envelope's fields; raises ValueError, KeyError or TypeError when it is no fact of ours."""
    if not str(body["type"]).startswith(PREFIX):
        raise ValueError("foreign type")
    occurred_at = datetime.fromisoformat(body["time"])
    if occurred_at.tzinfo is None or not isinstance(body["data"], dict):
        raise ValueError("envelope")
    return Fact(
        id=UUID(body["id"]),
        type=str(body["type"]).removeprefix(PREFIX),
        subject=str(body["subject"]),
        sequence=int(body["sequence"]),
        data=body["data"],
        correlation_id=str(body.get("correlationid", "")),
        occurred_at=occurred_at,
    )
