"""Who may help whom with their conferences, and what became of it (S18). Plain values."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from orgs.errors import CollaborationEnded
from orgs.rules.memberships import Role
from orgs.rules.role_requests import COORDINATING

MOST_MAILED = 10  # far more than mistakes and second thoughts need
IN_A_ROW = timedelta(days=1)  # not later than this after the time before


class State(StrEnum):
    pending = "pending"
    active = "active"
    ended = "ended"


class Because(StrEnum):
    """Why it ended: one of the two did it, or one of them is no coordinator of the institution any more."""

    cancelled = "cancelled"
    rejected = "rejected"
    ended_by_owner = "ended_by_owner"
    ended_by_collaborator = "ended_by_collaborator"
    eligibility_ended = "eligibility_ended"


class Outcome(StrEnum):
    """What became of one person of those asked."""

    added = "added"
    already = "already"
    not_eligible = "not_eligible"


@dataclass(frozen=True)
class Standing:
    """What of a person decides whether they collaborate at all."""

    role: Role
    institution_id: UUID
    status: str

    def coordinates(self, institution_id: UUID) -> bool:
        return self.status == "active" and self.role in COORDINATING and self.institution_id == institution_id


def may_collaborate(one: Standing | None, other: Standing | None, institution_id: UUID) -> bool:
    """Both coordinate something of the institution, now."""
    return all(each is not None and each.coordinates(institution_id) for each in (one, other))


def ensure_under_way(state: State) -> None:
    if state == State.ended:
        raise CollaborationEnded


def why_ended(state: State, *, by_owner: bool) -> Because:
    """What ending it means, by who does it and how far it had come."""
    if state == State.pending:
        return Because.cancelled if by_owner else Because.rejected
    return Because.ended_by_owner if by_owner else Because.ended_by_collaborator


def told_to_owner(state: State, because: Because | None, asked_times: int) -> bool | None:
    """Who hears of it by mail: the owner, or else the collaborator; None: neither.

    Anybody may be asked anew at once, for a «no» by mistake is taken back in no other way. But who takes each request
    back and asks again fills no mailbox: `asked_times` in a row, the request is seen in the tab alone.
    """
    if state == State.pending and asked_times > MOST_MAILED:
        return None
    if because in (Because.cancelled, Because.eligibility_ended):
        return None
    return state == State.active or because in (Because.rejected, Because.ended_by_collaborator)
