"""A coordinator leaves: whoever answers for the institution is told what is left there without one (S25).

What counts is what the list of those without coordinator shows after a change of our copies and did not before it: so
mail and list agree, and whoever is demoted, then disabled, then erased has left once.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from chassis import outbox
from conferences import events, queries
from conferences.models import Conference, Membership, Person
from conferences.rules.permissions import COORDINATING, Role


@contextmanager
def noticed(session: Session, person_id: UUID, now: datetime) -> Iterator[None]:
    """Around such a change. Alone with the membership: of two at once, the second sees what the first one left."""
    acted_at = _institutions_acted_at(session, person_id, now) if _coordinates(session, person_id) else ()
    yield
    if acted_at:
        _tell(session, person_id, acted_at, now)


def _coordinates(session: Session, person_id: UUID) -> bool:
    acts = or_(Membership.role.in_(COORDINATING), Membership.platform_administrator)
    mine = select(Membership.person_id).where(Membership.person_id == person_id, acts)
    return session.scalar(mine.with_for_update()) is not None


def _institutions_acted_at(session: Session, person_id: UUID, now: datetime) -> Sequence[UUID]:
    """Where conferences of theirs are planned; more than one, of administrators and of who came from elsewhere."""
    theirs = (Conference.coordinator_id == person_id, *queries.planned_filter(now))
    acted = select(Conference.institution_id).where(*theirs, ~queries.lacks_coordinator_filter())
    return session.scalars(acted.distinct()).all()


def _tell(session: Session, person_id: UUID, acted_at: Sequence[UUID], now: datetime) -> None:
    left = (
        select(Conference.institution_id, func.count(), func.min(Conference.starts_at))
        .where(
            Conference.coordinator_id == person_id,
            Conference.institution_id.in_(acted_at),
            *queries.planned_filter(now),
            queries.lacks_coordinator_filter(),
        )
        .group_by(Conference.institution_id)
    )
    for institution_id, count, first_starts_at in session.execute(left).all():
        fact = events.coordinator_left(
            institution_id,
            institution_name=queries.institution_name(session, institution_id),
            receivers=_who_answers_for(session, institution_id),
            count=count,
            first_starts_at=first_starts_at,
        )
        outbox.add(session, fact)


def _who_answers_for(session: Session, institution_id: UUID) -> Sequence[UUID]:
    """Its coordinators, and while it has none those who run the platform; nobody who cannot come in."""
    leads = and_(Membership.role == Role.institution_coordinator, Membership.institution_id == institution_id)
    for who in (leads, Membership.platform_administrator):
        active = select(Membership.person_id).join(Person, Person.person_id == Membership.person_id)
        found = session.scalars(active.where(who, Person.status == "active").order_by(Membership.person_id)).all()
        if found:
            return found
    return ()
