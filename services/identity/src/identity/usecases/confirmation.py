"""«Είσοδος»: the account is made or found, the invitation accepted, the session begun (S3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import audit, outbox
from chassis.audit import Act
from chassis.crypto import digest
from chassis.errors import DomainError
from chassis.ids import new_id
from identity import events, queries
from identity.errors import (
    ClockOff,
    CodeWrong,
    SignInAtAnotherStep,
    SignInExpired,
    SignInRefused,
    TwoFactorInactive,
)
from identity.keys import KEYS
from identity.models import Invitation, PendingSignIn, Person
from identity.parts import Parts
from identity.rules.accounts import Next, Proof, Status
from identity.rules.employment import Employment
from identity.rules.invitations import State
from identity.rules.sign_in import Refused
from identity.rules.two_factor import WRONG_MOST_PER_SIGN_IN, Step
from identity.usecases import codes, emails, employment, people, sessions, two_factor
from identity.usecases.sessions import Opening
from identity.usecases.sign_in import Held, ensure_may_enter, unpacked


@dataclass(frozen=True)
class SignedIn:
    next: Next
    return_to: str

    @property
    def awaits_code(self) -> bool:
        """There is no session yet."""
        return self.next in (Next.two_factor, Next.two_factor_setup)


@dataclass(frozen=True)
class Arrived:
    """Who confirms, locked, with what they brought."""

    pending: PendingSignIn
    held: Held
    person: Person
    is_new: bool
    invitation: Invitation | None


def confirm(
    session: Session,
    *,
    token: str | None,
    update_name: bool,
    language: str,
    opening: Opening,
    parts: Parts,
    now: datetime,
) -> SignedIn:
    """Enter as who TaxisNet said one is. The same person on twenty browsers at once gets one account.

    Whoever needs a second factor does not enter by this: nothing is changed, the sign-in waits for the code.
    """
    arrived = _arrive(session, token=token, language=language, parts=parts, now=now)
    step = None if arrived.is_new else two_factor.step_for(session, arrived.person)
    if step is not None:
        arrived.pending.awaits, arrived.pending.update_name = step, update_name
        session.flush()
        return SignedIn(Next(step), arrived.held.baggage.return_to)
    return _enter(session, arrived, update_name=update_name, opening=opening, mfa=False, parts=parts, now=now)


def prove(
    session: Session, *, token: str | None, code: str, language: str, opening: Opening, parts: Parts, now: datetime
) -> SignedIn | DomainError:
    """The second step (S10): enter with a code. The fifth wrong one ends the sign-in; a refusal is to be committed."""
    arrived = _arrive(session, token=token, language=language, parts=parts, now=now)
    _ensure_awaits(arrived.pending, Step.two_factor)
    try:
        refusal = codes.check(session, arrived.person, code, parts=parts, now=now)
    except TwoFactorInactive:  # reset since «Είσοδος»: what that sign-in was asked no longer fits
        raise SignInExpired from None
    if refusal is not None:
        return _less_an_attempt(session, arrived, refusal)
    update_name = arrived.pending.update_name
    return _enter(session, arrived, update_name=update_name, opening=opening, mfa=True, parts=parts, now=now)


def setting_up(session: Session, *, token: str | None, parts: Parts, now: datetime) -> Person:
    """Who must turn a second factor on before there is a session, locked."""
    pending, held = _taken(session, token=token, parts=parts, now=now)
    _ensure_awaits(pending, Step.two_factor_setup)
    person = queries.person_by_tax_id(session, parts.lookup.lookups(held.citizen.tax_id), lock=True)
    if person is None:
        raise SignInExpired
    return person


def set_up(
    session: Session,
    *,
    token: str | None,
    by: bytes,
    code: str,
    recovery_codes: Sequence[str],
    language: str,
    opening: Opening,
    parts: Parts,
    now: datetime,
) -> SignedIn:
    """Turn the second factor on with a first code, and enter."""
    arrived = _arrive(session, token=token, language=language, parts=parts, now=now)
    _ensure_awaits(arrived.pending, Step.two_factor_setup)
    two_factor.activate(
        session, person=arrived.person, by=by, code=code, recovery_codes=recovery_codes, parts=parts, now=now
    )
    sessions.revoke_all(session, arrived.person.id, reason=two_factor.CHANGED)
    update_name = arrived.pending.update_name
    return _enter(session, arrived, update_name=update_name, opening=opening, mfa=True, parts=parts, now=now)


def _arrive(session: Session, *, token: str | None, language: str, parts: Parts, now: datetime) -> Arrived:
    """Locks in one order for all: pending sign-in, invitation, address, person."""
    pending, held = _taken(session, token=token, parts=parts, now=now)
    invitation = _still_open_invitation(session, held, now)
    if invitation is not None:
        queries.lock_address(session, invitation.address_key)  # before the person's row: the order every proof takes
    elif held.invitation_id is not None:
        held = held.without_invitation()
    person, is_new = _found_or_made(session, held, language=language, parts=parts, now=now)
    return Arrived(pending, held, person, is_new, invitation)


def _taken(session: Session, *, token: str | None, parts: Parts, now: datetime) -> tuple[PendingSignIn, Held]:
    pending = queries.pending_sign_in_for_update(session, digest(token), now) if token else None
    if pending is None:
        raise SignInExpired
    return pending, unpacked(pending.content, parts)


def _ensure_awaits(pending: PendingSignIn, step: Step) -> None:
    if pending.awaits != step:
        raise SignInAtAnotherStep(awaits=pending.awaits)


def _less_an_attempt(session: Session, arrived: Arrived, refusal: DomainError) -> DomainError:
    """A spent code is no guess."""
    if not isinstance(refusal, CodeWrong | ClockOff):
        return refusal
    arrived.pending.wrong_codes += 1
    refusal.facts["attempts_left"] = left = max(0, WRONG_MOST_PER_SIGN_IN - arrived.pending.wrong_codes)
    if left == 0:
        session.delete(arrived.pending)
        audit.record(session, Act("sign_in.given_up", None, arrived.person.id))
    session.flush()
    return refusal


def _enter(
    session: Session,
    arrived: Arrived,
    *,
    update_name: bool,
    opening: Opening,
    mfa: bool,
    parts: Parts,
    now: datetime,
) -> SignedIn:
    held, person, invitation = arrived.held, arrived.person, arrived.invitation
    session.delete(arrived.pending)
    session.flush()
    if arrived.is_new:
        audit.record(session, Act("person.registered", person.id, person.id))
    before = None if arrived.is_new else events.state_of(person)
    outcome = employment.outcome_for(session, person, held.finding, invited=invitation is not None)
    employment.record(session, person, held.finding, outcome, parts=parts, now=now)
    if update_name:
        person.surname, person.name = held.citizen.surname, held.citizen.name
    if person.status == Status.disabled:  # for not being employed, which no longer holds
        person.status = Status.active if person.activated_at is not None else Status.awaiting_activation
        person.disabled_reason = None
    proven = _accept(session, invitation, person, parts, now) if invitation is not None else None
    people.settle(session, person, parts.texts.versions, now, before=before)
    if proven is not None:
        outbox.add(session, events.email_proven(person, proven))
    sessions.begin(session, person, token=opening.token, device=opening.device, now=now, mfa=mfa)
    audit.record(session, Act("sign_in.completed", person.id, person.id, {"mfa": mfa}))
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
        if person is None:
            queries.lock_lookups(session, lookups)  # a process with another key in use would make another row
            KEYS.ensure_held(session)
            person = queries.person_by_tax_id(session, lookups, lock=True)
            ensure_may_enter(session, person, held)
        while person is None:
            is_new = _make(session, held, lookup=lookups[0], language=language, parts=parts, now=now)
            person = queries.person_by_tax_id(session, lookups, lock=True)
            ensure_may_enter(session, person, held)  # another browser may have made it meanwhile
    except Refused as refused:
        raise SignInRefused(reason=refused.reason, person_id=refused.person_id) from None
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
    person.phone, invitation.phone = person.phone or invitation.phone, None
    if person.invitation_id is None:
        person.invitation_id = invitation.id
    session.flush()
    outbox.add(session, events.invitation_accepted(invitation))
    audit.record(session, Act("invitation.accepted", person.id, invitation.id))
    owned = emails.own(session, person, invitation.email, proof=Proof.invitation, parts=parts, now=now)
    return invitation.email if owned else None
