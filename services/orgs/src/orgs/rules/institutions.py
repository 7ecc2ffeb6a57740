"""What every institution has, and the one that takes in whoever fits nowhere else; when one, or a unit, is closed."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from orgs.errors import GeneralUnitFixed, InstitutionClosed, InstitutionInUse, InstitutionNeeded, UnitClosed, UnitInUse

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


def ensure_open(state: State) -> None:
    if state == State.closed:
        raise InstitutionClosed


def ensure_may_be_closed(institution_id: UUID, uses: Mapping[str, int]) -> None:
    if institution_id == CATCH_ALL_ID:
        raise InstitutionNeeded
    if uses:
        raise InstitutionInUse(uses=dict(uses))


def ensure_unit_changeable(state: State, *, general: bool) -> None:
    """Each institution keeps its «Γενικό Τμήμα», by that name."""
    if general:
        raise GeneralUnitFixed
    if state == State.closed:
        raise UnitClosed


def ensure_unit_unused(uses: Mapping[str, int]) -> None:
    if uses:
        raise UnitInUse(uses=dict(uses))
