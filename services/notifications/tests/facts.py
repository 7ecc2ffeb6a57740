"""Facts as others send them: from the examples of their contracts, sealed for the key of these tests."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from joserfc.jwk import OKPKey

from chassis import crypto

EVENTS = Path(__file__).parents[3] / "contracts" / "events"
PRIVATE_KEY = OKPKey.generate_key("X25519", {"kid": "test"}, private=True)

PROOF = "identity.email_proof.requested.v1"
INVITATION = "identity.invitation.created.v1"
CLAIM_LOST = "identity.email_claim.lost.v1"
PRIMARY_CHANGED = "identity.primary_email.changed.v1"
SIGN_IN_CLOSED = "identity.person.sign_in_closed.v1"
DISABLED = "identity.person.disabled.v1"
ENABLED = "identity.person.enabled.v1"
TWO_FACTOR = "identity.two_factor.changed.v1"
FLAGGED = "identity.person.employment_flagged.v1"
LAPSED = "identity.person.employment_lapsed.v1"
INACTIVE = "identity.person.inactivity_warned.v1"
COLLABORATION = "orgs.collaboration.changed.v1"
ERASED = "identity.person.erased.v1"
ROLE_ASKED = "orgs.role_request.opened.v1"
ROLE_ACCEPTED = "orgs.role_request.accepted.v1"
ROLE_REJECTED = "orgs.role_request.rejected.v1"
UNCOORDINATED = "orgs.institution.uncoordinated.v1"
DEMOTED = "orgs.membership.demoted.v1"
SURNAME_DIFFERS = "orgs.coordinator_invitation.surname_differs.v1"
DECLINED = "identity.invitation.declined.v1"
PERSON = "identity.person.changed.v1"
MEMBERSHIP = "orgs.membership.changed.v1"
INSTITUTION = "orgs.institution.changed.v1"
INVITED = "conferences.participant.invited.v1"
HANDED_OVER = "conferences.handover.done.v1"
LEFT = "conferences.coordinator.left.v1"
UNINVITED = "conferences.participant.uninvited.v1"

FAR = "2099-11-25T08:00:00+00:00"
FAR_END = "2099-11-25T09:30:00+00:00"


def example(type_: str) -> dict[str, Any]:
    return examples(type_)[0]


def examples(type_: str) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = json.loads((EVENTS / f"{type_}.json").read_text("utf-8"))["examples"]
    return data


def sealed(**content: str | None) -> str:
    return crypto.seal(PRIVATE_KEY.as_dict(private=False), content)


def proof(email: str = "n@example.org", token: str = "proof-token", **changes: Any) -> dict[str, Any]:
    secret = sealed(email=email, token=token, surname="ΝΙΚΟΛΑΟΥ", name="ΝΙΚΟΣ")
    return {**example(PROOF), "sealed": secret, "expires_at": FAR, **changes}


def invitation(
    email: str = "n@example.org",
    token: str = "invitation-token",
    inviter: str | None = "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ",
    **changes: Any,
) -> dict[str, Any]:
    secret = sealed(
        email=email,
        token=token,
        surname="ΝΙΚΟΛΑΟΥ",
        name="ΝΙΚΟΣ",
        inviter_name=inviter,
        institution_name="Υπουργείο Ψηφιακής Διακυβέρνησης" if inviter else None,
    )
    return {**example(INVITATION), "invitation_id": str(uuid4()), "sealed": secret, "expires_at": FAR, **changes}


def invited(
    email: str = "n@example.org",
    name: str = "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ",
    ticket: str = "the-ticket",
    conference: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    data = example(INVITED)
    data["conference"] |= {"starts_at": FAR, "ends_at": FAR_END, **(conference or {})}
    secret = sealed(email=email, name=name, ticket=ticket)
    return {**data, "participation_id": str(uuid4()), "sealed": secret, **changes}


def uninvited(invitation: dict[str, Any], email: str = "n@example.org", **changes: Any) -> dict[str, Any]:
    """The end of that invitation."""
    conference = {**invitation["conference"], "sequence": invitation["conference"]["sequence"] + 1}
    secret = sealed(email=email, name="ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ")
    return {**invitation, "conference": conference, "sealed": secret, "reason": "cancelled", **changes}


def collaboration(because_or_state: str, **changes: Any) -> dict[str, Any]:
    """The example that is so."""
    (found,) = [each for each in examples(COLLABORATION) if because_or_state == (each["because"] or each["state"])]
    secret = sealed(surname="ΝΙΚΟΛΑΟΥ", name="ΝΙΚΟΣ", other_name="ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ", institution_name="Υπουργείο")
    return {**found, **({"sealed": secret} if "sealed" in found else {}), **changes}


def person(person_id: UUID | str, email: str | None) -> dict[str, Any]:
    return {**example(PERSON), "person_id": str(person_id), "email": email}


def member(person_id: UUID | str, institution_id: UUID | str, role: str, **changes: Any) -> dict[str, Any]:
    return {
        **example(MEMBERSHIP),
        "person_id": str(person_id),
        "institution_id": str(institution_id),
        "role": role,
        **changes,
    }
