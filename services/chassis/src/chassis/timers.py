"""Things that fall due, as rows. A worker takes a due one under a lease, then calls its function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.db import Base
from chassis.logs import correlation_id


class TimerRow(Base):
    """One thing that falls due; one per name and subject. `lease` is the secret of whoever is at it until `due_at`."""

    __tablename__ = "timer"

    name: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[UUID | None]
    correlation_id: Mapped[str]


class LeaseLost(Exception):
    """Somebody else is at the timer by now, or it was set anew: what was done for it must not be committed."""


@dataclass
class Timer:
    """What a timer function is handed. `finish` or `again` in its own transaction makes effect and end one commit."""

    name: str
    subject: str
    due_at: datetime
    payload: Mapping[str, Any]
    attempts: int
    lease: UUID
    correlation_id: str = ""
    settled: bool = field(default=False, compare=False)

    def finish(self, session: Session) -> None:
        session.execute(delete(TimerRow).where(*self._mine()))
        self.settled = True

    def again(self, session: Session, at: datetime) -> None:
        session.execute(update(TimerRow).where(*self._mine()).values(due_at=at, attempts=0, lease=None))
        self.settled = True

    def keep(self, session: Session, payload: Mapping[str, Any]) -> None:
        """Remember how far one has come, in the transaction that came so far: whoever takes over goes on from there."""
        kept = session.execute(update(TimerRow).where(*self._mine()).values(payload=dict(payload)).returning(TimerRow))
        if kept.first() is None:
            raise LeaseLost(self.name)

    def _mine(self) -> tuple[Any, ...]:
        # Whoever rescheduled meanwhile took the lease away: their wish stands.
        return (TimerRow.name == self.name, TimerRow.subject == self.subject, TimerRow.lease == self.lease)


TimerFunction = Callable[[Timer], datetime | None]
Timers = Mapping[str, TimerFunction]


def schedule(
    session: Session, name: str, subject: UUID | str, due_at: datetime, payload: Mapping[str, Any] | None = None
) -> None:
    """Make the timer, or move the one that exists."""
    values = {"due_at": due_at, "payload": dict(payload or {}), "attempts": 0, "lease": None}
    statement = insert(TimerRow).values(name=name, subject=str(subject), correlation_id=correlation_id(), **values)
    session.execute(statement.on_conflict_do_update(index_elements=["name", "subject"], set_=values))


def cancel(session: Session, name: str, subject: UUID | str) -> None:
    session.execute(delete(TimerRow).where(TimerRow.name == name, TimerRow.subject == str(subject)))
