"""Who acts as platform administrator: the role and the second factor, never one of them alone (O6)."""

from uuid import UUID

from chassis.errors import Forbidden
from identity.errors import LastAdministrator, NotDisabled, OwnAccount
from identity.rules.accounts import DisabledReason


def ensure_administrator(*, administrator: bool, mfa: bool) -> None:
    """Whoever lacks the role is told so first: a second factor would not help them."""
    if not administrator:
        raise Forbidden(reason="not-an-administrator")
    if not mfa:
        raise Forbidden(reason="second-factor-needed")


def ensure_may_disable(*, actor_id: UUID, person_id: UUID, administrators_left: int | None) -> None:
    """Nobody shuts themselves out, nor the platform its last administrator. `administrators_left`: None when it is not
    an administrator who is to go."""
    if actor_id == person_id:
        raise OwnAccount
    if administrators_left == 0:
        raise LastAdministrator


def ensure_disabled_by_administrator(reason: DisabledReason | None) -> None:
    """What the register closed, only the register or an invitation opens."""
    if reason != DisabledReason.administrator:
        raise NotDisabled
