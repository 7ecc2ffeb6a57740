"""A conference as somebody sees it at a moment: the row, what goes along with it, and what decides about rights."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from conferences.models import Conference, Participation, Person
from conferences.rules.names import full
from conferences.rules.permissions import Relation, Role, Viewer
from conferences.rules.states import Room, State, state_at


class Row(NamedTuple):
    """A conference with what everybody asks along with it; the columns of `conferences_of`."""

    conference: Conference
    room: str | None
    room_reason: str | None
    surname: str | None
    name: str | None
    coordinator_leads_institution: bool | None
    coordinator_acts: bool | None
    my_participation_id: UUID | None
    my_invited_at: datetime | None


@dataclass(frozen=True)
class Seen:
    """A conference as somebody sees it now."""

    conference: Conference
    relation: Relation
    room: Room
    room_reason: str | None
    coordinator_name: str
    my_participation_id: UUID | None
    my_invited_at: datetime | None

    @property
    def state(self) -> State:
        return self.relation.state


def seen(found: Any, now: datetime) -> Seen:
    row = Row(*found)
    conference = row.conference
    relation = Relation(
        coordinator_id=conference.coordinator_id,
        institution_id=conference.institution_id,
        coordinator_leads_institution=bool(row.coordinator_leads_institution),
        coordinator_acts=bool(row.coordinator_acts),
        participates=row.my_participation_id is not None,
        state=state_at(conference.state, conference.starts_at, conference.ends_at, now),
        starts_at=conference.starts_at,
    )
    return Seen(
        conference=conference,
        relation=relation,
        room=Room(row.room or Room.closed),
        room_reason=row.room_reason,
        coordinator_name=full(row.surname or "", row.name or ""),
        my_participation_id=row.my_participation_id,
        my_invited_at=row.my_invited_at,
    )


def just_planned(conference: Conference, viewer: Viewer, now: datetime) -> Seen:
    """As its maker sees it, without reading it again."""
    leads = viewer.role == Role.institution_coordinator
    found = (conference, Room.pending, None, "", viewer.name, leads, True, None, None)
    return seen(found, now)


def participant_name(row: Participation, person: Person | None) -> str:
    """People with an account are called by their name, guests as they or their inviter said."""
    return full(person.surname, person.name) if person is not None else row.name


def is_guest(row: Participation) -> bool:
    """Without an account; whoever deleted theirs had one."""
    return row.person_id is None and row.erased_at is None
