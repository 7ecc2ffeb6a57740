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


def leads(viewer: Viewer, institution_id: UUID | None) -> bool:
    return viewer.role == Role.institution_coordinator and viewer.institution_id == institution_id


def approves(viewer: Viewer, request: Asked) -> bool:
    """Institution coordinators for their institution, platform administrators for all."""
    return viewer.administrator or leads(viewer, request.institution_id)


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


@dataclass(frozen=True)
class Between:
    """What of a collaboration decides about rights: who asked, and who was asked."""

    owner_id: UUID
    collaborator_id: UUID


def is_asked(viewer: Viewer, collaboration: Between) -> bool:
    return collaboration.collaborator_id == viewer.person_id


def takes_part(viewer: Viewer, collaboration: Between) -> bool:
    return viewer.person_id in (collaboration.owner_id, collaboration.collaborator_id)


MAY_WITH_COLLABORATION: Mapping[str, Callable[[Viewer, Between], bool]] = MappingProxyType(
    {"accept": is_asked, "end": takes_part}
)


def ensure_may_with_collaboration(viewer: Viewer, act: str, collaboration: Between) -> None:
    """It is nobody else's business that it exists."""
    if not takes_part(viewer, collaboration):
        raise NotFound
    if not MAY_WITH_COLLABORATION[act](viewer, collaboration):
        raise Forbidden(reason="not-your-request")


def ensure_coordinates(viewer: Viewer) -> UUID:
    """Coordinators choose collaborators, of their own institution."""
    if viewer.role == Role.user or viewer.institution_id is None:
        raise Forbidden(reason="coordinators-only")
    return viewer.institution_id
