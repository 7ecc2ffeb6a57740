"""Who lists, invites and demotes coordinators (S12–S14): held against contracts/rights.yaml."""

from dataclasses import dataclass
from uuid import UUID

from chassis.errors import Forbidden, NotFound
from orgs.rules import running
from orgs.rules.memberships import Role
from orgs.rules.permissions import Viewer


@dataclass(frozen=True)
class Coordinator:
    """What of somebody's place decides about rights over them."""

    person_id: UUID
    institution_id: UUID
    role: Role


def may_offer(viewer: Viewer, role: Role) -> bool:
    """Institution coordinators are made by who runs the platform, and by accepted role requests (guide §2.3)."""
    return viewer.administrator or role == Role.unit_coordinator


def ensure_may_list(viewer: Viewer, institution_id: UUID) -> None:
    running.ensure_may(viewer, "inspect", institution_id)


def ensure_may_invite(viewer: Viewer, institution_id: UUID, role: Role) -> None:
    ensure_may_list(viewer, institution_id)
    _ensure_may_offer(viewer, role)


def may_manage_invitation(viewer: Viewer, institution_id: UUID, role: Role) -> bool:
    return running.runs(viewer, institution_id) and may_offer(viewer, role)


def ensure_may_manage_invitation(viewer: Viewer, institution_id: UUID, role: Role) -> None:
    """Who may not see it is not told that it exists."""
    if not running.runs(viewer, institution_id):
        raise NotFound
    _ensure_may_offer(viewer, role)


def ensure_may_read(viewer: Viewer, other: Coordinator) -> None:
    if not running.runs(viewer, other.institution_id):
        raise NotFound


def why_not_demote(viewer: Viewer, other: Coordinator) -> str | None:
    """Never another institution coordinator, nor oneself: for that there is the step-down (guide, S14)."""
    if other.person_id == viewer.person_id:
        return "own-role"
    if other.role == Role.institution_coordinator and not viewer.administrator:
        return "institution-coordinator"
    return None


def may_demote(viewer: Viewer, other: Coordinator) -> bool:
    seen = running.runs(viewer, other.institution_id) and other.role != Role.user
    return seen and why_not_demote(viewer, other) is None


def ensure_may_demote(viewer: Viewer, other: Coordinator) -> None:
    ensure_may_read(viewer, other)
    if (reason := why_not_demote(viewer, other)) is not None:
        raise Forbidden(reason=reason)


def _ensure_may_offer(viewer: Viewer, role: Role) -> None:
    if not may_offer(viewer, role):
        raise Forbidden(reason="administrators-only")
