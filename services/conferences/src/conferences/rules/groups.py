"""Groups of users (S30): private to the coordinator who made them, held against contracts/rights.yaml."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from chassis.errors import Forbidden, NotFound
from conferences.errors import GroupFull, GroupNotFound, TooManyGroups
from conferences.rules.permissions import Viewer

MOST_GROUPS = 200
MOST_MEMBERS = 1000
# Of an owner who stopped coordinating: twelve months, a leap day among them. Stepping down may be for a week, but names
# and addresses of others are not kept for a return that never comes.
KEPT_OUT_OF_REACH = timedelta(days=366)


def may(viewer: Viewer, owner_id: UUID) -> bool:
    """Everything, for the owner while a coordinator; nothing for anybody else, an administrator included."""
    return viewer.coordinates and viewer.person_id == owner_id


def ensure_may(viewer: Viewer, owner_id: UUID) -> None:
    """Nobody else is told that there is such a group."""
    if not may(viewer, owner_id):
        raise NotFound


def ensure_may_have(viewer: Viewer) -> None:
    if not viewer.coordinates:
        raise Forbidden(reason="coordinators-only")


def ensure_room_for_one_more(groups: int) -> None:
    if groups >= MOST_GROUPS:
        raise TooManyGroups(limit=MOST_GROUPS)


def ensure_fit(members: int) -> None:
    if members > MOST_MEMBERS:
        raise GroupFull(limit=MOST_MEMBERS)


def ensure_all_found(wanted: Sequence[UUID], found: Collection[UUID]) -> None:
    """A group deleted meanwhile, or never one's own: nobody is added by halves."""
    missing = [place for place, id_ in enumerate(wanted) if id_ not in found]
    if missing:
        raise GroupNotFound(
            errors=[{"pointer": f"/group_ids/{place}", "detail": "group-not-found"} for place in missing]
        )
