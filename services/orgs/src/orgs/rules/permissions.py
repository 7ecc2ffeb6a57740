"""Who may see and decide what: held against contracts/rights.yaml."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from chassis.errors import Forbidden, NotFound
from orgs.rules.memberships import Role


@dataclass(frozen=True)
class Viewer:
    """Who asks. `administrator` only with a second factor."""

    person_id: UUID
    role: Role = Role.user
    institution_id: UUID | None = None
    administrator: bool = False


@dataclass(frozen=True)
class Asked:
    """What of a role request decides about rights."""

    person_id: UUID
    institution_id: UUID


def applies(viewer: Viewer, request: Asked) -> bool:
    return request.person_id == viewer.person_id


def approves(viewer: Viewer, request: Asked) -> bool:
    """Institution coordinators for their institution, platform administrators for all."""
    leads = viewer.role == Role.institution_coordinator and viewer.institution_id == request.institution_id
    return viewer.administrator or leads


def decides(viewer: Viewer, request: Asked) -> bool:
    """Nobody about their own, whatever they run."""
    return approves(viewer, request) and not applies(viewer, request)


def sees(viewer: Viewer, request: Asked) -> bool:
    return applies(viewer, request) or approves(viewer, request)


MAY: Mapping[str, Callable[[Viewer, Asked], bool]] = MappingProxyType(
    {"read": sees, "accept": decides, "reject": decides, "withdraw": applies}
)


def ensure_may(viewer: Viewer, act: str, request: Asked) -> None:
    """Who may not even see it is not told that it exists."""
    if not sees(viewer, request):
        raise NotFound
    if not MAY[act](viewer, request):
        raise Forbidden(reason="own-request" if applies(viewer, request) else "not-your-request")


def ensure_may_list(viewer: Viewer) -> UUID | None:
    """Whose requests an approver is shown: an institution's, or None for all."""
    if viewer.administrator:
        return None
    if viewer.role != Role.institution_coordinator or viewer.institution_id is None:
        raise Forbidden(reason="institution-coordinators-only")
    return viewer.institution_id
