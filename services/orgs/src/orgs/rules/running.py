"""Who runs institutions and their units (S17, O6): held against contracts/rights.yaml."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from uuid import UUID

from chassis.errors import Forbidden
from orgs.rules.institutions import State
from orgs.rules.memberships import Role
from orgs.rules.permissions import Viewer, leads


def administers(viewer: Viewer, _institution_id: UUID | None) -> bool:
    return viewer.administrator


def runs(viewer: Viewer, institution_id: UUID | None) -> bool:
    """Institution coordinators their own, platform administrators all."""
    return viewer.administrator or leads(viewer, institution_id)


Predicate = Callable[[Viewer, UUID | None], bool]
MAY: Mapping[str, Predicate] = MappingProxyType(
    {
        "create": administers,
        "inspect": runs,
        "add_unit": runs,
        "edit": administers,
        "close": administers,
        "reopen": administers,
    }
)
MAY_WITH_UNIT: Mapping[str, Predicate] = MappingProxyType({"rename": runs, "close": runs})
# What an institution's state leaves of the acts; `create` is about one that is not there yet.
WHEN = {"inspect": tuple(State), "add_unit": (State.active,), "edit": (State.active,), "close": (State.active,)}
WHEN["reopen"] = (State.closed,)


def ensure_may(viewer: Viewer, act: str, institution_id: UUID | None = None) -> None:
    _ensure(MAY[act], viewer, institution_id)


def ensure_may_with_unit(viewer: Viewer, act: str, institution_id: UUID) -> None:
    _ensure(MAY_WITH_UNIT[act], viewer, institution_id)


def acts(viewer: Viewer, institution_id: UUID, state: State) -> list[str]:
    """`may[]`: what this person can do with it now, by right and by its state."""
    return [act for act, states in WHEN.items() if state in states and MAY[act](viewer, institution_id)]


def acts_with_unit(viewer: Viewer, institution_id: UUID, *, changeable: bool) -> list[str]:
    return [act for act, may in MAY_WITH_UNIT.items() if changeable and may(viewer, institution_id)]


def _ensure(may: Predicate, viewer: Viewer, institution_id: UUID | None) -> None:
    """Everybody may read of institutions: nothing is hidden, what is missing is named."""
    if may(viewer, institution_id):
        return
    if may is administers:
        raise Forbidden(reason="administrators-only")
    leads_another = viewer.role == Role.institution_coordinator
    raise Forbidden(reason="not-your-institution" if leads_another else "institution-coordinators-only")
