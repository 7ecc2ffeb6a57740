"""Who may do what with a conference (S25): one table, held against contracts/rights.yaml."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from chassis.errors import Forbidden, NotFound
from conferences.rules.periods import JOIN_LEAD
from conferences.rules.states import OVER, State


class Role(StrEnum):
    institution_coordinator = "institution_coordinator"
    unit_coordinator = "unit_coordinator"
    user = "user"


COORDINATING = (Role.institution_coordinator, Role.unit_coordinator)


@dataclass(frozen=True)
class Viewer:
    """Who asks, as this service knows. Somebody never heard of is a plain user without institution."""

    person_id: UUID
    name: str = ""
    role: str = Role.user
    institution_id: UUID | None = None
    institution_closed: bool = False
    unit_id: UUID | None = None
    helps: frozenset[UUID] = frozenset()  # coordinators of the own institution now, who have this one as a collaborator
    administrator: bool = False  # with a second factor, or it does not count
    program_of: UUID | None = None  # the institution that a program, which is nobody, works for

    @property
    def coordinates(self) -> bool:
        return self.role in COORDINATING


@dataclass(frozen=True)
class Relation:
    """What of a conference decides about rights."""

    coordinator_id: UUID
    institution_id: UUID
    coordinator_leads_institution: bool  # its owner is now an institution coordinator of the conference's institution
    coordinator_acts: bool  # its owner is now a coordinator of that institution, or an administrator, and not disabled
    participates: bool  # the viewer has a place
    state: State
    starts_at: datetime


def owns(viewer: Viewer, conference: Relation) -> bool:
    """The owner, while a coordinator of its institution: who coordinates another one has left."""
    return (
        viewer.coordinates
        and viewer.institution_id == conference.institution_id
        and conference.coordinator_id == viewer.person_id
    )


def oversees(viewer: Viewer, conference: Relation) -> bool:
    """An institution coordinator, but not over a fellow one's."""
    return (
        viewer.role == Role.institution_coordinator
        and viewer.institution_id == conference.institution_id
        and not conference.coordinator_leads_institution
    )


def decides(viewer: Viewer, conference: Relation) -> bool:
    """Whose it is to say whether and when it takes place, and whose it is."""
    return viewer.administrator or owns(viewer, conference) or oversees(viewer, conference)


def collaborates(viewer: Viewer, conference: Relation) -> bool:
    """The owner's collaborator, while a coordinator of its institution (S18)."""
    return (
        viewer.coordinates
        and viewer.institution_id == conference.institution_id
        and conference.coordinator_id in viewer.helps
    )


def manages(viewer: Viewer, conference: Relation) -> bool:
    return decides(viewer, conference) or collaborates(viewer, conference)


def coordinates(viewer: Viewer, conference: Relation) -> bool:
    """The own ones, while they are one's to decide about."""
    return conference.coordinator_id == viewer.person_id and decides(viewer, conference)


def lacks_coordinator(conference: Relation) -> bool:
    """What its owner left: whoever oversees it manages it, and may hand it over."""
    return not conference.coordinator_acts


def participates(_viewer: Viewer, conference: Relation) -> bool:
    return conference.participates


def attends(viewer: Viewer, conference: Relation) -> bool:
    return participates(viewer, conference) or manages(viewer, conference)


def looks_on(viewer: Viewer, conference: Relation) -> bool:
    """A program sees its institution's conferences, whoever owns them, and can do nothing with them."""
    return viewer.program_of == conference.institution_id


def sees(viewer: Viewer, conference: Relation) -> bool:
    return attends(viewer, conference) or looks_on(viewer, conference)


Predicate = Callable[[Viewer, Relation], bool]
MAY: Mapping[str, Predicate] = MappingProxyType(
    {
        "read": sees,
        "edit": manages,
        "cancel": decides,
        "handover": decides,
        "participants": manages,
        "invite": manages,
        "live": manages,
        "end": manages,
        "report": manages,
        "join": attends,
        "host_start": manages,
    }
)

# In which states each is possible; three of them also in the ten minutes before the start.
NOT_OVER = (State.scheduled, State.open)
WHEN: Mapping[str, tuple[State, ...]] = MappingProxyType(
    {
        "edit": NOT_OVER,
        "cancel": NOT_OVER,
        "handover": NOT_OVER,
        "participants": NOT_OVER,
        "invite": NOT_OVER,
        "live": (State.open,),
        "end": (State.open,),
        "report": (State.ended,),
        "join": (State.open,),
        "host_start": (State.open,),
    }
)
WITH_OPEN_ENTRANCE = ("live", "join", "host_start")


def ensure_may_plan(viewer: Viewer) -> UUID:
    """Coordinators plan conferences, and look for people to invite; answers for which institution."""
    if not (viewer.coordinates or viewer.administrator) or viewer.institution_id is None:
        raise Forbidden(reason="coordinators-only")
    if viewer.institution_closed:
        raise Forbidden(reason="institution-closed")
    return viewer.institution_id


def ensure_may(viewer: Viewer, act: str, conference: Relation) -> None:
    """Who may not even see it is not told that it exists."""
    if not sees(viewer, conference):
        raise NotFound
    if not MAY[act](viewer, conference):
        raise Forbidden(reason="not-your-conference")


def ensure_may_hand_over_of(viewer: Viewer, owner_id: UUID | None) -> None:
    """Coordinators their own, institution coordinators and administrators also others'; which, each one decides."""
    if not (viewer.coordinates or viewer.administrator):
        raise Forbidden(reason="coordinators-only")
    oversees_some = viewer.administrator or viewer.role == Role.institution_coordinator
    if not oversees_some and owner_id not in (None, viewer.person_id):
        raise Forbidden(reason="not-your-conference")


def possible(act: str, viewer: Viewer, conference: Relation) -> bool:
    """By right and by its state, whatever the clock says of the entrance."""
    return MAY[act](viewer, conference) and conference.state in WHEN[act]


def acts(viewer: Viewer, conference: Relation, now: datetime) -> list[str]:
    """`may[]`: what this person can do with it now, by right and by its state."""
    entrance_open = conference.state not in OVER and now >= conference.starts_at - JOIN_LEAD
    return [
        act
        for act, states in WHEN.items()
        if MAY[act](viewer, conference)
        and (conference.state in states or (entrance_open and act in WITH_OPEN_ENTRANCE))
    ]


def may_choose_unit(
    viewer: Viewer, institution_id: UUID, unit_id: UUID | None, unit_institution_id: UUID | None
) -> bool:
    """For the institution, or for a unit of it: a unit coordinator only for the own one."""
    if unit_id is None:
        return True
    if unit_institution_id != institution_id:
        return False
    return viewer.administrator or viewer.role == Role.institution_coordinator or viewer.unit_id == unit_id
