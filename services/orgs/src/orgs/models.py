from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    FetchedValue,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, validates

from chassis.clock import now
from chassis.db import Base, Versioned
from chassis.ids import new_id
from chassis.text import folded
from orgs.rules.collaborations import Because as EndedBecause
from orgs.rules.collaborations import State as CollaborationState
from orgs.rules.collaborations import told_to_owner
from orgs.rules.coordinators import State as InvitationState
from orgs.rules.institutions import State
from orgs.rules.memberships import PLATFORM_ADMINISTRATOR, Role, Standing
from orgs.rules.role_requests import Because
from orgs.rules.role_requests import State as RequestState

# Codepoint order: folded Greek sorts right by it, and a cursor compares as the index does.
SEARCH = String(collation="C")

OPEN = "state IN ('pending', 'surname_differs')"


def word(enum: type, name: str) -> Enum:
    return Enum(enum, native_enum=False, create_constraint=True, length=30, name=name)


class Named:
    """A name, and beside it the form in which names are searched, ordered and compared."""

    name: Mapped[str]
    search: Mapped[str] = mapped_column(SEARCH)

    @validates("name")
    def _fold(self, _key: str, name: str) -> str:
        self.search = folded(name)
        return name


class Institution(Named, Versioned, Base):
    """A body of the public sector. Its general unit is a foreign key, so that none exists without."""

    __tablename__ = "institution"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    registry_code: Mapped[str | None]
    employment_api_id: Mapped[str | None]
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    state: Mapped[State] = mapped_column(word(State, "state"), default=State.active)
    general_unit_id: Mapped[UUID]

    __table_args__ = (
        UniqueConstraint("registry_code"),
        UniqueConstraint("employment_api_id"),
        # Deferred: the institution and its general unit name each other, one is written first.
        ForeignKeyConstraint(
            ["id", "general_unit_id"],
            ["unit.institution_id", "unit.id"],
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index("institution_search_idx", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
        Index("institution_by_name", "search", "id", postgresql_where=text("state = 'active'")),
        Index("institution_by_name_all", "search", "id"),
        Index("institution_named_once", "search", unique=True, postgresql_where=text("state = 'active'")),
    )


class Unit(Named, Versioned, Base):
    """A part of an institution."""

    __tablename__ = "unit"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    institution_id: Mapped[UUID]
    state: Mapped[State] = mapped_column(word(State, "state"), default=State.active)

    __table_args__ = (
        UniqueConstraint("institution_id", "id"),
        ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        Index("unit_by_name", "institution_id", "search", "id", postgresql_where=text("state = 'active'")),
        Index("unit_by_name_all", "institution_id", "search", "id"),
        Index("unit_named_once", "institution_id", "search", unique=True, postgresql_where=text("state = 'active'")),
    )


class Membership(Versioned, Base):
    """Where a person belongs: one row each, and the unit is of the institution."""

    __tablename__ = "membership"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    role: Mapped[Role] = mapped_column(word(Role, "role"), default=Role.user)
    platform_administrator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    # The person's, written by the database alone; null until identity has told us who they are.
    search: Mapped[str | None] = mapped_column(SEARCH, server_default=FetchedValue())

    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["unit.institution_id", "unit.id"]),
        Index("membership_place_idx", "institution_id", "unit_id"),
        Index("membership_role_idx", "institution_id", "role"),
        Index("membership_by_name", "institution_id", "search", "person_id"),
        Index(
            "membership_coordinators_by_name",
            *("institution_id", "search", "person_id"),
            postgresql_where=text("role <> 'user'"),
        ),
        Index("membership_search_idx", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    )

    @property
    def standing(self) -> Standing:
        return Standing(self.institution_id, self.unit_id, self.role, self.platform_administrator)


class Offer(Base):
    """What an accepted invitation offers. Two facts may tell of it, in any order, one before there is a membership."""

    __tablename__ = "offer"

    invitation_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    role: Mapped[str]
    institution_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(f"role = '{PLATFORM_ADMINISTRATOR}' OR institution_id IS NOT NULL", name="role_somewhere"),
        CheckConstraint(
            f"role IN ('{PLATFORM_ADMINISTRATOR}', 'institution_coordinator', 'unit_coordinator')", name="role"
        ),
    )


class CoordinatorInvitation(Versioned, Base):
    """Somebody asked to coordinate. Identity mails it and says who accepts; name and address go when it is over."""

    __tablename__ = "coordinator_invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    institution_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    role: Mapped[Role] = mapped_column(word(Role, "role"))
    surname: Mapped[str]
    name: Mapped[str]
    search: Mapped[str] = mapped_column(SEARCH)
    email: Mapped[str]
    address_key: Mapped[str]
    phone: Mapped[str | None]
    language: Mapped[str]
    inviter_id: Mapped[UUID | None]  # none any more: erased
    state: Mapped[InvitationState] = mapped_column(word(InvitationState, "state"), default=InvitationState.pending)
    person_id: Mapped[UUID | None]  # who accepted it
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["unit.institution_id", "unit.id"]),
        Index(
            "coordinator_invitation_open_once",
            "institution_id",
            "address_key",
            unique=True,
            postgresql_where=text(OPEN),
        ),
        Index("coordinator_invitation_by_name", "institution_id", "search", "id", postgresql_where=text(OPEN)),
        Index(
            "coordinator_invitation_search_idx",
            "search",
            postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
            postgresql_where=text(OPEN),
        ),
        Index("coordinator_invitation_of_unit", "unit_id", postgresql_where=text(OPEN)),
        Index("coordinator_invitation_inviter_idx", "inviter_id"),
        Index("coordinator_invitation_person_idx", "person_id", postgresql_where=text("person_id IS NOT NULL")),
    )


class Person(Base):
    """What identity says of a person: how to name and reach them, and what the register says of their employment."""

    __tablename__ = "person"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    surname: Mapped[str]
    name: Mapped[str]
    search: Mapped[str] = mapped_column(SEARCH)
    email: Mapped[str | None]
    status: Mapped[str]
    employment: Mapped[str]
    employment_bodies: Mapped[list[str]]
    sequence: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        Index("person_search_idx", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
        Index("person_email_idx", text("lower(email)")),
        Index("person_by_name", "search", "person_id"),
    )


class PlannedConference(Base):
    """What conferences says of the use of institutions and units: until when, and whether it is still to come."""

    __tablename__ = "planned_conference"

    conference_id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("planned_conference_place_idx", "institution_id", "ends_at"),)


class RoleRequest(Versioned, Base):
    """Who asks to coordinate what, and what became of it. A person has one open at a time: the index says so."""

    __tablename__ = "role_request"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID]
    role: Mapped[Role] = mapped_column(word(Role, "role"))
    institution_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    phone: Mapped[str]
    reason: Mapped[str]
    state: Mapped[RequestState] = mapped_column(word(RequestState, "state"), default=RequestState.open)
    withdrawn_because: Mapped[Because | None] = mapped_column(word(Because, "because"))
    comment: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["membership.person_id"]),
        ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        ForeignKeyConstraint(["institution_id", "unit_id"], ["unit.institution_id", "unit.id"]),
        CheckConstraint("unit_id IS NOT NULL OR role = 'institution_coordinator'", name="unit_named"),
        CheckConstraint("(withdrawn_because IS NOT NULL) = (state = 'withdrawn')", name="withdrawn_because"),
        Index("role_request_open_once", "person_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("role_request_of_person", "person_id", "id"),
        Index("role_request_of_institution", "institution_id", "id"),
        Index("role_request_open_of_institution", "institution_id", "id", postgresql_where=text("state = 'open'")),
        Index("role_request_open", "id", postgresql_where=text("state = 'open'")),
    )


class Collaboration(Versioned, Base):
    """Whose conferences somebody else may edit, one way. A pair has one row: asked again, it begins anew."""

    __tablename__ = "collaboration"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_person_id: Mapped[UUID]
    collaborator_person_id: Mapped[UUID]
    institution_id: Mapped[UUID]
    state: Mapped[CollaborationState] = mapped_column(
        word(CollaborationState, "state"), default=CollaborationState.pending
    )
    ended_because: Mapped[EndedBecause | None] = mapped_column(word(EndedBecause, "because"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    asked_times: Mapped[int] = mapped_column(default=1)  # in a row, the last time when it was created

    __table_args__ = (
        UniqueConstraint("owner_person_id", "collaborator_person_id"),
        ForeignKeyConstraint(["owner_person_id"], ["membership.person_id"]),
        ForeignKeyConstraint(["collaborator_person_id"], ["membership.person_id"]),
        ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        CheckConstraint("owner_person_id <> collaborator_person_id", name="two_people"),
        CheckConstraint("(ended_because IS NOT NULL) = (state = 'ended')", name="ended_because"),
        Index("collaboration_of_collaborator", "collaborator_person_id", postgresql_where=text("state <> 'ended'")),
    )

    @property
    def told_to_owner(self) -> bool | None:
        return told_to_owner(self.state, self.ended_because, self.asked_times)
