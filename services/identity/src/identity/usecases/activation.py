"""«Ενεργοποίηση λογαριασμού»: texts accepted, address claimed, institution chosen (S4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from identity import events, queries
from identity.errors import EmailTaken
from identity.models import Person
from identity.parts import Parts
from identity.rules import accounts
from identity.rules.accounts import Purpose, Versions
from identity.usecases import emails, people


def activate(
    session: Session,
    *,
    person_id: UUID,
    email: str | None,
    accepted: Versions,
    institution_id: UUID | None,
    token: str,
    parts: Parts,
    now: datetime,
) -> Person:
    """Store what was accepted and chosen, and have the link mailed; without a link to follow, be active at once."""
    person = queries.person_for_update(session, person_id)
    before = events.state_of(person)
    accounts.ensure_awaiting(person.status)
    accounts.ensure_current(accepted, parts.texts.versions)
    choices = [institution.id for institution in people.choices_of(session, person)]
    accounts.ensure_complete(
        email=email, proven_primary=person.proven_primary, institution_id=institution_id, choices=choices
    )
    if person.proven_primary is None and email is not None:
        _ask_for_proof(session, person, email, token=token, parts=parts, now=now)
    person.institution_id = institution_id or person.institution_id
    people.accept(session, person, accepted, now)
    people.settle(session, person, parts.texts.versions, now, before=before)
    return person


def accept_terms(session: Session, *, person_id: UUID, accepted: Versions, parts: Parts, now: datetime) -> Person:
    """Accept the texts in force; an account that lacked nothing else becomes active."""
    person = queries.person_for_update(session, person_id)
    accounts.ensure_current(accepted, parts.texts.versions)
    before = events.state_of(person)
    people.accept(session, person, accepted, now)
    people.settle(session, person, parts.texts.versions, now, before=before)
    return person


def _ask_for_proof(session: Session, person: Person, email: str, *, token: str, parts: Parts, now: datetime) -> None:
    emails.ensure_may_mail(session, email, person.id, parts)
    if not emails.is_free(session, email, person.id):
        raise EmailTaken
    claimed = emails.claim_primary(session, person, email, now)
    emails.request_proof(session, claimed, purpose=Purpose.activation, token=token, parts=parts, now=now)
