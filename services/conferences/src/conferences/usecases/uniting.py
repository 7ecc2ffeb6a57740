"""An address turns out to be a person's: places given to it become theirs; two in one conference become one (S22)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from conferences import queries
from conferences.models import Conference, Participation, Person, Registrant, Stay
from conferences.rules import names
from conferences.usecases import participants


def attach(session: Session, person_id: UUID, addresses: Sequence[str], now: datetime) -> None:
    """Conferences are locked in order, so that two such facts at once cannot wait for each other in a circle."""
    if not addresses:
        return
    unclaimed = select(Participation.conference_id, Participation.id).where(
        Participation.email_folded.in_(addresses), Participation.person_id.is_(None)
    )
    for conference_id, participation_id in session.execute(unclaimed.order_by(Participation.conference_id)).all():
        conference = queries.lock(session, conference_id)
        row = session.get_one(Participation, participation_id, populate_existing=True)
        if row.person_id is not None:
            continue
        mine = select(Participation).where(
            Participation.conference_id == conference_id,
            Participation.person_id == person_id,
            Participation.united_into.is_(None),
        )
        kept = session.scalar(mine)
        if kept is None:
            row.person_id = person_id
            session.flush()
            continue
        taken_before = _places(kept) + _places(row)
        _unite(session, kept, row, now)
        participants.count(session, conference, _places(kept) - taken_before)


def detach(session: Session, person_id: UUID, now: datetime) -> None:
    """Whoever may no longer sign in keeps the places to come, as a guest; what is over stays as it was (S2)."""
    person = session.get_one(Person, person_id)
    to_come = select(Conference.id).where(Conference.ends_at > now, Conference.ended_at.is_(None))
    theirs = (
        Participation.person_id == person_id,
        Participation.conference_id.in_(to_come),
        Participation.is_manager.is_(False),
        Participation.united_into.is_(None),
    )
    as_guest = {"person_id": None, "name": names.tidy(names.full(person.surname, person.name))}
    session.execute(update(Participation).where(*theirs).values(as_guest))


def _places(row: Participation) -> int:
    return int(row.removed_at is None and not row.is_manager)


def _unite(session: Session, kept: Participation, other: Participation, now: datetime) -> None:
    """One row with the attendance of both; the other's link leads to it."""
    if _places(other):
        kept.removed_at, kept.is_manager = None, False
        kept.invited_at = kept.invited_at or other.invited_at
    session.execute(update(Stay).where(Stay.participation_id == other.id).values(participation_id=kept.id))
    lowest = session.scalar(select(func.min(Registrant.turn)).where(Registrant.participation_id == kept.id)) or 0
    for row in session.scalars(select(Registrant).where(Registrant.participation_id == other.id)).all():
        lowest = min(lowest, 0) - 1  # before all others: known for attendance, never the link given out
        row.participation_id, row.turn = kept.id, lowest
    other.person_id, other.united_into = kept.person_id, kept.id
    other.removed_at = other.removed_at or now
    session.flush()
