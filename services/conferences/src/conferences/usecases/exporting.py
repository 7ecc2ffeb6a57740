"""All that conferences keeps of a person, for the person (O5): their places and stays, and what they planned."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.audit import AuditRow
from chassis.exporting import MOST, rows
from conferences.models import Conference, Group, GroupMember, Participation, Person, PersonAddress, Stay


def of(session: Session, person_id: UUID) -> dict[str, Any]:
    acts = or_(AuditRow.actor_id == person_id, AuditRow.object_id == person_id)
    return {
        "person": rows(session, Person, Person.person_id == person_id, "surname", "name", "email", "language"),
        "addresses": rows(session, PersonAddress, PersonAddress.person_id == person_id, "email_folded"),
        "participations": _participations(session, person_id),
        "owned_conferences": rows(
            session,
            Conference,
            Conference.coordinator_id == person_id,
            *("number", "title", "description", "starts_at", "ends_at", "ended_at", "state", "created_at"),
        ),
        "groups": rows(session, Group, Group.owner_id == person_id, "name", "description", "created_at"),
        # Not which group nor whose: the name is its owner's word for others too.
        "group_memberships": rows(session, GroupMember, GroupMember.person_id == person_id, "email", "added_at"),
        "acts": rows(session, AuditRow, acts, "act", "occurred_at"),
    }


def _participations(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """The newest first, each with when its devices were in the room."""
    mine = (
        select(Participation, Conference)
        .join(Conference, Conference.id == Participation.conference_id)
        .where(Participation.person_id == person_id)
        .order_by(Conference.starts_at.desc())
        .limit(MOST)
    )
    theirs = select(Participation.id).where(Participation.person_id == person_id)
    stays: dict[UUID | None, list[dict[str, Any]]] = defaultdict(list)
    inside = select(Stay.participation_id, Stay.joined_at, Stay.left_at).where(Stay.participation_id.in_(theirs))
    for participation_id, joined_at, left_at in session.execute(inside.order_by(Stay.joined_at)):
        stays[participation_id].append({"joined_at": joined_at, "left_at": left_at})
    return [
        {
            "number": conference.number,
            "title": conference.title,
            "starts_at": conference.starts_at,
            "ends_at": conference.ends_at,
            "email": row.email,
            "name": row.name,
            "invited_at": row.invited_at,
            "removed_at": row.removed_at,
            "added_at": row.added_at,
            "stays": stays[row.id],
        }
        for row, conference in session.execute(mine)
    ]
