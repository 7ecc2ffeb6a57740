"""What a program may be given, and what of it a token carries (RFC 6749 §3.3, §4.4)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from identity.errors import ClientRevoked

LAST_USE_STEP = timedelta(minutes=1)


class Scope(StrEnum):
    """What a program may ask for. The contracts name for each operation the one it needs."""

    conferences_read = "conferences:read"
    institutions_read = "institutions:read"


def granted(asked: str | None, allowed: Iterable[str]) -> list[str] | None:
    """All it has when it asks for none; None when it asks for more than it has."""
    has = list(allowed)
    if asked is None:
        return has
    wanted = list(dict.fromkeys(asked.split()))
    return wanted if wanted and set(wanted) <= set(has) else None


def is_valid(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is None or now < expires_at


def ensure_in_use(revoked_at: datetime | None) -> None:
    if revoked_at is not None:
        raise ClientRevoked


def is_worth_noting(last_used_at: datetime | None, now: datetime) -> bool:
    """One write a minute says enough about use."""
    return last_used_at is None or now - last_used_at >= LAST_USE_STEP
