"""What people are called in the room."""

from conferences.errors import NameRequired

LONGEST = 64  # the provider's limit


def full(surname: str, name: str) -> str:
    return f"{surname} {name}".strip()


def tidy(typed: str) -> str:
    """One line; control characters and runs of blanks have no place in a name."""
    return " ".join("".join(char if char.isprintable() else " " for char in typed).split())[:LONGEST].strip()


def ensure_named(known: str, typed: str) -> str:
    """A guest says how to be called, unless somebody did already; the last word is the guest's."""
    name = tidy(typed) or tidy(known)
    if not name:
        raise NameRequired(errors=[{"pointer": "/name", "detail": "name-required"}])
    return name
