"""Facts leave by rows written in the transaction of the change; the relay sends them. Strict in what we send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import contracts
from chassis.clock import now
from chassis.db import Base
from chassis.ids import new_id
from chassis.logs import correlation_id


@dataclass(frozen=True)
class Fact:
    """Something that happened, without the envelope: `type` lacks the `gr.epresence.` that every type starts with."""

    type: str
    subject: UUID | str
    sequence: int
    data: Mapping[str, Any] = field(default_factory=dict)
    public: bool = False
    to: str | None = None  # the one service that is told, straight to its queue

    def __post_init__(self) -> None:
        if self.public and self.to is not None:
            raise ValueError("a fact for one service is not public")


class OutboxRow(Base):
    """A fact not yet confirmed by the broker. `position` keeps the order in which one aggregate's facts were made."""

    __tablename__ = "outbox"

    position: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    id: Mapped[UUID] = mapped_column(default=new_id)
    type: Mapped[str]
    subject: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]]
    public: Mapped[bool]
    recipient: Mapped[str | None]
    correlation_id: Mapped[str]
    occurred_at: Mapped[datetime] = mapped_column(default=now)


def add(session: Session, *facts: Fact) -> None:
    """Announce facts with the change they belong to; the commit wakes the relay."""
    for fact in facts:
        contracts.check_event(fact.type, dict(fact.data))
        session.add(
            OutboxRow(
                type=fact.type,
                subject=str(fact.subject),
                sequence=fact.sequence,
                data=dict(fact.data),
                public=fact.public,
                recipient=fact.to,
                correlation_id=correlation_id(),
            )
        )
