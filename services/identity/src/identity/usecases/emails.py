"""Addresses: claimed by anybody, owned by whoever proves them first (S4, S7)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.crypto import digest
from identity import events, queries
from identity.errors import TokenSpent
from identity.models import EmailProof, Person, PersonEmail
from identity.parts import Parts
from identity.rules.accounts import EXTRA_EMAILS_MOST, Proof, Status, address_key
from identity.usecases import people


@dataclass(frozen=True)
class Proven:
    email: str
    status: Status


def claim_primary(session: Session, person: Person, email: str, now: datetime) -> PersonEmail:
    """The newest claim replaces the ones before, with their links."""
    _drop_claims(session, person)
    person.changed_at = now
    claimed = PersonEmail(email=email, address_key=address_key(email), primary=True, created_at=now)
    person.emails.append(claimed)
    session.flush()
    return claimed


def request_proof(session: Session, email: PersonEmail, *, token: str, parts: Parts, until: datetime) -> None:
    """Have a one-time link mailed; the token is readable only for whoever sends the mail."""
    proof = EmailProof(email_id=email.id, token_digest=digest(token), expires_at=until)
    session.add(proof)
    session.flush()
    person = email.person
    sealed = parts.seal_for_notifications(
        {"email": email.email, "token": token, "surname": person.surname, "name": person.name}
    )
    outbox.add(session, events.email_proof_requested(proof, email, sealed))


def confirm(session: Session, *, token: str, parts: Parts, now: datetime) -> Proven | None:
    """Prove an address by its link. None: somebody else was first, and this claim is gone (to be committed)."""
    found = queries.email_proof(session, digest(token))
    if found is None:
        raise TokenSpent
    proof, claimed = found
    address, person_id = claimed.email, claimed.person_id
    queries.lock_address(session, claimed.address_key)
    person = queries.person_for_update(session, person_id)  # before the proof: whoever replaces a claim goes that way
    mine = (EmailProof.id == proof.id, EmailProof.expires_at > now)
    spent = session.scalar(delete(EmailProof).where(*mine).returning(EmailProof.id))
    if spent is None or person.status == Status.disabled:
        raise TokenSpent
    if not own(session, person, address, proof=Proof.link, now=now):
        _drop_claims(session, person)
        return None
    people.settle(session, person, parts.texts.versions, now)
    outbox.add(session, events.email_proven(person, address))
    return Proven(address, person.status)


def own(session: Session, person: Person, email: str, *, proof: Proof, now: datetime) -> bool:
    """Make the address this person's, unless somebody owns it; everybody else's claims to it end.

    The caller holds the address' lock, taken before the person's; the unique index is the proof.
    """
    key = address_key(email)
    owner = queries.owner_of_address(session, key)
    if owner is not None:
        return owner == person.id
    claims = (PersonEmail.address_key == key, PersonEmail.person_id != person.id)
    session.execute(delete(PersonEmail).where(*claims))
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


def _added(session: Session, person: Person, email: str, key: str, now: datetime) -> PersonEmail | None:
    """An address proven without having been claimed: primary if there is no proven one, else one of three extra."""
    proven = [row for row in person.emails if row.proven_at is not None]
    if len(proven) > EXTRA_EMAILS_MOST:
        return None
    if not proven:
        _drop_claims(session, person)
    row = PersonEmail(email=email, address_key=key, primary=not proven, created_at=now)
    person.emails.append(row)
    return row


def _drop_claims(session: Session, person: Person) -> None:
    """By statement: whoever proves one of these addresses right now deletes the claim, too."""
    session.execute(delete(PersonEmail).where(PersonEmail.person_id == person.id, PersonEmail.proven_at.is_(None)))
    session.expire(person, ["emails"])
