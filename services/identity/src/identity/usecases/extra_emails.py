"""«Διαχείριση Email»: up to three addresses beside the primary one (S7).

Each story takes the address' lock, then the person's: whoever proves the address meanwhile is waited for, and what
they have ended is seen.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import audit, outbox
from chassis.audit import Act
from chassis.errors import NotFound
from identity import events, queries
from identity.errors import EmailAlreadyMine, EmailTaken
from identity.models import Person, PersonEmail
from identity.parts import Parts
from identity.rules import addresses
from identity.rules.accounts import Purpose, address_key
from identity.usecases import emails, people


def add(session: Session, *, person_id: UUID, email: str, token: str, parts: Parts, now: datetime) -> PersonEmail:
    """Claim an address and have its link mailed. The claim blocks nobody: whoever proves it first has it."""
    key = address_key(email)
    queries.lock_address(session, key)
    person = queries.person_for_update(session, person_id)
    if any(row.address_key == key for row in person.emails):
        raise EmailAlreadyMine
    addresses.ensure_room(len(person.extra_emails))
    if not emails.is_free(session, email, person.id):
        raise EmailTaken
    emails.ensure_may_mail(session, email, person.id, parts)
    row = PersonEmail(email=email, address_key=key, primary=False, created_at=now)
    person.emails.append(row)
    session.flush()
    emails.request_proof(session, row, purpose=Purpose.extra_email, token=token, parts=parts, now=now)
    audit.record(session, Act("email.claimed", person.id, row.id))
    return row


def resend(
    session: Session, *, person_id: UUID, email_id: UUID, token: str, parts: Parts, now: datetime
) -> PersonEmail:
    """Mail a new link; the one before ends."""
    _, row = _mine_for_update(session, person_id, email_id)
    addresses.ensure_unproven(proven=row.proven_at is not None)
    emails.ensure_may_mail(session, row.email, person_id, parts)
    emails.request_proof(session, row, purpose=Purpose.extra_email, token=token, parts=parts, now=now)
    return row


def remove(session: Session, *, person_id: UUID, email_id: UUID, parts: Parts, now: datetime) -> None:
    """Give an address up, with its link if it was not proven yet; the others hear of one that was."""
    person, row = _mine_for_update(session, person_id, email_id)
    addresses.ensure_removable(primary=row.primary)
    before = events.state_of(person)
    person.emails.remove(row)
    session.flush()
    people.settle(session, person, parts.texts.versions, now, before=before)
    audit.record(session, Act("email.removed", person.id, email_id))


def make_primary(session: Session, *, person_id: UUID, email_id: UUID, parts: Parts, now: datetime) -> Person:
    """From now on mail goes to this one; the old one, still an extra one, is told. Sessions go on."""
    person, row = _mine_for_update(session, person_id, email_id)
    addresses.ensure_proven(proven=row.proven_at is not None)
    before = person.primary_email
    if before is None or before is row:
        return person
    before.primary = False
    session.flush()  # one primary address at any moment: the index would refuse the other order
    row.primary = True
    people.settle(session, person, parts.texts.versions, now)
    sealed = parts.seal_for_notifications({"email": before.email, "surname": person.surname, "name": person.name})
    outbox.add(session, events.primary_email_changed(person, before, sealed))
    audit.record(session, Act("email.made_primary", person.id, row.id, {"before": str(before.id)}))
    return person


def _mine_for_update(session: Session, person_id: UUID, email_id: UUID) -> tuple[Person, PersonEmail]:
    """Both as they are once the locks are had; somebody else may have proven the address meanwhile."""
    queries.lock_address(session, queries.email_of(session, person_id, email_id).address_key)
    person = queries.person_for_update(session, person_id)
    row = next((row for row in person.emails if row.id == email_id), None)
    if row is None:
        raise NotFound
    return person, row
