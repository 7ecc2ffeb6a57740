"""Accounts that nobody uses are warned about, then deleted (O3). Written past the version: no news for others."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, select, update
from sqlalchemy.orm import Session, selectinload

from chassis import outbox
from identity import events
from identity.models import Membership, OwnedConference, Person
from identity.rules import inactivity as rules
from identity.rules.accounts import DisabledReason
from identity.rules.erasing import PLANNED, Reason
from identity.rules.inactivity import Patience, Step
from identity.usecases import erasing

CLEAN_UP, EVERYBODY = "inactivity.clean_up", "everybody"
UNREAD = {"synchronize_session": False}


def warn_or_erase(session: Session, *, patience: Patience, limit: int, now: datetime) -> dict[str, int]:
    """One portion of what is due; nothing when all is done. Whoever is signing in just now is left for the next."""
    for step in rules.steps(now, patience):
        people = session.scalars(_claimed(_due(step), limit)).all()
        if people and step.is_last:
            _erase(session, people, Reason.inactive, now)
            return {"inactive": len(people)}
        if people:
            _warn(session, people, step, patience, now)
            return {f"warned_{step.warnings + 1}": len(people)}
    unused_since = rules.months_before(now, patience.never_activated_months)
    never = and_(Person.activated_at.is_(None), Person.last_active_at <= unused_since, _may_be_erased())
    people = session.scalars(_claimed(never, limit)).all()
    _erase(session, people, Reason.never_activated, now)
    return {"never_activated": len(people)} if people else {}


def _claimed(due: ColumnElement[bool], limit: int) -> Select[Person]:
    query = select(Person).where(due).options(selectinload(Person.emails))
    query = query.order_by(Person.last_active_at, Person.id).limit(limit)
    return query.with_for_update(of=Person, skip_locked=True).execution_options(populate_existing=True)


def _due(step: Step) -> ColumnElement[bool]:
    unused = and_(Person.inactivity_warnings == step.warnings, Person.last_active_at <= step.unused_since)
    if step.warned_before is not None:
        unused = and_(unused, Person.inactivity_warned_at <= step.warned_before)
    return and_(unused, Person.activated_at.is_not(None), _may_be_erased())


def _may_be_erased() -> ColumnElement[bool]:
    """Not whoever runs the platform, nor who still has conferences to come; nor whom an administrator shut out: a
    deleted account could come back by a new one."""
    runs_the_platform = exists().where(Membership.person_id == Person.id, Membership.platform_administrator)
    has_plans = exists().where(OwnedConference.owner_id == Person.id, OwnedConference.state.in_(PLANNED))
    shut_out = Person.disabled_reason.is_not_distinct_from(DisabledReason.administrator)
    return and_(~runs_the_platform, ~has_plans, ~shut_out)


def _warn(session: Session, people: Sequence[Person], step: Step, patience: Patience, now: datetime) -> None:
    """Whoever has no address cannot be told, but has as long as the others."""
    notice = step.notice or timedelta(0)
    for person in people:
        if person.proven_primary is not None:
            until = rules.ends_at(person.last_active_at, notice, now, patience)
            outbox.add(session, events.inactivity_warned(person, until))
    warned = {"inactivity_warnings": step.warnings + 1, "inactivity_warned_at": now}
    ids = [person.id for person in people]
    session.execute(update(Person).where(Person.id.in_(ids)).values(warned), execution_options=UNREAD)


def _erase(session: Session, people: Sequence[Person], reason: Reason, now: datetime) -> None:
    for person in people:
        erasing.begin(session, person, reason=reason, now=now)
