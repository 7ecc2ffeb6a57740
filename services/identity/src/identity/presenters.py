"""Rows → the contract's shapes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from identity.client_models import ServiceClient
from identity.models import BrowserSession, Erasure, Institution, Invitation, Membership, Person, PersonEmail
from identity.rules import addresses
from identity.rules.accounts import Next
from identity.rules.clients import is_valid
from identity.rules.devices import Device
from identity.rules.employment import Answer
from identity.rules.erasing import SERVICES
from identity.rules.obstacles import may_sign_in
from identity.rules.sign_in import Citizen
from identity.rules.tax_ids import masked
from identity.rules.two_factor import Step
from identity.usecases.confirmation import SignedIn
from identity.usecases.finding import Dossier
from identity.usecases.sign_in import Offer
from identity.usecases.two_factor import Enrolment, Shown


def sign_in(
    citizen: Citizen,
    answer: Answer,
    institutions: Sequence[Institution],
    *,
    awaits: Step,
    person: Person | None,
    expires_at: datetime,
    offer: Offer | None,
) -> dict[str, Any]:
    return {
        "surname": citizen.surname,
        "name": citizen.name,
        "masked_tax_id": masked(citizen.tax_id),
        "known": person is not None,
        "name_differs": person is not None and (person.surname, person.name) != (citizen.surname, citizen.name),
        "awaits": awaits,
        "expires_at": expires_at,
        "employment": {"state": answer, "institutions": institution_choices(institutions)},
        "offer": {"role": offer.role, "institution_name": offer.institution_name} if offer is not None else None,
    }


def signed_in(entered: SignedIn) -> dict[str, Any]:
    return {"next": entered.next, "return_to": entered.return_to}


def two_factor(shown: Shown) -> dict[str, Any]:
    return {
        "active": shown.activated_at is not None,
        "activated_at": shown.activated_at,
        "recovery_codes_left": shown.recovery_codes_left,
        "required": shown.required,
    }


def enrolment(made: Enrolment, qr_svg: str) -> dict[str, Any]:
    return {"secret": made.secret, "otpauth_uri": made.otpauth_uri, "qr_svg": qr_svg}


def institution_choices(institutions: Sequence[Institution]) -> list[dict[str, Any]]:
    return [{"id": institution.id, "name": institution.name} for institution in institutions]


def session(
    person: Person,
    membership: Membership | None,
    next_: Next,
    expires_at: datetime,
    employment_settle_by: datetime | None,
) -> dict[str, Any]:
    return {
        "person": {
            "id": person.id,
            "number": person.number,
            "surname": person.surname,
            "name": person.name,
            "email": person.proven_primary,
            "status": person.status,
        },
        "roles": roles(membership),
        "next": next_,
        "expires_at": expires_at,
        "employment_settle_by": employment_settle_by,
    }


def roles(membership: Membership | None) -> list[dict[str, Any]]:
    """Whom orgs has not placed yet is a user without institution."""
    if membership is None:
        return [{"role": "user", "institution_id": None, "unit_id": None}]
    placed = {"role": membership.role, "institution_id": membership.institution_id, "unit_id": membership.unit_id}
    if not membership.platform_administrator:
        return [placed]
    return [placed, {"role": "platform_administrator", "institution_id": None, "unit_id": None}]


def account(
    person: Person, next_: Next, choices: Sequence[Institution], terms_accepted_at: datetime | None
) -> dict[str, Any]:
    return {
        "id": person.id,
        "number": person.number,
        "surname": person.surname,
        "name": person.name,
        "status": person.status,
        "next": next_,
        "employment": person.employment,
        "language": person.language,
        "phone": person.phone,
        "other_contact": person.other_contact,
        "emails": [account_email(row) for row in person.emails],
        "institution_choices": institution_choices(choices),
        "terms_accepted_at": terms_accepted_at,
    }


def account_session(row: BrowserSession, current_id: str | None, language: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "device": Device(row.browser, row.system).named(language),
        "signed_in_at": row.created_at,
        "last_used_at": row.last_used_at,
        "current": str(row.id) == current_id,
    }


def account_email(row: PersonEmail) -> dict[str, Any]:
    return {
        "id": row.id,
        "email": row.email,
        "confirmed": row.proven_at is not None,
        "primary": row.primary,
        "proof": row.proof,
    }


def account_emails(person: Person) -> dict[str, Any]:
    in_order = sorted(person.emails, key=lambda row: not row.primary)
    return {"items": [account_email(row) for row in in_order], "free": addresses.free(len(person.extra_emails))}


def coordinator(person: Person, terms_accepted_at: datetime | None) -> dict[str, Any]:
    confirmed = [row for row in person.emails if row.proven_at is not None]
    return {
        "phone": person.phone,
        "other_contact": person.other_contact,
        "emails": [account_email(row) for row in sorted(confirmed, key=lambda row: not row.primary)],
        "terms_accepted_at": terms_accepted_at,
        "admin_comment": person.admin_comment,
    }


def certificate(row: Erasure, confirmed: Mapping[str, datetime]) -> dict[str, Any]:
    return {
        "erased_at": row.erased_at,
        "complete": all(service in confirmed for service in SERVICES),
        "services": [{"service": service, "confirmed_at": confirmed.get(service)} for service in SERVICES],
        "expires_at": row.expires_at,
    }


def invitation(row: Invitation, now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "email": row.email,
        "surname": row.surname,
        "name": row.name,
        "state": row.state_at(now),
        "institution_id": row.institution_id,
        "inviter_id": row.inviter_id,
        "created_at": row.created_at,
        "sent_at": row.sent_at,
        "expires_at": row.expires_at,
        "person_id": row.person_id,
    }


def person_line(person: Person, membership: Membership | None) -> dict[str, Any]:
    """A row of the administrators' list."""
    return {
        "id": person.id,
        "number": person.number,
        "surname": person.surname,
        "name": person.name,
        "email": person.proven_primary,
        "status": person.status,
        "disabled_reason": person.disabled_reason,
        "employment": person.employment,
        "roles": roles(membership),
        "created_at": person.created_at,
    }


def dossier(found: Dossier) -> dict[str, Any]:
    person, by = found.person, found.disabled_by
    return {
        **person_line(person, found.membership),
        "masked_tax_id": found.masked_tax_id,
        "institution_name": found.institution.name if found.institution is not None else None,
        "emails": [account_email(row) for row in person.emails],
        "phone": person.phone,
        "other_contact": person.other_contact,
        "activated_at": person.activated_at,
        "admin_comment": person.admin_comment,
        "two_factor_since": found.two_factor_since,
        "sessions": found.sessions,
        "last_used_at": found.last_used_at,
        "disablement": None
        if person.disabled_at is None
        else {
            "at": person.disabled_at,
            "by": None if by is None else {"id": by.id, "name": f"{by.surname} {by.name}".strip()},
            "reason": person.disabled_note,
        },
        "sign_in": {
            "possible": may_sign_in(found.reasons),
            "reasons": [
                {"code": reason.obstacle, "shut": reason.shut, "since": reason.since} for reason in found.reasons
            ],
            "refusals": [{"at": refusal.at, "reason": refusal.reason} for refusal in found.refusals],
        },
    }


def service_client(client: ServiceClient, institution_name: str | None, *, now: datetime) -> dict[str, Any]:
    return {
        "client_id": client.id,
        "name": client.name,
        "scopes": client.scopes,
        "institution_id": client.institution_id,
        "institution_name": institution_name,
        "contact": client.contact,
        "created_at": client.created_at,
        "last_used_at": client.last_used_at,
        "revoked_at": client.revoked_at,
        "secrets": [
            {"created_at": secret.created_at, "expires_at": secret.expires_at}
            for secret in client.secrets
            if is_valid(secret.expires_at, now)
        ],
    }
