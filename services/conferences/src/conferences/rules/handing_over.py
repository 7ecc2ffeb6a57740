"""Who can take a conference over (S24): an active coordinator of its institution, whatever their unit."""

from dataclasses import dataclass
from uuid import UUID

from conferences.errors import ReceiverNotPossible
from conferences.rules.permissions import Role


@dataclass(frozen=True)
class Receiver:
    """Who is to have it, as this service knows them."""

    person_id: UUID
    role: str
    institution_id: UUID
    active: bool

    @property
    def coordinates(self) -> bool:
        return self.role in (Role.institution_coordinator, Role.unit_coordinator)


def ensure_may_receive(receiver: Receiver | None, institution_id: UUID | None = None) -> Receiver:
    """For conferences of this institution, or of the receiver's own. Of others no more is told than that."""
    if receiver is None or not receiver.coordinates or institution_id not in (None, receiver.institution_id):
        raise _refused("not-a-coordinator")
    if not receiver.active:
        raise _refused("account-not-active")
    return receiver


def ensure_another(receiver: Receiver, giver_id: UUID | None) -> None:
    if receiver.person_id == giver_id:
        raise _refused("same-person")


def _refused(reason: str) -> ReceiverNotPossible:
    return ReceiverNotPossible(reason=reason)
