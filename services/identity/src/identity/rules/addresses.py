"""A person's extra addresses: how many, and what may be done with which (S7)."""

from identity.errors import EmailConfirmed, EmailPrimary, EmailsFull, EmailUnconfirmed

EXTRA_MOST = 3


def free(extra: int) -> int:
    """Places left; those waiting for their proof take one, too."""
    return max(0, EXTRA_MOST - extra)


def ensure_room(extra: int) -> None:
    if free(extra) == 0:
        raise EmailsFull


def ensure_removable(*, primary: bool) -> None:
    """Somebody without any address could not be told anything."""
    if primary:
        raise EmailPrimary


def ensure_unproven(*, proven: bool) -> None:
    if proven:
        raise EmailConfirmed


def ensure_proven(*, proven: bool) -> None:
    """Mail goes to the primary address: to nobody's but the person's."""
    if not proven:
        raise EmailUnconfirmed
