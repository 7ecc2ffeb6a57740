"""The register is asked anew about everybody, a few people each night (O4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from identity import queries
from identity.clients.hrms import Finding
from identity.models import Person
from identity.parts import Parts
from identity.rules import rechecks
from identity.rules.accounts import Status
from identity.rules.employment import Answer, Employment
from identity.usecases import employment

NIGHTLY, EVERYBODY = "employment.nightly", "everybody"


@dataclass(frozen=True)
class Question:
    """About whom the register is asked. `checked_at`: its answer before; whoever has a newer one needs this no more."""

    person_id: UUID
    sealed_tax_id: str
    checked_at: datetime | None


def claim(session: Session, *, every: timedelta, now: datetime) -> Question | None:
    """Whoever waits longest; nobody else asks about them meanwhile, and if we die they are asked about again soon."""
    found = session.execute(
        select(Person.id, Person.tax_id, Person.employment_checked_at)
        .where(_is_due(every, now))
        .order_by(Person.employment_checked_at.nulls_first(), Person.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if found is None:
        return None
    _asked_until(session, found.id, now + rechecks.ANSWER_TAKES_AT_MOST)
    return Question(found.id, found.tax_id, found.employment_checked_at)


def question_about(session: Session, person_id: UUID) -> Question | None:
    person = session.get(Person, person_id)
    return Question(person.id, person.tax_id, person.employment_checked_at) if person is not None else None


def settle(session: Session, question: Question, finding: Finding, *, parts: Parts, now: datetime) -> bool:
    """What the answer changes, unless a sign-in has got a newer one meanwhile; an outage changes nothing."""
    person = queries.person_if_there_for_update(session, question.person_id)
    if person is None or person.employment_checked_at != question.checked_at:
        return False
    if finding.answer == Answer.unavailable:
        _asked_until(session, person.id, now + rechecks.ANOTHER_NIGHT)
        return False
    employment.settle_later(session, person, finding, parts=parts, now=now)
    return True


def due(session: Session, *, every: timedelta, now: datetime) -> int:
    return session.scalar(select(func.count()).select_from(Person).where(_is_due(every, now))) or 0


def _is_due(every: timedelta, now: datetime) -> ColumnElement[bool]:
    """Not `pending` ones, which a timer of their own asks for until there is an answer."""
    return and_(
        Person.status == Status.active,
        Person.employment != Employment.pending,
        or_(Person.employment_checked_at.is_(None), Person.employment_checked_at <= now - every),
        or_(Person.employment_asked_until.is_(None), Person.employment_asked_until <= now),
    )


def _asked_until(session: Session, person_id: UUID, moment: datetime) -> None:
    """Past the version: nobody else needs to know."""
    asked = update(Person).where(Person.id == person_id).values(employment_asked_until=moment)
    session.execute(asked, execution_options={"synchronize_session": False})
