"""One function per fact we publish: row → Fact. Facts about a person carry the whole projected state."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from chassis.outbox import Fact
from identity.client_models import ServiceClient
from identity.models import BrowserSession, EmailProof, Invitation, Person, PersonEmail
from identity.rules.accounts import Purpose
from identity.rules.erasing import Reason
from identity.rules.two_factor import Change


def person_changed(person: Person) -> Fact:
    return Fact("identity.person.changed.v1", person.id, person.version, state_of(person))


def person_activated(person: Person, institution_ids: Sequence[UUID], invitation: Invitation | None) -> Fact:
    data = {
        **state_of(person),
        "institution_ids": [str(id_) for id_ in institution_ids],
        "invitation": None if invitation is None else {"id": str(invitation.id), **_terms_of(invitation)},
    }
    return Fact("identity.person.activated.v1", person.id, person.version, data)


def email_proven(person: Person, email: str) -> Fact:
    return Fact(
        "identity.person.email_proven.v1", person.id, person.version, {"person_id": str(person.id), "email": email}
    )


def sign_in_closed(person: Person) -> Fact:
    data = {"person_id": str(person.id), "reason": "not-employed", "language": person.language}
    return Fact("identity.person.sign_in_closed.v1", person.id, person.version, data)


def person_disabled(person: Person) -> Fact:
    return Fact("identity.person.disabled.v1", person.id, person.version, _to_tell(person))


def person_enabled(person: Person) -> Fact:
    return Fact("identity.person.enabled.v1", person.id, person.version, _to_tell(person))


def employment_flagged(person: Person, until: datetime) -> Fact:
    data = _to_tell(person) | {"until": until.isoformat()}
    return Fact("identity.person.employment_flagged.v1", person.id, person.version, data)


def employment_lapsed(person: Person) -> Fact:
    return Fact("identity.person.employment_lapsed.v1", person.id, person.version, _to_tell(person))


def person_erased(
    person: Person, *, reason: Reason, withdrawn_ids: Sequence[UUID], sealed: str | None, now: datetime
) -> Fact:
    """The last there is to tell of somebody: its sequence comes after all others."""
    data = {
        "person_id": str(person.id),
        "erased_at": now.isoformat(),
        "reason": reason,
        "language": person.language,
        "withdrawn_ids": [str(id_) for id_ in withdrawn_ids],
        "sealed": sealed,
    }
    return Fact("identity.person.erased.v1", person.id, person.version + 1, data)


def inactivity_warned(person: Person, until: datetime) -> Fact:
    data = _to_tell(person) | {"until": until.isoformat()}
    return Fact("identity.person.inactivity_warned.v1", person.id, person.version, data)


def email_proof_requested(proof: EmailProof, email: PersonEmail, purpose: Purpose, sealed: str) -> Fact:
    data = {
        "purpose": purpose,
        "person_id": str(email.person_id),
        "sealed": sealed,
        "expires_at": proof.expires_at.isoformat(),
        "language": email.person.language,
    }
    return Fact("identity.email_proof.requested.v1", proof.id, 1, data)


def email_claim_lost(claim_id: UUID, loser: Person, sealed: str) -> Fact:
    data = {"person_id": str(loser.id), "sealed": sealed, "language": loser.language}
    return Fact("identity.email_claim.lost.v1", claim_id, 1, data)


def primary_email_changed(person: Person, before: PersonEmail, sealed: str) -> Fact:
    data = {
        "person_id": str(person.id),
        "sealed": sealed,
        "occurred_at": person.changed_at.isoformat(),
        "language": person.language,
    }
    return Fact("identity.primary_email.changed.v1", before.id, person.version, data)


def invitation_created(invitation: Invitation, sealed: str) -> Fact:
    data = {
        "invitation_id": str(invitation.id),
        **_terms_of(invitation),
        "expires_at": invitation.expires_at.isoformat(),
        "language": invitation.language,
        "sealed": sealed,
    }
    return Fact("identity.invitation.created.v1", invitation.id, invitation.version, data)


def invitation_declined(invitation_id: UUID, inviter_id: UUID | None, sealed: str) -> Fact:
    """It was never made here."""
    data = {
        "invitation_id": str(invitation_id),
        "inviter_id": _id(inviter_id),
        "reason": "already_coordinator",
        "sealed": sealed,
    }
    return Fact("identity.invitation.declined.v1", invitation_id, 1, data)


def invitation_accepted(invitation: Invitation) -> Fact:
    data = {"invitation_id": str(invitation.id), "person_id": str(invitation.person_id), **_terms_of(invitation)}
    return Fact("identity.invitation.accepted.v1", invitation.id, invitation.version, data)


def session_revoked(session: BrowserSession, reason: str) -> Fact:
    data = {"session_id": str(session.id), "person_id": str(session.person_id), "reason": reason}
    return Fact("identity.session.revoked.v1", session.id, 1, data)


def two_factor_changed(person: Person, change: Change, *, at: datetime, recovery_codes_left: int) -> Fact:
    """A subject of its own: a later notice must not take the place of an unsent one."""
    data = {
        "person_id": str(person.id),
        "change": change,
        "recovery_codes_left": recovery_codes_left,
        "at": at.isoformat(),
        "language": person.language,
    }
    return Fact("identity.two_factor.changed.v1", new_id(), 1, data)


def client_revoked(client: ServiceClient) -> Fact:
    """What a program showed at the gateway is remembered there under its id, as a session under its own."""
    data = {"session_id": str(client.id), "person_id": str(client.id), "reason": "client-revoked"}
    return Fact("identity.session.revoked.v1", client.id, client.version, data)


def state_of(person: Person) -> dict[str, Any]:
    return {
        "person_id": str(person.id),
        "number": person.number,
        "surname": person.surname,
        "name": person.name,
        "email": person.proven_primary,
        "emails": [
            {"email": email.email, "primary": email.primary, "proof": email.proof}
            for email in person.emails
            if email.proof is not None
        ],
        "status": person.status,
        "disabled_reason": person.disabled_reason,
        "employment": person.employment,
        "employment_bodies": person.employment_bodies,
        "employment_flagged_at": _time(person.employment_flagged_at),
        "phone": person.phone,
        "language": person.language,
    }


def _terms_of(invitation: Invitation) -> Mapping[str, Any]:
    return {
        "inviter_id": _id(invitation.inviter_id),
        "institution_id": _id(invitation.institution_id),
        "offer": invitation.offer,
    }


def _to_tell(person: Person) -> dict[str, Any]:
    return {"person_id": str(person.id), "language": person.language}


def _id(value: UUID | None) -> str | None:
    return str(value) if value is not None else None


def _time(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None
