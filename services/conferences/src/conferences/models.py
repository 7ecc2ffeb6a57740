"""Tables of conferences. What a rule can be in the database, is a constraint there (see migrations/versions)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Base, Versioned
from chassis.encrypted import Encrypted
from chassis.ids import new_id


class Conference(Versioned, Base):
    """A planned conference. `version` covers what people edit, the times and the state; not the room, nor the count."""

    __tablename__ = "conference"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity())
    title: Mapped[str]
    title_folded: Mapped[str]
    description: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    state: Mapped[str]
    capacity: Mapped[int]
    participant_count: Mapped[int] = mapped_column(default=0)
    listed: Mapped[bool]
    institution_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    coordinator_id: Mapped[UUID]
    calendar_sequence: Mapped[int] = mapped_column(default=0)  # SEQUENCE of its entry in people's calendars
    created_at: Mapped[datetime]


class Host(Base):
    """A licensed user of the provider: one meeting at a time, up to `capacity` people."""

    __tablename__ = "host"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    zoom_user_id: Mapped[str]
    capacity: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class HostBudget(Base):
    """How many of a host's daily creations and changes are spent; the provider counts by UTC days."""

    __tablename__ = "host_budget"

    host_id: Mapped[UUID] = mapped_column(ForeignKey("host.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[int]


class Booking(Base):
    """A conference's claim on a host, and the meeting made there. The exclusion constraint proves that none overlap.

    A move to a larger host makes a new booking (`generation`); the old one stays, released, until its meeting is gone.
    """

    __tablename__ = "booking"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conference_id: Mapped[UUID] = mapped_column(ForeignKey("conference.id"))
    generation: Mapped[int] = mapped_column(default=1)
    current: Mapped[bool] = mapped_column(default=True)
    released: Mapped[bool] = mapped_column(default=False)
    host_id: Mapped[UUID] = mapped_column(ForeignKey("host.id"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    room: Mapped[str]
    room_reason: Mapped[str | None]
    meeting_id: Mapped[int | None] = mapped_column(BigInteger)
    tried_at: Mapped[datetime | None]  # the first attempt: from then on a meeting may exist that we know nothing of


class Participation(Base):
    """A place in a conference, by address; `person_id` as soon as the address is proven to be somebody's.

    Rows stay when the place is taken away: who was there must remain in the report. A manager who enters without being
    a participant has a row too (`is_manager`), which takes no place.
    """

    __tablename__ = "participation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    short_id: Mapped[int] = mapped_column(BigInteger, Identity())
    conference_id: Mapped[UUID] = mapped_column(ForeignKey("conference.id"))
    person_id: Mapped[UUID | None]
    email: Mapped[str]
    email_folded: Mapped[str]
    masked: Mapped[bool] = mapped_column(default=False)  # added by account: managers are not told the address
    name: Mapped[str] = mapped_column(default="")
    is_manager: Mapped[bool] = mapped_column(default=False)
    locked: Mapped[bool] = mapped_column(default=False)
    invited_at: Mapped[datetime | None]
    invitation_id: Mapped[UUID | None]  # the request that last invited; a repeat of it is recognised
    invited_sequence: Mapped[int | None]  # of the fact that last invited; none from before it was kept
    removed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]  # the person's account is deleted: nobody's line, but not a guest's
    united_into: Mapped[UUID | None] = mapped_column(ForeignKey("participation.id"))
    ticket_digest: Mapped[bytes] = mapped_column(LargeBinary)
    ticket_generation: Mapped[int] = mapped_column(default=1)
    facts: Mapped[int] = mapped_column(default=0)  # how many facts were told about it: their sequence
    added_at: Mapped[datetime]


class InvitationMail(Base):
    """Copy of notifications': what became of the newest invitation mail to a participant that has left the queue."""

    __tablename__ = "invitation_mail"

    participation_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)  # of the invitation, among the facts about the participation
    state: Mapped[str]
    at: Mapped[datetime]


class Registrant(Base):
    """A participant as the provider knows it: alias and personal link. A new name or meeting takes a new turn."""

    __tablename__ = "registrant"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    participation_id: Mapped[UUID] = mapped_column(ForeignKey("participation.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    turn: Mapped[int]
    alias: Mapped[str]
    display_name: Mapped[str]
    asked_at: Mapped[datetime | None]  # set before the call: from then on look before asking again
    registrant_id: Mapped[str | None]
    join_url: Mapped[str | None] = mapped_column(Encrypted("join links"))
    withdrawn_at: Mapped[datetime | None]


class Hook(Base):
    """A message of the provider, stored before it is answered: no names, no addresses, only what attendance needs."""

    __tablename__ = "hook"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event: Mapped[str]
    meeting_id: Mapped[int] = mapped_column(BigInteger)
    meeting_uuid: Mapped[str]
    device: Mapped[str]
    at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    registrant_id: Mapped[str | None]
    alias: Mapped[str | None]
    is_host: Mapped[bool]
    received_at: Mapped[datetime]


class Sitting(Base):
    """One running of a meeting: it may end and start again within a conference, each time with another uuid."""

    __tablename__ = "sitting"

    meeting_uuid: Mapped[str] = mapped_column(primary_key=True)
    conference_id: Mapped[UUID] = mapped_column(ForeignKey("conference.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reconciled_at: Mapped[datetime | None]


class Stay(Base):
    """One device in one sitting, derived from hooks or taken from the provider's list afterwards."""

    __tablename__ = "stay"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    meeting_uuid: Mapped[str] = mapped_column(ForeignKey("sitting.meeting_uuid"))
    conference_id: Mapped[UUID] = mapped_column(ForeignKey("conference.id"))
    participation_id: Mapped[UUID | None] = mapped_column(ForeignKey("participation.id"))
    device: Mapped[str]
    registrant_id: Mapped[str | None]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    listed: Mapped[bool] = mapped_column(default=False)  # from the provider's list: messages no longer change it


class Group(Versioned, Base):
    """People whom a coordinator invites together (S30). `version` covers name and description, not the members."""

    __tablename__ = "user_group"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[UUID]
    name: Mapped[str]
    description: Mapped[str]
    created_at: Mapped[datetime]
    out_of_reach_since: Mapped[datetime | None]  # the owner coordinates nothing, as far as we have heard


class GroupMember(Base):
    """Somebody with an account in a group, and the address by which the owner knows them, if any."""

    __tablename__ = "group_member"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("user_group.id"))
    person_id: Mapped[UUID]
    email: Mapped[str]
    email_folded: Mapped[str]
    added_at: Mapped[datetime]


class Person(Base):
    """Copy of identity's: how people are called and whether they may come in."""

    __tablename__ = "person"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    surname: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    status: Mapped[str]
    language: Mapped[str]
    search: Mapped[str]


class PersonAddress(Base):
    """Whose proven address this is; the newest proof wins while two people's facts cross."""

    __tablename__ = "person_address"

    email_folded: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]


class Membership(Base):
    """Copy of orgs': rights are decided by it."""

    __tablename__ = "membership"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    institution_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    role: Mapped[str]
    platform_administrator: Mapped[bool]


class Collaboration(Base):
    """Copy of orgs': who may edit whose conferences, while it is `active`."""

    __tablename__ = "collaboration"

    collaboration_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    owner_person_id: Mapped[UUID]
    collaborator_person_id: Mapped[UUID]
    active: Mapped[bool]


class Institution(Base):
    """Copy of orgs'."""

    __tablename__ = "institution"

    institution_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    state: Mapped[str]


class Unit(Base):
    """Copy of orgs'."""

    __tablename__ = "unit"

    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    institution_id: Mapped[UUID]
    name: Mapped[str]
    state: Mapped[str]
