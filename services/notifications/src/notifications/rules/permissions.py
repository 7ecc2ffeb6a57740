"""Who may write to an institution's coordinators and see what became of it: held against contracts/rights.yaml."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chassis.errors import Forbidden, NotFound


class Role(StrEnum):
    institution_coordinator = "institution_coordinator"
    unit_coordinator = "unit_coordinator"
    user = "user"


COORDINATING = frozenset({Role.institution_coordinator, Role.unit_coordinator})


@dataclass(frozen=True)
class Viewer:
    """Who asks. An administrator's rights need `mfa`, the second factor."""

    person_id: UUID
    role: Role = Role.user
    institution_id: UUID | None = None
    platform_administrator: bool = False
    mfa: bool = False

    @property
    def administers(self) -> bool:
        return self.platform_administrator and self.mfa


def writes_to(viewer: Viewer, institution_id: UUID) -> bool:
    """Institution coordinators to their institution, platform administrators to all."""
    leads = viewer.role is Role.institution_coordinator and viewer.institution_id == institution_id
    return leads or viewer.administers


def ensure_may_write_to(viewer: Viewer, institution_id: UUID) -> None:
    """Institutions are no secret: whoever may not is told why. Sending and listing what was sent are one right."""
    if writes_to(viewer, institution_id):
        return
    if viewer.platform_administrator:
        raise Forbidden(reason="second-factor-needed")
    if viewer.role is Role.institution_coordinator:
        raise Forbidden(reason="not-your-institution")
    raise Forbidden(reason="institution-coordinators-only")


def ensure_may_read(viewer: Viewer, institution_id: UUID) -> None:
    """Of a message itself nobody else learns that it exists."""
    if not writes_to(viewer, institution_id):
        raise NotFound
