"""What an account still lacks, and whose an address is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chassis import phones
from identity.errors import ActivationIncomplete, AlreadyActive, PhoneInvalid, TermsOutdated


class Status(StrEnum):
    awaiting_activation = "awaiting_activation"
    active = "active"
    disabled = "disabled"


class DisabledReason(StrEnum):
    """`not_employed` ends by itself when the register, or an invitation, says otherwise."""

    administrator = "administrator"
    not_employed = "not_employed"


class Proof(StrEnum):
    link = "link"
    invitation = "invitation"
    administrator = "administrator"


class Purpose(StrEnum):
    """What an address is to become once it is proven."""

    activation = "activation"
    extra_email = "extra_email"


class Next(StrEnum):
    activation = "activation"
    terms = "terms"
    two_factor = "two_factor"
    two_factor_setup = "two_factor_setup"
    done = "done"


@dataclass(frozen=True)
class Versions:
    """Of the terms of use and of the privacy statement."""

    terms: str
    privacy: str


def address_key(email: str) -> str:
    """Addresses are compared without case: two mailboxes that differ only in it do not exist in practice."""
    return email.strip().casefold()


def phone_of(written: str | None) -> str | None:
    """As it is kept; nothing written is no phone."""
    if written is None or not written.strip():
        return None
    number = phones.e164(written)
    if number is None:
        raise PhoneInvalid
    return number


def next_step(status: Status, *, has_proven_primary: bool, has_accepted: bool, must_choose: bool) -> Next:
    if status == Status.awaiting_activation and (must_choose or not has_proven_primary):
        return Next.activation
    if status == Status.awaiting_activation or not has_accepted:
        return Next.terms
    return Next.done


def must_choose(choices: Sequence[UUID], chosen: UUID | None) -> bool:
    return len(choices) > 1 and chosen not in choices


def in_order(choices: Sequence[UUID], chosen: UUID | None) -> list[UUID]:
    """The chosen one first."""
    return sorted(choices, key=lambda choice: choice != chosen)


def ensure_awaiting(status: Status) -> None:
    if status != Status.awaiting_activation:
        raise AlreadyActive


def ensure_current(accepted: Versions, in_force: Versions) -> None:
    """Nobody accepts a text they were not shown."""
    if accepted != in_force:
        raise TermsOutdated(terms_version=in_force.terms, privacy_version=in_force.privacy)


def ensure_complete(
    *, email: str | None, proven_primary: str | None, institution_id: UUID | None, choices: Sequence[UUID]
) -> None:
    """What the contract cannot demand, because it depends on the account. The edge puts the advice into words."""
    missing = []
    if proven_primary is None and email is None:
        missing.append("/email")
    if proven_primary is not None and email is not None and address_key(email) != address_key(proven_primary):
        missing.append("/email")
    if must_choose(choices, institution_id) or (institution_id is not None and institution_id not in choices):
        missing.append("/institution_id")
    if missing:
        raise ActivationIncomplete(pointers=missing)
