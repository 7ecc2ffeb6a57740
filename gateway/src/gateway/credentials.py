"""What a caller shows: a browser's session cookie, a program's token, or the portal's word for a session."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.arrival import Arrival, Listener

SESSION_COOKIE = b"__Host-epresence"  # identity's others (sign-in, state, refusal) begin with it too
SIGN_IN_COOKIE = b"__Host-epresence-signin"
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Credential:
    kind: str
    value: str = field(repr=False)
    digest: bytes = field(repr=False)


def credential_of(arrival: Arrival) -> Credential | None:
    """None also for what cannot be a credential: identity need not be asked about it."""
    authorization = arrival.headers.get(b"authorization")
    if authorization:
        scheme, _, value = authorization.partition(b" ")
        if scheme.lower() == b"bearer":
            return _credential("access_token", value.strip())
        if scheme.lower() == b"session" and arrival.listener is Listener.INTERNAL:
            return _credential("session", value.strip())
        return None
    if arrival.listener is Listener.INTERNAL:
        return None
    for name, value in cookies_of(arrival.headers):
        if name == SESSION_COOKIE:
            return _credential("session", value)
    return None


def _credential(kind: str, value: bytes) -> Credential | None:
    if not 0 < len(value) <= LONGEST or not value.isascii() or not value.decode().isprintable():
        return None
    return Credential(kind, value.decode(), hashlib.sha256(kind.encode() + b" " + value).digest())


def cookies_of(headers: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Identity's cookies; the others are the portal's matter."""
    header = headers.get(b"cookie")
    if not header or SESSION_COOKIE not in header:
        return []
    pairs = (part.strip().partition(b"=") for part in header.split(b";"))
    return [(name, value) for name, _, value in pairs if name.startswith(SESSION_COOKIE)]


def shows_sign_in(arrival: Arrival) -> bool:
    """A sign-in under way; what it is worth, identity sees."""
    return any(name == SIGN_IN_COOKIE and value for name, value in cookies_of(arrival.headers))


def identity_cookies(headers: Mapping[bytes, bytes]) -> str:
    return b"; ".join(name + b"=" + value for name, value in cookies_of(headers)).decode("latin-1")
