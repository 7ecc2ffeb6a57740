"""Ids in the shapes Zoom gives them."""

import base64
import secrets
import uuid


def user_like() -> str:
    """Users and registrants: 22 characters of URL-safe base64, which may begin with `-` or `_`."""
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")


def meeting_number() -> int:
    """Eleven digits: beyond 32 bits."""
    return 80_000_000_000 + secrets.randbelow(20_000_000_000)


def instance_uuid(awkward: bool) -> str:
    """24 characters of standard base64; an awkward one must be encoded twice in a path."""
    raw = secrets.token_bytes(16)
    if awkward:
        raw = b"\xff\xff" + raw[2:]
    return base64.b64encode(raw).decode()


def participant_guid() -> str:
    return str(uuid.uuid4()).upper()


def ticket() -> str:
    """The `tk` of a personal link: 43 characters, a dot, a second part."""
    return f"{secrets.token_urlsafe(32)}.{secrets.token_urlsafe(24)}"


def tracking() -> str:
    return f"v=2.0;clid=sandbox;rid=WEB_{secrets.token_hex(16)}"
