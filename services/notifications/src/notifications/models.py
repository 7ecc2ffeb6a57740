from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Enum, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Base
from chassis.ids import new_id
from notifications.rules.messages import Lane, State, Template
from notifications.rules.permissions import Role


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
    """Who a person is and the address mail to them goes to: identity's fact, copied."""

    __tablename__ = "person"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    # None of these while only an earlier release of ours has heard of the person: a rebuilding fills them in.
    surname: Mapped[str | None]
    name: Mapped[str | None]
    status: Mapped[str | None]
    sequence: Mapped[int] = mapped_column(BigInteger)


class Membership(Base):
    """Where somebody belongs with which role, and who runs the platform: orgs' fact, copied."""

    __tablename__ = "membership"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID | None]  # None: an administrator an earlier release has heard of
    role: Mapped[Role] = mapped_column(word(Role, "role", fixed=False))
    platform_administrator: Mapped[bool]
    sequence: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        Index("membership_institution_id_idx", "institution_id", postgresql_where=text("role <> 'user'")),
    )


class Institution(Base):
    """What an institution is called: orgs' fact, copied."""

    __tablename__ = "institution"

    institution_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)


class CoordinatorMessage(Base):
    """What somebody wrote to all coordinators of an institution (S15). The mails to them are messages of this fact.

    `place` counts the day's messages of the institution: the database holds that no place is taken twice.
    """

    __tablename__ = "coordinator_message"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    institution_id: Mapped[UUID]
    sender_id: Mapped[UUID | None]  # None: erased
    subject: Mapped[str | None]  # both None: the text was erased
    body: Mapped[str | None]
    created_at: Mapped[datetime]
    day: Mapped[date]  # in Athens
    place: Mapped[int]

    __table_args__ = (
        UniqueConstraint("institution_id", "day", "place"),
        Index("coordinator_message_institution_id_idx", "institution_id", "id"),
        Index("coordinator_message_sender_id_idx", "sender_id", postgresql_where=text("sender_id IS NOT NULL")),
    )
