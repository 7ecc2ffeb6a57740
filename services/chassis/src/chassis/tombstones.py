"""Whom this service must not hear of again: a row per subject, which replays, late facts and restores run into.

Whoever writes about a subject first asks `is_buried` and from then on holds a shared lock on that subject; a burial
takes it alone. So a burial waits for what is being written about the subject, and nothing written after it slips in.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.clock import now
from chassis.db import Base
from chassis.inbox import Fact, Reaction

SEED = 0x746F6D62  # "tomb": other advisory locks on the same id are others


class TombstoneRow(Base):
    """Somebody or something that was erased; `sequence` is that of the fact that told of it."""

    __tablename__ = "tombstone"

    subject: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    buried_at: Mapped[datetime] = mapped_column(default=now)


def bury(session: Session, subject: UUID, sequence: int, *, at: datetime | None = None) -> bool:
    """From the commit on nothing about this subject takes effect here; False when it was buried before."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(subject), SEED))))
    row = insert(TombstoneRow).values(subject=subject, sequence=sequence, buried_at=at or now())
    return session.scalar(row.on_conflict_do_nothing().returning(TombstoneRow.subject)) is not None


HOLD = text(
    "SELECT pg_advisory_xact_lock_shared(hashtextextended(subject, :seed))"
    " FROM unnest(CAST(:subjects AS text[])) AS subject"
)


def buried(session: Session, subjects: Iterable[UUID]) -> set[UUID]:
    """Those of them who are. The others will not be before this transaction's end: burials wait."""
    asked = sorted(set(subjects))
    session.execute(HOLD, {"seed": SEED, "subjects": [str(subject) for subject in asked]})
    return set(session.scalars(select(TombstoneRow.subject).where(TombstoneRow.subject.in_(asked))))


def is_buried(session: Session, *subjects: UUID) -> bool:
    """Whether any of them is. If not, none will be before this transaction's end."""
    return bool(buried(session, subjects))


def refusing(reaction: Reaction, *fields: str) -> Reaction:
    """The reaction, deaf to facts whose data names somebody buried in one of these fields."""

    def guarded(session: Session, fact: Fact) -> None:
        named = list(ids_in(fact.data.get(field) for field in fields))
        if not (named and is_buried(session, *named)):
            reaction(session, fact)

    return guarded


def ids_in(values: Iterable[object]) -> Iterable[UUID]:
    """Those of the values that are ids, whether as such or written out."""
    for value in values:
        if isinstance(value, UUID):
            yield value
        elif isinstance(value, str):
            try:
                yield UUID(value)
            except ValueError:
                continue
