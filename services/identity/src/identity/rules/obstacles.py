"""Why somebody cannot sign in, or cannot do anything once they have: what support reads out on the phone (O6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from identity.rules.accounts import DisabledReason, Next, Status
from identity.rules.employment import Employment
from identity.rules.two_factor import BLOCKED_FOR


class Obstacle(StrEnum):
    disabled = "disabled"  # by an administrator
    not_employed = "not-employed"  # the register closed the sign-in
    address_unproven = "address-unproven"
    activation_unfinished = "activation-unfinished"
    terms_not_accepted = "terms-not-accepted"
    codes_blocked = "codes-blocked"  # ten wrong ones of a kind: no further one is looked at for a while
    employment_pending = "employment-pending"  # the register has not answered yet
    employment_ended = "employment-ended"  # a coordinator on borrowed time
    employment_none = "employment-none"  # known not to work for the public sector


SHUT = {Obstacle.disabled, Obstacle.not_employed}


@dataclass(frozen=True)
class Reason:
    """`shut`: no sign-in at all; otherwise one signs in and is led to what is missing, or lacks a right."""

    obstacle: Obstacle
    since: datetime | None = None

    @property
    def shut(self) -> bool:
        return self.obstacle in SHUT


@dataclass(frozen=True)
class Account:
    """What is asked of an account here."""

    status: Status
    disabled_reason: DisabledReason | None
    disabled_at: datetime | None
    employment: Employment
    employment_flagged_at: datetime | None
    has_proven_primary: bool
    next: Next
    codes_blocked_until: Sequence[datetime]  # of each kind that is blocked now
    created_at: datetime


def reasons_of(account: Account) -> list[Reason]:
    """Those that shut the door first."""
    return [*_of_status(account), *_of_codes(account), *_of_employment(account)]


def may_sign_in(reasons: list[Reason]) -> bool:
    return not any(reason.shut for reason in reasons)


def _of_status(account: Account) -> Iterator[Reason]:
    if account.disabled_reason == DisabledReason.administrator:
        yield Reason(Obstacle.disabled, account.disabled_at)
    elif account.disabled_reason == DisabledReason.not_employed:
        yield Reason(Obstacle.not_employed, account.disabled_at)
    elif account.status == Status.awaiting_activation and not account.has_proven_primary:
        yield Reason(Obstacle.address_unproven, account.created_at)
    elif account.status == Status.awaiting_activation:
        yield Reason(Obstacle.activation_unfinished, account.created_at)
    elif account.next == Next.terms:
        yield Reason(Obstacle.terms_not_accepted)


def _of_codes(account: Account) -> Iterator[Reason]:
    for until in account.codes_blocked_until:
        yield Reason(Obstacle.codes_blocked, until - BLOCKED_FOR)


def _of_employment(account: Account) -> Iterator[Reason]:
    if account.disabled_reason == DisabledReason.not_employed:
        return
    if account.employment == Employment.pending:
        yield Reason(Obstacle.employment_pending)
    elif account.employment_flagged_at is not None:
        yield Reason(Obstacle.employment_ended, account.employment_flagged_at)
    elif account.employment == Employment.none:
        yield Reason(Obstacle.employment_none)
