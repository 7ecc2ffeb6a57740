"""«Είσοδος»: the account is made or found, the invitation accepted, the session begun (S3)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.crypto import digest
from chassis.ids import new_id
from identity import events, queries
from identity.errors import SignInExpired, SignInRefused
from identity.models import Invitation, Person
from identity.parts import Parts
from identity.rules.accounts import Next, Proof, Status
from identity.rules.employment import Employment
from identity.rules.invitations import State
from identity.rules.sign_in import Refused
from identity.usecases import emails, employment, people, sessions
from identity.usecases.sign_in import Held, ensure_may_enter, unpacked


@dataclass(frozen=True)
class SignedIn:
    next: Next
    return_to: str


def confirm(
    session: Session,
    *,
    token: str | None,
    update_name: bool,
    language: str,
    session_token: str,
    parts: Parts,
    now: datetime,
) -> SignedIn:
    """Enter as who TaxisNet said one is. The same person on twenty browsers at once gets one account."""
    content = queries.spent_pending_sign_in(session, digest(token), now) if token else None
    if content is None:
        raise SignInExpired
    held = unpacked(content, parts)
    invitation = _still_open_invitation(session, held, now)
    if invitation is not None:
        queries.lock_address(session, invitation.address_key)  # before the person's row: the order every proof takes
    elif held.invitation_id is not None:
        held = held.without_invitation()
    person, is_new = _found_or_made(session, held, language=language, parts=parts, now=now)
    before = None if is_new else events.state_of(person)

    outcome = employment.outcome_for(session, person, held.finding, invited=invitation is not None)
    employment.record(session, person, held.finding, outcome, now)
    if update_name:
        person.surname, person.name = held.citizen.surname, held.citizen.name
    if person.status == Status.disabled:  # for not being employed, which no longer holds
        person.status = Status.active if person.activated_at is not None else Status.awaiting_activation
        person.disabled_reason = None
    proven = _accept(session, invitation, person, parts, now) if invitation is not None else None
    people.settle(session, person, parts.texts.versions, now, before=before)
    if proven is not None:
        outbox.add(session, events.email_proven(person, proven))
    sessions.begin(session, person, token=session_token, now=now)
    return SignedIn(people.next_of(session, person, parts.texts.versions), held.baggage.return_to)


def _still_open_invitation(session: Session, held: Held, now: datetime) -> Invitation | None:
    """Locked, so that a link forwarded to somebody else lets in one of them."""
    if held.invitation_id is None:
        return None
    invitation = queries.invitation_for_update(session, held.invitation_id)
    is_open = invitation is not None and invitation.state_at(now) == State.pending
    return invitation if is_open else None


def _found_or_made(session: Session, held: Held, *, language: str, parts: Parts, now: datetime) -> tuple[Person, bool]:
    """The person, locked, and whether they are new."""
    lookups = parts.lookup.lookups(held.citizen.tax_id)
    is_new = False
    try:
        person = queries.person_by_tax_id(session, lookups, lock=True)
        ensure_may_enter(session, person, held)
        while person is None:
            is_new = _make(session, held, lookup=lookups[0], language=language, parts=parts, now=now)
            person = queries.person_by_tax_id(session, lookups, lock=True)
            ensure_may_enter(session, person, held)  # another browser may have made it meanwhile
    except Refused as refused:
        raise SignInRefused(reason=refused.reason) from None
    return person, is_new


def _make(session: Session, held: Held, *, lookup: bytes, language: str, parts: Parts, now: datetime) -> bool:
    """The unique lookup decides who makes it; the others wait here, and find it."""
    made = session.scalar(
        insert(Person)
        .values(
            id=new_id(),
            tax_id=parts.encryption.encrypt(held.citizen.tax_id),
            tax_lookup=lookup,
            surname=held.citizen.surname,
            name=held.citizen.name,
            status=Status.awaiting_activation,
            employment=Employment.pending,  # until this sign-in's answer is recorded
            employment_bodies=[],
            language=language,
            created_at=now,
            changed_at=now,
            version=1,
        )
        .on_conflict_do_nothing(index_elements=["tax_lookup"])
        .returning(Person.id)
    )
    return made is not None


def _accept(session: Session, invitation: Invitation, person: Person, parts: Parts, now: datetime) -> str | None:
    """Having received the mail proves its address. Returned if it became the person's."""
    invitation.accepted_at, invitation.person_id = now, person.id
    if person.invitation_id is None:
        person.invitation_id = invitation.id
    session.flush()
    outbox.add(session, events.invitation_accepted(invitation))
    owned = emails.own(session, person, invitation.email, proof=Proof.invitation, parts=parts, now=now)
    return invitation.email if owned else None
