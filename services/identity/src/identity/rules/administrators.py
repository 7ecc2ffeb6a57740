"""Who acts as platform administrator: the role and the second factor, never one of them alone (O6)."""

from chassis.errors import Forbidden


def ensure_administrator(*, administrator: bool, mfa: bool) -> None:
    """Whoever lacks the role is told so first: a second factor would not help them."""
    if not administrator:
        raise Forbidden(reason="not-an-administrator")
    if not mfa:
        raise Forbidden(reason="second-factor-needed")
