"""What every institution has, and the one that takes in whoever fits nowhere else."""

from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

GENERAL_UNIT_NAME = "Γενικό Τμήμα"
CATCH_ALL_NAME = "Δημόσια Διοίκηση"


class State(StrEnum):
    active = "active"
    closed = "closed"


def seeded_id(kind: str, key: str) -> UUID:
    """Services that cannot ask each other still agree on the ids of what is seeded."""
    return uuid5(NAMESPACE_URL, f"https://epresence.gr/seed/{kind}/{key}")


# Fixed, so that the seed and the first person who needs it, whichever is first, make the same one.
CATCH_ALL_ID = seeded_id("institution", "public-administration")
CATCH_ALL_GENERAL_UNIT_ID = seeded_id("unit", "public-administration-general")
