"""Valid rows with what they need, each fact replaceable. Unique by counter."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy.orm import Session

from chassis.crypto import digest, token
from chassis.ids import new_id
from identity.models import Institution, Invitation, Membership, Person, PersonEmail, SecondFactor
from identity.parts import Parts
from identity.rules.accounts import Proof, Status, address_key
from identity.rules.employment import Employment
from identity.rules.invitations import Role
from identity.usecases import codes

from .authenticator import Authenticator

NOW = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)  # the past: what it ends is over
_counter = count(1)
WEIGHTS = (256, 128, 64, 32, 16, 8, 4, 2)


def make_tax_id() -> str:
    first = f"7{next(_counter):07d}"
    return first + str(sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first, strict=True)) % 11 % 10)


def make_person(
    session: Session, parts: Parts, *, tax_id: str | None = None, email: str | None = None, **facts: Any
) -> Person:
    """An active person with a proven primary address; other statuses have none unless `email` is given."""
    number, tax_id = next(_counter), tax_id or make_tax_id()
    values: dict[str, Any] = {
        "tax_id": parts.encryption.encrypt(tax_id),
        "tax_lookup": parts.lookup.lookup(tax_id),
        "surname": f"ΕΠΩΝΥΜΟ{number}",
        "name": "ΟΝΟΜΑ",
        "status": Status.active,
        "employment": Employment.employed,
        "employment_bodies": [],
        "language": "el",
        "created_at": NOW,
        "changed_at": NOW,
        **facts,
    }
    person = Person(**values)
    if email is None and person.status == Status.active:
        email = f"person{number}@example.org"
    if email is not None:
        make_email(person, email)
    session.add(person)
    session.flush()
    return person


def make_email(person: Person, email: str, *, proof: Proof | None = Proof.link, primary: bool = True) -> PersonEmail:
    row = PersonEmail(
        email=email,
        address_key=address_key(email),
        primary=primary,
        proof=proof,
        proven_at=NOW if proof is not None else None,
        created_at=NOW,
    )
    person.emails.append(row)
    return row


def make_institution(session: Session, employment_api_id: str | None = None, **facts: Any) -> Institution:
    values: dict[str, Any] = {
        "id": new_id(),
        "name": f"Φορέας {next(_counter)}",
        "employment_api_id": employment_api_id,
        "state": "active",
        "sequence": 1,
        **facts,
    }
    institution = Institution(**values)
    session.add(institution)
    session.flush()
    return institution


def make_membership(session: Session, person_id: UUID, role: Role = Role.user, **facts: Any) -> Membership:
    values: dict[str, Any] = {
        "institution_id": new_id(),
        "unit_id": new_id(),
        "role": role,
        "platform_administrator": False,
        "sequence": 1,
        **facts,
    }
    membership = Membership(person_id=person_id, **values)
    session.add(membership)
    session.flush()
    return membership


def make_invitation(session: Session, secret: str | None = None, **facts: Any) -> Invitation:
    email = facts.pop("email", f"invited{next(_counter)}@example.org")
    values: dict[str, Any] = {
        "surname": "ΚΑΛΕΣΜΕΝΟΣ",
        "name": "ΝΙΚΟΣ",
        "language": "el",
        "inviter_id": new_id(),
        "institution_id": new_id(),
        "created_at": NOW,
        "sent_at": NOW,
        "expires_at": NOW + timedelta(days=3650),
        **facts,
    }
    invitation = Invitation(
        email=email, address_key=address_key(email), token_digest=digest(secret or token()), **values
    )
    session.add(invitation)
    session.flush()
    return invitation


def make_second_factor(
    session: Session, parts: Parts, person: Person, *, secret: str | None = None, recovery_codes: Sequence[str] = ()
) -> Authenticator:
    """On, no code of it used yet; the telephone that shows its codes."""
    secret = secret or pyotp.random_base32()
    factor = SecondFactor(person_id=person.id, secret=parts.encryption.encrypt(secret), activated_at=NOW)
    session.add(factor)
    session.flush()
    codes.replace_recovery_codes(session, person.id, secret, recovery_codes)
    return Authenticator(secret)
