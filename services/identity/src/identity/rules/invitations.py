"""Who invites to the platform, and until when an invitation counts (S19)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

from chassis.errors import Forbidden
from identity.errors import InvitationClosed


class State(StrEnum):
    pending = "pending"
    accepted = "accepted"
    expired = "expired"
    revoked = "revoked"


class Role(StrEnum):
    institution_coordinator = "institution_coordinator"
    unit_coordinator = "unit_coordinator"
    user = "user"


RANK: Mapping[str, int] = MappingProxyType({Role.user: 0, Role.unit_coordinator: 1, Role.institution_coordinator: 2})


class Standing(Protocol):
    """Where somebody belongs."""

    institution_id: Any
    role: Any


@dataclass(frozen=True)
class Inviter:
    """The caller as identity knows them. An administrator's rights need the second factor in the token."""

    person_id: UUID
    role: Role = Role.user
    institution_id: UUID | None = None
    platform_administrator: bool = False

    @property
    def is_coordinator(self) -> bool:
        return self.role != Role.user


def state_at(
    now: datetime, *, accepted_at: datetime | None, revoked_at: datetime | None, expires_at: datetime
) -> State:
    if accepted_at is not None:
        return State.accepted
    if revoked_at is not None:
        return State.revoked
    return State.pending if now < expires_at else State.expired


def ensure_may_invite(inviter: Inviter) -> None:
    if not inviter.is_coordinator and not inviter.platform_administrator:
        raise Forbidden(reason="not-a-coordinator")


def sees_whole_institution(inviter: Inviter) -> bool:
    return inviter.role == Role.institution_coordinator


def may_manage(inviter: Inviter, *, inviter_id: UUID | None, institution_id: UUID | None) -> bool:
    """Whoever invited, while still a coordinator; institution coordinators for their institution; administrators."""
    if inviter.platform_administrator:
        return True
    if inviter.is_coordinator and inviter.person_id == inviter_id:
        return True
    return sees_whole_institution(inviter) and institution_id is not None and inviter.institution_id == institution_id


def oversees(viewer: Inviter, other: Standing) -> bool:
    """Who may see how to reach a coordinator: coordinators of the same institution, and who runs the platform."""
    if other.role == Role.user:
        return False
    return viewer.platform_administrator or (
        sees_whole_institution(viewer) and viewer.institution_id == other.institution_id
    )


def has_already(standing: Standing | None, institution_id: UUID, role: str | None) -> bool:
    """Whether somebody's place makes an offered role needless."""
    return (
        standing is not None
        and role is not None
        and standing.institution_id == institution_id
        and RANK[standing.role] >= RANK[role]
    )


def ensure_open(state: State) -> None:
    """An expired one may be sent again or taken back; what was accepted or revoked is over."""
    if state in (State.accepted, State.revoked):
        raise InvitationClosed(state=state)
