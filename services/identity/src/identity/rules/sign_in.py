"""Who may come back from TaxisNet as whom, and where they may go afterwards."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from identity.rules import tax_ids

PENDING_FOR = timedelta(minutes=10)
TRIP_FOR = timedelta(minutes=10)
NAME_MOST = 200
LOCAL_PATH = re.compile(r"/(?![/\\])[\x21-\x7e]{0,1999}")


class Refusal(StrEnum):
    """Why somebody was not let in: the words of the contract."""

    access_denied = "access-denied"
    state_invalid = "state-invalid"
    code_rejected = "code-rejected"
    provider_unavailable = "provider-unavailable"
    legal_entity = "legal-entity"
    tax_id_invalid = "tax-id-invalid"
    not_employed = "not-employed"
    invitation_spent = "invitation-spent"
    account_disabled = "account-disabled"
    unknown = "unknown"


class Refused(Exception):
    """`person_id` where it is somebody we know."""

    def __init__(self, reason: Refusal, person_id: UUID | None = None) -> None:
        super().__init__(reason)
        self.reason, self.person_id = reason, person_id


@dataclass(frozen=True)
class Citizen:
    """A natural person as TaxisNet names them."""

    tax_id: str
    surname: str
    name: str


def citizen_of(attributes: dict[str, str]) -> Citizen:
    """Check TaxisNet's attributes. Of a legal entity's account the first name is empty or the word `null`."""
    tax_id = tax_ids.normalised(attributes.get("taxid", ""))
    surname, name = (" ".join(attributes.get(key, "").split())[:NAME_MOST] for key in ("lastname", "firstname"))
    if _is_missing(tax_id):
        raise Refused(Refusal.provider_unavailable)
    if _is_missing(surname) or _is_missing(name):
        raise Refused(Refusal.legal_entity)
    if not tax_ids.is_valid(tax_id):
        raise Refused(Refusal.tax_id_invalid)
    return Citizen(tax_id, surname, name)


def local_path(wanted: str | None) -> str:
    """A path of our own or the home page: a link with a foreign `next` must not lead people away."""
    if not wanted or not LOCAL_PATH.fullmatch(wanted) or "\\" in wanted or wanted.startswith("/auth/"):
        return "/"
    return wanted


def refusal_of(value: str | None) -> Refusal:
    """What a cookie says, which anybody may have written."""
    return Refusal(value) if value in list(Refusal) else Refusal.unknown


def _is_missing(value: str) -> bool:
    return value.casefold() in ("", "null")
