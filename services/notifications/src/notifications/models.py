from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Enum, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Base
from chassis.ids import new_id
from notifications.rules.messages import Lane, State, Template


def word(enum: type, name: str, *, fixed: bool = True) -> Enum:
    """As text; the words of a `fixed` one are checked by the database, others come with the code."""
    return Enum(enum, native_enum=False, create_constraint=fixed, length=40, name=name)


class Message(Base):
    """One mail to one recipient, and what became of it.

    Address, name and token stay sealed in `data` as they came and are erased with it once the mail is on its way.
    """

    __tablename__ = "message"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    template: Mapped[Template] = mapped_column(word(Template, "template", fixed=False))
    about: Mapped[UUID]  # the participation, invitation, proof or person the mail concerns: one recipient
    fact_id: Mapped[UUID]
    sequence: Mapped[int] = mapped_column(BigInteger)  # of the fact, among those about the same thing
    occurred_at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]
    lane: Mapped[Lane] = mapped_column(word(Lane, "lane"))
    message_id: Mapped[str]
    correlation_id: Mapped[str]

    state: Mapped[State] = mapped_column(word(State, "state"), default=State.queued)
    attempts: Mapped[int] = mapped_column(default=0)
    doubtful: Mapped[bool] = mapped_column(default=False)
    failure: Mapped[str | None]
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]  # while sending: until then it is the sender's
    give_up_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("fact_id", "template", "about"),  # a fact never makes two mails to one recipient
        UniqueConstraint("message_id"),
        Index("message_about_idx", "about", "sequence"),
        Index("message_person_id_idx", "person_id", postgresql_where=text("person_id IS NOT NULL")),
        Index("message_due_idx", "lane", "due_at", postgresql_where=text("state IN ('queued', 'sending')")),
    )


class Person(Base):
    """The address mail to a person goes to: identity's fact, copied."""

    __tablename__ = "person"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    sequence: Mapped[int] = mapped_column(BigInteger)


class Administrator(Base):
    """Who runs the platform, or did: of orgs' memberships nothing else matters here."""

    __tablename__ = "administrator"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    active: Mapped[bool]
    sequence: Mapped[int] = mapped_column(BigInteger)
