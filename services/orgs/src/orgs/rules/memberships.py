"""Where a person belongs and what an accepted offer makes of it. Plain values in, plain values out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    institution_coordinator = "institution_coordinator"
    unit_coordinator = "unit_coordinator"
    user = "user"


RANK = {Role.user: 0, Role.unit_coordinator: 1, Role.institution_coordinator: 2}

# Beside a role, an invitation may offer to run the platform: that is added to whatever the person is already.
PLATFORM_ADMINISTRATOR = "platform_administrator"


@dataclass(frozen=True)
class Standing:
    """Everything a membership says about a person."""

    institution_id: UUID
    unit_id: UUID
    role: Role = Role.user
    platform_administrator: bool = False


def first_institution(candidates: Iterable[UUID], *, active: set[UUID]) -> UUID | None:
    """The first candidate that takes members; a body may have been closed since it was chosen."""
    return next((candidate for candidate in candidates if candidate in active), None)


def with_role(current: Standing, *, role: Role, institution_id: UUID, unit_id: UUID) -> Standing:
    """An accepted offer elsewhere moves the person there; at home it never takes a higher role away."""
    if institution_id == current.institution_id and RANK[role] <= RANK[current.role]:
        return current
    return replace(current, role=role, institution_id=institution_id, unit_id=unit_id)


def stops_leading(before: Standing, after: Standing) -> bool:
    """Whether an institution loses a coordinator by it."""
    led, leads = (
        standing.institution_id if standing.role == Role.institution_coordinator else None
        for standing in (before, after)
    )
    return led is not None and led != leads


def with_platform_administration(current: Standing) -> Standing:
    return replace(current, platform_administrator=True)
