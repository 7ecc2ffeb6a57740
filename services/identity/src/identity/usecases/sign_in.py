"""To TaxisNet and back, up to the page that asks for confirmation (S1–S3). Nothing here makes or changes an account."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import audit
from chassis.audit import Act
from chassis.crypto import Undecipherable, digest
from identity import queries
from identity.clients.hrms import Finding
from identity.errors import SignInExpired
from identity.models import Institution, Invitation, PendingSignIn, Person, Trip
from identity.parts import Parts
from identity.rules import sign_in
from identity.rules.accounts import DisabledReason
from identity.rules.employment import Answer
from identity.rules.invitations import State
from identity.rules.sign_in import Citizen, Refusal, Refused
from identity.rules.two_factor import Step
from identity.usecases import employment

SIGN_IN_REFUSED = "sign_in.refused"


@dataclass(frozen=True)
class Baggage:
    """What a trip takes along. `invitation_spent`: one was brought that no longer counts."""

    return_to: str = "/"
    invitation_id: str | None = None
    invitation_spent: bool = False


@dataclass(frozen=True)
class Held:
    """A sign-in that waits for «Είσοδος»."""

    citizen: Citizen
    finding: Finding
    baggage: Baggage

    @property
    def invitation_id(self) -> UUID | None:
        return UUID(self.baggage.invitation_id) if self.baggage.invitation_id is not None else None

    def without_invitation(self) -> "Held":
        """It ended between TaxisNet's answer and «Είσοδος»."""
        return replace(self, baggage=replace(self.baggage, invitation_id=None, invitation_spent=True))


@dataclass(frozen=True)
class Shown:
    """The confirmation page's facts."""

    held: Held
    awaits: Step
    expires_at: datetime
    person: Person | None
    institutions: list[Institution]
    offer: "Offer | None"


@dataclass(frozen=True)
class Offer:
    """What «Είσοδος» accepts with an invitation in hand."""

    role: str
    institution_name: str | None


def leave(
    session: Session,
    *,
    next_path: str | None,
    invitation: str | None,
    state: str,
    browser: str,
    parts: Parts,
    now: datetime,
) -> str:
    """Begin a trip bound to this browser; return TaxisNet's address."""
    found = queries.invitation_by_token(session, digest(invitation)) if invitation else None
    is_open = found is not None and found.state_at(now) == State.pending
    baggage = Baggage(
        return_to=sign_in.local_path(next_path),
        invitation_id=str(found.id) if found is not None and is_open else None,
        invitation_spent=bool(invitation) and not is_open,
    )
    session.add(
        Trip(
            state_digest=digest(state),
            browser_digest=digest(browser),
            baggage=parts.encryption.encrypt(json.dumps(asdict(baggage))),  # a return path may hold a ticket
            expires_at=now + sign_in.TRIP_FOR,
        )
    )
    return parts.taxisnet.authorize_url(state)


def arrive(session: Session, *, state: str | None, browser: str | None, parts: Parts, now: datetime) -> Baggage:
    """End a trip; refused unless this very browser began it, less than ten minutes ago, and has not arrived before."""
    baggage = queries.spent_trip(session, digest(state), digest(browser), now) if state and browser else None
    if baggage is None:
        raise Refused(Refusal.state_invalid)
    try:
        return Baggage(**json.loads(parts.encryption.decrypt(baggage)))
    except Undecipherable:
        raise Refused(Refusal.state_invalid) from None


def ensure_agreed(*, code: str | None, error: str | None) -> str:
    """TaxisNet sends a code, or says why there is none."""
    if code and not error:
        return code
    raise Refused(Refusal.access_denied if error == "access_denied" else Refusal.provider_unavailable)


def hold(session: Session, held: Held, *, token: str, parts: Parts, now: datetime) -> None:
    """Keep the sign-in until it is confirmed, unless this person may not enter."""
    person = queries.person_by_tax_id(session, parts.lookup.lookups(held.citizen.tax_id))
    ensure_may_enter(session, person, held)
    session.add(
        PendingSignIn(
            token_digest=digest(token),
            content=parts.encryption.encrypt(_packed(held)),
            expires_at=now + sign_in.PENDING_FOR,
        )
    )


def ensure_may_enter(session: Session, person: Person | None, held: Held) -> None:
    if person is not None and person.disabled_reason == DisabledReason.administrator:
        raise Refused(Refusal.account_disabled, person.id)
    invited = held.invitation_id is not None
    if not employment.outcome_for(session, person, held.finding, invited=invited).enters:
        reason = Refusal.invitation_spent if held.baggage.invitation_spent else Refusal.not_employed
        raise Refused(reason, person.id if person is not None else None)


def keep_refusal(session: Session, person_id: UUID | None, reason: Refusal) -> None:
    """Of somebody we know: support is asked about it. In a transaction of its own, after what was refused."""
    if person_id is not None:
        audit.record(session, Act(SIGN_IN_REFUSED, None, person_id, {"reason": reason}))


def show(session: Session, *, token: str | None, parts: Parts, now: datetime) -> Shown:
    """What the person is asked to confirm (S3)."""
    pending = queries.pending_sign_in(session, digest(token), now) if token else None
    if pending is None:
        raise SignInExpired
    held = unpacked(pending.content, parts)
    person = queries.person_by_tax_id(session, parts.lookup.lookups(held.citizen.tax_id))
    return Shown(
        held,
        pending.awaits,
        pending.expires_at,
        person,
        queries.institutions_of(session, held.finding.bodies),
        _offered(session, held, now),
    )


def _offered(session: Session, held: Held, now: datetime) -> Offer | None:
    """Pressing «Είσοδος» accepts the role that an open invitation offers: the person is told before."""
    invitation = session.get(Invitation, held.invitation_id) if held.invitation_id is not None else None
    if invitation is None or invitation.state_at(now) != State.pending or not invitation.offer:
        return None
    institution = session.get(Institution, invitation.institution_id) if invitation.institution_id else None
    return Offer(str(invitation.offer["role"]), institution.name if institution is not None else None)


def cancel(session: Session, *, token: str | None, now: datetime) -> None:
    """«Ακύρωση»: nothing of it remains."""
    if token:
        queries.spent_pending_sign_in(session, digest(token), now)


def unpacked(content: str, parts: Parts) -> Held:
    try:
        plain = json.loads(parts.encryption.decrypt(content))
    except Undecipherable:
        raise SignInExpired from None
    finding = Finding(Answer(plain["answer"]), tuple(plain["bodies"]))
    return Held(Citizen(**plain["citizen"]), finding, Baggage(**plain["baggage"]))


def _packed(held: Held) -> str:
    return json.dumps(
        {
            "citizen": asdict(held.citizen),
            "answer": held.finding.answer,
            "bodies": held.finding.bodies,
            "baggage": asdict(held.baggage),
        }
    )
