"""E-mail addresses as people type them."""

from email_validator import EmailNotValidError, validate_email

LONGEST = 254


def clean(typed: str) -> str | None:
    """The address in its usual form, or None when there can be no such address. Nobody is asked on the network."""
    try:
        found = validate_email(typed.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None
    return found if len(found) <= LONGEST else None


def fold(address: str) -> str:
    """What makes two spellings one mailbox for us: case does not."""
    return address.strip().casefold()


def masked(address: str) -> str:
    """Enough to recognise an address one knows, too little to write to it."""
    local, _, domain = address.rpartition("@")
    shown = f"{local[0]}***{local[-1]}" if len(local) > 2 else "***"
    return f"{shown}@{domain}"
