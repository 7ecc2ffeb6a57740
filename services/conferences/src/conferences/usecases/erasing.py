"""Somebody's account was deleted (S6): names and addresses go, what was counted and measured stays, nobody's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis import outbox, timers
from chassis.clock import now
from chassis.forgetting import Forgetting
from chassis.tombstones import TombstoneRow
from conferences import events, queries
from conferences.models import (
    Collaboration,
    Conference,
    Group,
    GroupMember,
    Membership,
    Participation,
    Person,
    PersonAddress,
    Registrant,
)
from conferences.rules.states import NOBODY
from conferences.usecases import participants

PORTION, LOCKED_AT_ONCE = 500, 20
COPIES: tuple[InstrumentedAttribute[UUID], ...] = (
    Person.person_id,
    PersonAddress.person_id,
    Membership.person_id,
    Collaboration.owner_person_id,
    Collaboration.collaborator_person_id,
    GroupMember.person_id,
)


def erase(session: Session, person_id: UUID) -> datetime | None:
    """A portion; the copies of what others told us first, because rights come from them."""
    moment = now()
    forget_copies(session, person_id)
    for portion in (_delete_groups, _leave_planned, _leave_past, _give_up_places, _take_off_reports):
        if portion(session, person_id, moment):
            return moment
    return None


def forget_copies(session: Session, person_id: UUID) -> None:
    """And off everybody's groups: nobody is to be offered them any more."""
    for column in COPIES:
        statement = delete(column.class_).where(column == person_id)
        session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()


def _delete_groups(session: Session, person_id: UUID, _moment: datetime) -> bool:
    """Their own: nobody else has ever seen them. Out of reach already, with the role."""
    theirs = select(Group.id).where(Group.owner_id == person_id).limit(LOCKED_AT_ONCE)
    gone = delete(Group).where(Group.id.in_(theirs)).returning(Group.id)
    return bool(session.scalars(gone, execution_options={"synchronize_session": False}).all())


def _leave_planned(session: Session, person_id: UUID, _moment: datetime) -> bool:
    """Planned while the account was being deleted: falls to the institution's coordinators, without an owner (S25)."""
    theirs = select(Conference).where(Conference.coordinator_id == person_id, Conference.state.in_(queries.ALIVE))
    found = session.scalars(theirs.order_by(Conference.id).limit(LOCKED_AT_ONCE).with_for_update()).all()
    for conference in found:
        conference.coordinator_id = NOBODY
        session.flush()
        outbox.add(session, events.conference_fact("changed", conference))
    return bool(found)


def _leave_past(session: Session, person_id: UUID, _moment: datetime) -> bool:
    """Past the version: nobody edits what is over."""
    theirs = select(Conference.id).where(Conference.coordinator_id == person_id).limit(PORTION)
    left = update(Conference).where(Conference.id.in_(theirs)).values(coordinator_id=NOBODY)
    return bool(session.scalars(left.returning(Conference.id), execution_options={"synchronize_session": False}).all())


def _give_up_places(session: Session, person_id: UUID, moment: datetime) -> bool:
    """Conferences to come have a place less, and the provider's link is dead. Locked in order, one after the other."""
    to_come = (Conference.state.in_(queries.ALIVE), Conference.ends_at > moment)
    theirs = (
        select(Participation.conference_id, Participation.id)
        .join(Conference, Conference.id == Participation.conference_id)
        .where(Participation.person_id == person_id, *to_come)
        .order_by(Participation.conference_id)
        .limit(LOCKED_AT_ONCE)
    )
    found = session.execute(theirs).all()
    for conference_id, participation_id in found:
        conference = queries.lock(session, conference_id)
        row = session.get_one(Participation, participation_id, populate_existing=True)
        if row.person_id != person_id:
            continue
        had_place = row.removed_at is None and not row.is_manager
        row.removed_at = row.removed_at or moment
        session.flush()
        participants.count(session, conference, -1 if had_place else 0)
        _anonymise(session, Participation.id == row.id, moment)
        timers.schedule(session, "registrant.withdraw", row.id, moment)
    return bool(found)


def _take_off_reports(session: Session, person_id: UUID, moment: datetime) -> bool:
    """Lines, stays and durations stay; they are a deleted user's."""
    theirs = select(Participation.id).where(Participation.person_id == person_id).limit(PORTION)
    return _anonymise(session, Participation.id.in_(theirs), moment) > 0


def _anonymise(session: Session, which: ColumnElement[bool], moment: datetime) -> int:
    """The address key stays unique within its conference; a random digest is no ticket's."""
    values = {
        "person_id": None,
        "email": "",
        "email_folded": func.concat("deleted:", Participation.id),
        "masked": False,
        "name": "",
        "ticket_digest": func.sha256(func.uuid_send(func.gen_random_uuid())),
        "ticket_generation": Participation.ticket_generation + 1,
        "erased_at": moment,
    }
    unread = {"synchronize_session": False}
    changed = update(Participation).where(which).values(values).returning(Participation.id)
    ids = session.scalars(changed, execution_options=unread).all()
    links = update(Registrant).where(Registrant.participation_id.in_(ids)).values(display_name="", join_url=None)
    session.execute(links.execution_options(**unread))
    session.expire_all()
    return len(ids)


def _done(session: Session, stone: TombstoneRow) -> None:
    outbox.add(session, events.person_erased(stone, now()))


FORGETTING = Forgetting(
    erase=erase,
    done=_done,
    about=frozenset({"person_id", "owner_person_id", "collaborator_person_id"}),
    spared=frozenset({"identity.person.erased.v1", "conferences.person.erased.v1"}),
)
