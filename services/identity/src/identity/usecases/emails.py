"""Addresses: claimed by anybody, owned by whoever proves them first (S4, S7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete
from sqlalchemy.orm import Session

from chassis import audit, guessing, outbox
from chassis.audit import Act
from chassis.crypto import digest
from identity import events, queries
from identity.errors import TokenSpent
from identity.models import EmailProof, Person, PersonEmail
from identity.parts import Parts
from identity.rules import addresses
from identity.rules.accounts import Proof, Purpose, Status, address_key
from identity.usecases import people

PROOF_MAIL = "proof-mail"


@dataclass(frozen=True)
class Proven:
    email: str
    primary: bool
    status: Status


def claim_primary(session: Session, person: Person, email: str, now: datetime) -> PersonEmail:
    """The newest claim replaces the ones before, with their links."""
    _drop_claims(session, person)
    person.changed_at = now
    claimed = PersonEmail(email=email, address_key=address_key(email), primary=True, created_at=now)
    person.emails.append(claimed)
    session.flush()
    return claimed


def request_proof(
    session: Session, email: PersonEmail, *, purpose: Purpose, token: str, parts: Parts, now: datetime
) -> None:
    """Have a one-time link mailed, the only one that counts; the token is readable only for whoever sends the mail."""
    session.execute(delete(EmailProof).where(EmailProof.email_id == email.id))
    until = now + timedelta(hours=parts.settings.email_proof_hours)
    proof = EmailProof(email_id=email.id, token_digest=digest(token), expires_at=until)
    session.add(proof)
    session.flush()
    person = email.person
    sealed = parts.seal_for_notifications(
        {"email": email.email, "token": token, "surname": person.surname, "name": person.name}
    )
    outbox.add(session, events.email_proof_requested(proof, email, purpose, sealed))


def ensure_may_mail(session: Session, address: str, person_id: UUID, parts: Parts) -> None:
    """Links are counted like guesses: so many an hour to one address, and so many asked for by one person."""
    settings, hour = parts.settings, timedelta(hours=1)
    guessing.ensure_below(session, PROOF_MAIL, address_key(address), settings.proof_mails_per_hour, hour)
    guessing.ensure_below(session, PROOF_MAIL, person_id, settings.proof_mails_per_person_and_hour, hour)


def count_mail(address: str, person_id: UUID) -> None:
    for source in (address_key(address), person_id):
        guessing.failed(PROOF_MAIL, source)


def confirm(session: Session, *, token: str, parts: Parts, now: datetime) -> Proven | None:
    """Prove an address by its link. None: somebody else was first, and this claim is gone (to be committed)."""
    found = queries.email_proof(session, digest(token))
    if found is None:
        raise TokenSpent
    proof, claimed = found
    address, email_id, person_id = claimed.email, claimed.id, claimed.person_id
    queries.lock_address(session, claimed.address_key)
    # Before the proof: whoever replaces a claim, or erases the account, goes that way.
    person = queries.person_if_there_for_update(session, person_id)
    mine = (EmailProof.id == proof.id, EmailProof.expires_at > now)
    spent = session.scalar(delete(EmailProof).where(*mine).returning(EmailProof.id))
    if person is None or spent is None or person.status == Status.disabled:
        raise TokenSpent
    if not own(session, person, address, proof=Proof.link, parts=parts, now=now):
        _drop(session, PersonEmail.id == email_id)
        session.expire(person, ["emails"])
        return None
    people.settle(session, person, parts.texts.versions, now)
    outbox.add(session, events.email_proven(person, address))
    audit.record(session, Act("email.proven", person.id, email_id))
    return Proven(address, person.proven_primary == address, person.status)


def own(session: Session, person: Person, email: str, *, proof: Proof, parts: Parts, now: datetime) -> bool:
    """Make the address this person's, unless somebody owns it; everybody else's claims to it end.

    The caller holds the address' lock, taken before the person's; the unique index is the proof.
    """
    key = address_key(email)
    owner = queries.owner_of_address(session, key)
    if owner is not None:
        return owner == person.id
    _end_claims_of_others(session, key, person.id, parts)
    row = next((row for row in person.emails if row.address_key == key), None)
    if row is None:
        row = _added(session, person, email, key, now)
    if row is None:
        return False
    row.proof, row.proven_at = proof, now
    session.flush()
    return True


def is_free(session: Session, email: str, person_id: UUID) -> bool:
    return queries.owner_of_address(session, address_key(email)) in (None, person_id)


def _end_claims_of_others(session: Session, key: str, winner_id: UUID, parts: Parts) -> None:
    """Whoever claimed it, too, is told; an account that has no proven address yet is asked for one again."""
    lost = (PersonEmail.address_key == key, PersonEmail.person_id != winner_id)
    for claim_id, loser_id, address in _drop(session, *lost):
        loser = queries.person(session, loser_id)
        if loser.proven_primary is not None:
            sealed = parts.seal_for_notifications({"claimed": address, "surname": loser.surname, "name": loser.name})
            outbox.add(session, events.email_claim_lost(claim_id, loser, sealed))


def _added(session: Session, person: Person, email: str, key: str, now: datetime) -> PersonEmail | None:
    """An address proven without having been claimed: primary if there is no proven one, else an extra one.

    Where all places are taken the newest claim makes room; three proven ones stay.
    """
    has_primary = person.proven_primary is not None
    if not has_primary:
        _drop_claims(session, person)
    elif addresses.free(len(person.extra_emails)) == 0:
        claims = [row for row in person.extra_emails if row.proven_at is None]
        if not claims:
            return None
        _drop(session, PersonEmail.id == claims[-1].id)
        session.expire(person, ["emails"])
    row = PersonEmail(email=email, address_key=key, primary=not has_primary, created_at=now)
    person.emails.append(row)
    return row


def _drop_claims(session: Session, person: Person) -> None:
    _drop(session, PersonEmail.person_id == person.id, PersonEmail.proven_at.is_(None))
    session.expire(person, ["emails"])


def _drop(session: Session, *which: ColumnElement[bool]) -> Sequence[Row[UUID, UUID, str]]:
    """By statement: whoever proves one of these addresses right now deletes the claim, too."""
    dropped = delete(PersonEmail).where(*which).returning(PersonEmail.id, PersonEmail.person_id, PersonEmail.email)
    return session.execute(dropped).all()
