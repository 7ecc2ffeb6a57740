"""When an account may be deleted, and what deleting it means (S6)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from identity.errors import ConferencesPlanned, EmailNotPrimary
from identity.rules.accounts import address_key

PLANNED = ("scheduled", "open", "postponed")  # states of a conference that somebody still has to see to
SERVICES = ("identity", "orgs", "conferences", "notifications")  # each says when it has erased


class Reason(StrEnum):
    requested = "requested"
    inactive = "inactive"
    never_activated = "never-activated"


def ensure_typed_primary(typed: str, primary: str | None) -> None:
    """A person without any address cannot confirm: nobody else could have typed it for them either."""
    if primary is None or address_key(typed) != address_key(primary):
        raise EmailNotPrimary


def ensure_nothing_planned(conferences: Sequence[dict[str, Any]]) -> None:
    if conferences:
        raise ConferencesPlanned(conferences=list(conferences))
