"""Reads that deserve a name."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, tuple_
from sqlalchemy.orm import Session, selectinload

from chassis.errors import NotFound
from identity.client_models import ServiceClient
from identity.models import (
    Acceptance,
    BrowserSession,
    EmailProof,
    Institution,
    Invitation,
    Membership,
    OwnedConference,
    PendingSignIn,
    Person,
    PersonEmail,
    RecoveryCode,
    SecondFactor,
    Trip,
    WrongCodes,
)
from identity.rules.accounts import Status, Versions, address_key
from identity.rules.erasing import PLANNED
from identity.rules.invitations import Inviter, Role

NUMBER_DIGITS_MOST = 18


def person_by_tax_id(session: Session, lookups: Sequence[bytes], *, lock: bool = False) -> Person | None:
    """During a rotation of the lookup keys a row may carry either digest."""
    query = select(Person).where(Person.tax_lookup.in_(lookups)).options(selectinload(Person.emails))
    return session.scalar(locked(query) if lock else query)


def locked(query: Select[Person]) -> Select[Person]:
    """The row as it is once the lock is had."""
    return query.with_for_update(of=Person).execution_options(populate_existing=True)


def person(session: Session, person_id: UUID) -> Person:
    found = session.get(Person, person_id, options=[selectinload(Person.emails)])
    if found is None:
        raise NotFound
    return found


def person_if_there_for_update(session: Session, person_id: UUID) -> Person | None:
    return session.scalar(locked(select(Person).where(Person.id == person_id).options(selectinload(Person.emails))))


def person_for_update(session: Session, person_id: UUID) -> Person:
    found = person_if_there_for_update(session, person_id)
    if found is None:
        raise NotFound
    return found


def spent_trip(session: Session, state: bytes, browser: bytes, now: datetime) -> str | None:
    """Its baggage, once, and only for the browser that left: another one neither gets it nor spoils it."""
    mine = (Trip.state_digest == state, Trip.browser_digest == browser, Trip.expires_at > now)
    return session.scalar(delete(Trip).where(*mine).returning(Trip.baggage))


def pending_sign_in(session: Session, token: bytes, now: datetime) -> PendingSignIn | None:
    return session.scalar(
        select(PendingSignIn).where(PendingSignIn.token_digest == token, PendingSignIn.expires_at > now)
    )


def pending_sign_in_for_update(session: Session, token: bytes, now: datetime) -> PendingSignIn | None:
    """Whoever confirms it or brings a code for it waits here for the other."""
    query = select(PendingSignIn).where(PendingSignIn.token_digest == token, PendingSignIn.expires_at > now)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def spent_pending_sign_in(session: Session, token: bytes, now: datetime) -> str | None:
    """Its content, once."""
    mine = (PendingSignIn.token_digest == token, PendingSignIn.expires_at > now)
    return session.scalar(delete(PendingSignIn).where(*mine).returning(PendingSignIn.content))


def institutions_of(session: Session, bodies: Sequence[str]) -> list[Institution]:
    """Those of the register's bodies that we know, in the register's order."""
    if not bodies:
        return []
    known = session.scalars(
        select(Institution).where(Institution.employment_api_id.in_(bodies), Institution.state == "active")
    )
    return sorted(known, key=lambda institution: bodies.index(institution.employment_api_id or ""))


def has_accepted(session: Session, person_id: UUID, versions: Versions) -> bool:
    return session.scalar(acceptances_in_force(Acceptance.person_id == person_id, versions)) == 2


def acceptances_in_force(whose: ColumnElement[bool], versions: Versions) -> Select[int]:
    """How many of the two texts were accepted in the version in force."""
    in_force = tuple_(Acceptance.document, Acceptance.version).in_(
        [("terms", versions.terms), ("privacy", versions.privacy)]
    )
    return select(func.count()).select_from(Acceptance).where(whose, in_force)


def owner_of_address(session: Session, key: str) -> UUID | None:
    return session.scalar(
        select(PersonEmail.person_id).where(PersonEmail.address_key == key, PersonEmail.proven_at.is_not(None))
    )


def person_id_by_number_or_email(session: Session, whom: str) -> UUID | None:
    """As an operator names a person; only a proven address names one."""
    if whom.isdecimal() and len(whom) <= NUMBER_DIGITS_MOST:
        return session.scalar(select(Person.id).where(Person.number == int(whom)))
    return owner_of_address(session, address_key(whom))


def lock_address(session: Session, key: str) -> None:
    """Whoever proves this address waits here: the winner removes the others' claims while they stand still."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 1))))


def lock_lookups(session: Session, lookups: Sequence[bytes]) -> None:
    """Whoever makes this person waits here, whichever of the keys theirs is: the constraint knows one digest a row.

    In one order, so that two processes that hold the same keys in different orders do not wait for each other.
    """
    for number in sorted(int.from_bytes(lookup[:8], signed=True) for lookup in lookups):
        session.execute(select(func.pg_advisory_xact_lock(number)))


def email_proof(session: Session, token: bytes) -> tuple[EmailProof, PersonEmail] | None:
    proofs = select(EmailProof, PersonEmail).join(PersonEmail, PersonEmail.id == EmailProof.email_id)
    row = session.execute(proofs.where(EmailProof.token_digest == token)).first()
    return (row[0], row[1]) if row is not None else None


def email_of(session: Session, person_id: UUID, email_id: UUID) -> PersonEmail:
    """One of the person's own, as it is before any lock."""
    found = session.get(PersonEmail, email_id)
    if found is None or found.person_id != person_id:
        raise NotFound
    return found


def invitation_by_token(session: Session, token: bytes) -> Invitation | None:
    return session.scalar(select(Invitation).where(Invitation.token_digest == token))


def invitation_for_update(session: Session, invitation_id: UUID) -> Invitation | None:
    query = select(Invitation).where(Invitation.id == invitation_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def open_invitation(session: Session, institution_id: UUID | None, key: str) -> Invitation | None:
    """The plain one that this institution still has open for the address."""
    return session.scalar(
        select(Invitation).where(
            Invitation.institution_id.is_not_distinct_from(institution_id),
            Invitation.address_key == key,
            Invitation.offer.is_(None),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
    )


def membership(session: Session, person_id: UUID) -> Membership | None:
    return session.get(Membership, person_id)


def is_coordinator(session: Session, person_id: UUID) -> bool:
    found = membership(session, person_id)
    return found is not None and (found.role != Role.user or found.platform_administrator)


def has_administrators_role(session: Session, person_id: UUID) -> bool:
    """Also while the account is shut: it may open again."""
    found = membership(session, person_id)
    return found is not None and found.platform_administrator


def second_factor(session: Session, person_id: UUID) -> SecondFactor | None:
    """In use or being set up; the caller holds the person's row."""
    return session.get(SecondFactor, person_id, populate_existing=True)


def codes_blocked_until(session: Session, person_id: UUID, now: datetime) -> Sequence[datetime]:
    """Of each kind of which ten wrong codes came of late, the one blocked first first."""
    running = select(WrongCodes.blocked_until).where(WrongCodes.person_id == person_id, WrongCodes.blocked_until > now)
    return [until for until in session.scalars(running.order_by(WrongCodes.blocked_until)) if until is not None]


def recovery_codes_left(session: Session, person_id: UUID) -> int:
    mine = (RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*mine)) or 0


def has_role_to_lose(session: Session, person_id: UUID) -> bool:
    """Running the platform is given and taken by hand: the register takes away coordinators' roles only."""
    found = membership(session, person_id)
    return found is not None and found.role != Role.user


def inviter(session: Session, person_id: UUID, *, mfa: bool) -> Inviter:
    found = membership(session, person_id)
    if found is None:
        return Inviter(person_id)
    return Inviter(person_id, found.role, found.institution_id, found.platform_administrator and mfa)


def sessions_of(session: Session, person_id: UUID) -> Iterable[BrowserSession]:
    return session.scalars(select(BrowserSession).where(BrowserSession.person_id == person_id))


def accepted_at(session: Session, person_id: UUID, versions: Versions) -> datetime | None:
    """When the terms in force were accepted."""
    found = session.get(Acceptance, (person_id, "terms", versions.terms))
    return found.accepted_at if found is not None else None


def is_administrator(session: Session, person_id: UUID) -> bool:
    """While the account is not shut: a token outlives that by minutes."""
    query = select(Membership.platform_administrator).outerjoin(Person, Person.id == Membership.person_id)
    mine = query.where(Membership.person_id == person_id, Person.status.is_distinct_from(Status.disabled))
    return bool(session.scalar(mine))


def lock_administrators(session: Session) -> None:
    """Whoever takes an administrator away waits here: each sees what the one before has done."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("platform administrators", 2))))


def active_administrators(session: Session, *, without: UUID) -> int:
    query = select(func.count()).select_from(Membership).join(Person, Person.id == Membership.person_id)
    others = query.where(Membership.platform_administrator, Person.status == Status.active, Person.id != without)
    return session.scalar(others) or 0


def planned_conferences(session: Session, owner_id: UUID, now: datetime, *, limit: int) -> Sequence[OwnedConference]:
    """What somebody still has to see to, as far as conferences told us; the next ones first.

    What they do not manage any more, since they are no coordinator there, is not theirs to cancel or hand over.
    """
    theirs = (OwnedConference.owner_id == owner_id, OwnedConference.state.in_(PLANNED), OwnedConference.ends_at > now)
    there = func.coalesce(OwnedConference.institution_id, Membership.institution_id) == Membership.institution_id
    manages = or_(Membership.platform_administrator, and_(Membership.role != Role.user, there))
    query = (
        select(OwnedConference)
        .join(Membership, Membership.person_id == owner_id)
        .where(*theirs, manages)
        .order_by(OwnedConference.starts_at, OwnedConference.conference_id)
    )
    return session.scalars(query.limit(limit)).all()


def service_client(session: Session, client_id: UUID) -> ServiceClient | None:
    return session.get(ServiceClient, client_id, options=[selectinload(ServiceClient.secrets)])


def service_client_for_update(session: Session, client_id: UUID) -> ServiceClient:
    query = select(ServiceClient).where(ServiceClient.id == client_id).options(selectinload(ServiceClient.secrets))
    found = session.scalar(query.with_for_update(of=ServiceClient).execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found
