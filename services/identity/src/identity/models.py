"""Tables of people and how they got in. Constraints hold what must hold under concurrency."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    Sequence,
    SmallInteger,
    event,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Base, Versioned
from chassis.encrypted import Encrypted, Lookup
from chassis.ids import new_id
from chassis.text import folded
from identity.rules.accounts import DisabledReason, Proof, Status
from identity.rules.employment import Employment
from identity.rules.invitations import Role, State, state_at
from identity.rules.two_factor import Kind, Step

NUMBERS = Sequence("person_number", start=100001)


def word(kind: type[StrEnum]) -> Any:
    """A word of a rule's enumeration, as text: a new one needs no new type in the database."""
    return mapped_column(Enum(kind, native_enum=False, length=40))


class Person(Versioned, Base):
    """An account. The tax id is readable only with our keys; `tax_lookup` finds it and lets it exist once."""

    __tablename__ = "person"
    __table_args__ = (
        Index("person_search_idx", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
        Index(
            "person_employment_checked_idx",
            text("employment_checked_at NULLS FIRST"),
            "id",
            postgresql_where=text("status = 'active' AND employment <> 'pending'"),
        ),
        Index("person_invitation_id_idx", "invitation_id", postgresql_where=text("invitation_id IS NOT NULL")),
        Index("person_unused_idx", "inactivity_warnings", "last_active_at"),
        Index("person_never_activated_idx", "last_active_at", postgresql_where=text("activated_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(BigInteger, NUMBERS, server_default=NUMBERS.next_value(), unique=True)
    tax_id: Mapped[str] = mapped_column(Encrypted("encryption"))
    tax_lookup: Mapped[bytes] = mapped_column(Lookup("lookup", of="tax_id"), unique=True)
    surname: Mapped[str]
    name: Mapped[str]
    status: Mapped[Status] = word(Status)
    disabled_reason: Mapped[DisabledReason | None] = word(DisabledReason)
    disabled_over: Mapped[DisabledReason | None] = word(DisabledReason)  # what an administrator's word stands above
    disabled_at: Mapped[datetime | None]
    disabled_by: Mapped[UUID | None]
    disabled_note: Mapped[str | None]
    admin_comment: Mapped[str | None]
    search: Mapped[str] = mapped_column(default=lambda context: folded_name(**context.get_current_parameters()))
    employment: Mapped[Employment] = word(Employment)
    employment_bodies: Mapped[list[str]]
    employment_flagged_at: Mapped[datetime | None]
    employment_checked_at: Mapped[datetime | None]  # written past the version, as the next: they are no fact for others
    employment_asked_until: Mapped[datetime | None]
    last_active_at: Mapped[datetime] = mapped_column(server_default=func.now())  # past the version, as the next two
    inactivity_warnings: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    inactivity_warned_at: Mapped[datetime | None]
    institution_id: Mapped[UUID | None]
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitation.id"))
    phone: Mapped[str | None]
    other_contact: Mapped[str | None]
    language: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]

    emails: Mapped[list["PersonEmail"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="PersonEmail.created_at", passive_deletes=True
    )

    @property
    def primary_email(self) -> "PersonEmail | None":
        return next((email for email in self.emails if email.primary), None)

    @property
    def extra_emails(self) -> list["PersonEmail"]:
        return [email for email in self.emails if not email.primary]

    @property
    def proven_primary(self) -> str | None:
        """The one address that mail goes to."""
        primary = self.primary_email
        return primary.email if primary is not None and primary.proven_at is not None else None


def folded_name(*, surname: str, name: str, **_others: Any) -> str:
    """As search compares it. Words are looked for one by one, so their order makes no difference."""
    return folded(f"{surname} {name}")


@event.listens_for(Person, "before_update")
def _search_follows_the_name(_mapper: Any, _connection: Any, person: Person) -> None:
    person.search = folded_name(surname=person.surname, name=person.name)


class PersonEmail(Base):
    """An address somebody claims or has proven. It belongs to whoever proves it; claims block nobody."""

    __tablename__ = "person_email"
    __table_args__ = (
        Index("person_email_proven_once", "address_key", unique=True, postgresql_where=text("proven_at IS NOT NULL")),
        Index("person_email_one_primary", "person_id", unique=True, postgresql_where=text('"primary"')),
        Index("person_email_claimed_once", "person_id", "address_key", unique=True),
        Index("person_email_address_key_idx", "address_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    email: Mapped[str]
    address_key: Mapped[str]
    primary: Mapped[bool]
    proof: Mapped[Proof | None] = word(Proof)
    proven_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="emails")


class EmailProof(Base):
    """A mailed link that proves an address; the row goes when it is used, replaced or lost."""

    __tablename__ = "email_proof"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email_id: Mapped[UUID] = mapped_column(ForeignKey("person_email.id", ondelete="CASCADE"), unique=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]


class Acceptance(Base):
    """Which version of which text somebody accepted, and when. Never changed."""

    __tablename__ = "acceptance"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    accepted_at: Mapped[datetime]


class Trip(Base):
    """A browser on its way to TaxisNet and back: state and browser must both be the ones that left."""

    __tablename__ = "trip"

    state_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_digest: Mapped[bytes] = mapped_column(LargeBinary)
    baggage: Mapped[str] = mapped_column(Encrypted("encryption"))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PendingSignIn(Base):
    """What TaxisNet and the register said, encrypted, until «Είσοδος», «Ακύρωση» or ten minutes later.

    Whoever needs a second factor is not signed in by «Είσοδος»: what was ticked there waits here for the code, too.
    """

    __tablename__ = "pending_sign_in"

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    content: Mapped[str] = mapped_column(Encrypted("encryption"))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    awaits: Mapped[Step] = mapped_column(
        Enum(Step, native_enum=False, length=40), default=Step.confirmation, server_default=Step.confirmation
    )
    update_name: Mapped[bool] = mapped_column(default=False, server_default=false())
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default="0")


class BrowserSession(Base):
    """Somebody signed in on one browser; its secret is known to that browser only."""

    __tablename__ = "browser_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime] = mapped_column(index=True)
    mfa: Mapped[bool] = mapped_column(default=False, server_default=false())
    browser: Mapped[str | None]
    system: Mapped[str | None]

    person: Mapped[Person] = relationship()


class SecondFactor(Base):
    """Somebody's authenticator, in use or being set up (by one session or sign-in, whose digest is `enrolling_by`).

    Whoever reads or changes it, its codes or their counters holds the person's row: a code checked is a code counted.
    """

    __tablename__ = "second_factor"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str | None] = mapped_column(Encrypted("encryption"))
    activated_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    told_steps: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    enrolling_secret: Mapped[str | None] = mapped_column(Encrypted("encryption"))
    enrolling_by: Mapped[bytes | None] = mapped_column(LargeBinary)
    enrolling_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of ten, as a digest keyed with the authenticator's secret; a spent one stays, to be told from a wrong one."""

    __tablename__ = "recovery_code"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("second_factor.person_id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]


class WrongCodes(Base):
    """Wrong codes of one kind within the last minutes, whichever browser sent them."""

    __tablename__ = "wrong_codes"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("second_factor.person_id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(Enum(Kind, native_enum=False, length=40), primary_key=True)
    at: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    blocked_until: Mapped[datetime | None]


def folded_invited(*, surname: str, name: str, email: str, **_others: Any) -> str:
    """As search compares it; who is invited does not change."""
    return folded(f"{surname} {name} {email}")


class Invitation(Versioned, Base):
    """An address asked to join; signing in with TaxisNet by the mailed link accepts it. No account exists before."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index("invitation_institution_idx", "institution_id", "created_at", "id"),
        Index("invitation_inviter_idx", "inviter_id", "created_at", "id"),
        Index("invitation_person_id_idx", "person_id", postgresql_where=text("person_id IS NOT NULL")),
        Index("invitation_address_key_idx", "address_key"),
        Index(
            "invitation_open_once",
            "institution_id",
            "address_key",
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL AND offer IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    address_key: Mapped[str]
    surname: Mapped[str]
    name: Mapped[str]
    search: Mapped[str] = mapped_column(default=lambda context: folded_invited(**context.get_current_parameters()))
    language: Mapped[str]
    phone: Mapped[str | None]  # a proposal for the account, until it is accepted
    offer: Mapped[dict[str, str | None] | None] = mapped_column(JSONB(none_as_null=True))
    inviter_id: Mapped[UUID | None]
    institution_id: Mapped[UUID | None]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    person_id: Mapped[UUID | None]

    def state_at(self, now: datetime) -> State:
        return state_at(now, accepted_at=self.accepted_at, revoked_at=self.revoked_at, expires_at=self.expires_at)


class Erasure(Base):
    """A certificate: that an account was erased, for whoever has the secret address. Of the person nothing is left."""

    __tablename__ = "erasure"

    subject: Mapped[UUID] = mapped_column(primary_key=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    erased_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ErasureConfirmation(Base):
    """A service has erased what it knew."""

    __tablename__ = "erasure_confirmation"

    subject: Mapped[UUID] = mapped_column(ForeignKey("erasure.subject", ondelete="CASCADE"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    confirmed_at: Mapped[datetime]


class OwnedConference(Base):
    """What identity knows of conferences': whose each is and whether it is still to come."""

    __tablename__ = "owned_conference"
    __table_args__ = (Index("owned_conference_owner_idx", "owner_id", "starts_at"),)

    conference_id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID | None]
    institution_id: Mapped[UUID | None]  # none of what was told before it was kept
    number: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str | None]  # only of those that anybody may see: the facts say no more
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)


class Institution(Base):
    """What identity knows of orgs' institutions: which body of the register each is."""

    __tablename__ = "institution"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    employment_api_id: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)


class Membership(Base):
    """What identity knows of orgs' memberships: who is a coordinator of what."""

    __tablename__ = "membership"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    role: Mapped[Role] = word(Role)
    platform_administrator: Mapped[bool]
    sequence: Mapped[int] = mapped_column(BigInteger)
