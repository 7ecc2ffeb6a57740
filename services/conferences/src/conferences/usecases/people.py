"""The search for people to invite (S22): coordinators only, few answers, no address that one did not know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, cast, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from chassis.db import plan_search
from chassis.text import folded
from conferences.models import Institution, Membership, Person, PersonAddress
from conferences.rules import addresses, permissions
from conferences.rules.names import full
from conferences.rules.permissions import Viewer

MOST_FOUND = 10
SHORTEST = 3
RANKED = 1_000  # of thousands of namesakes no more are compared: somebody waits, and will write more of the name


@dataclass(frozen=True)
class Found:
    person_id: UUID
    name: str
    institution: Institution | None
    email: str
    masked: bool


def search(session: Session, *, viewer: Viewer, wanted: str) -> list[Found]:
    """By words of the name, in any order; by an address only in full, or it could be guessed letter by letter."""
    permissions.ensure_may_plan(viewer)
    words = folded(wanted).split()
    if len("".join(words)) < SHORTEST:
        return []
    plan_search(session)
    by_address = "@" in wanted
    people = _with_address(session, wanted) if by_address else _named(session, words)
    institutions = _institutions_of(session, people)
    return [
        Found(
            person_id=person.person_id,
            name=full(person.surname, person.name),
            institution=institutions.get(person.person_id),
            email=wanted.strip() if by_address else addresses.masked(person.email or ""),
            masked=not by_address,
        )
        for person in people
    ]


def _institutions_of(session: Session, people: Sequence[Person]) -> dict[UUID, Institution]:
    query = (
        select(Membership.person_id, Institution)
        .join(Institution, Institution.institution_id == Membership.institution_id)
        .where(Membership.person_id.in_(person.person_id for person in people))
    )
    return dict(session.execute(query).all())


def _with_address(session: Session, wanted: str) -> Sequence[Person]:
    owner = select(PersonAddress.person_id).where(PersonAddress.email_folded == addresses.fold(wanted))
    return session.scalars(select(Person).where(*_findable(), Person.person_id.in_(owner))).all()


def _named(session: Session, words: Sequence[str]) -> Sequence[Person]:
    """Whoever has all words whole, then by parts of words, most whole ones first.

    Short words are the whole name as it is written: pairs of letters, one after the other, would list everybody.
    """
    by_parts = any(len(word) >= SHORTEST for word in words)
    sought = words if by_parts else [" ".join(words)]
    best = _ranked(session, sought, [_has_word(Person.search, word) for word in sought])
    if by_parts and len(best) < MOST_FOUND:
        parts = _ranked(session, sought, [Person.search.contains(word, autoescape=True) for word in sought])
        best += [person for person in parts if person not in best]
    return best[:MOST_FOUND]


def _ranked(session: Session, words: Sequence[str], named: Sequence[ColumnElement[bool]]) -> list[Person]:
    """Most whole words, then the shortest name."""
    some = aliased(Person, select(Person).where(*_findable(), *named).limit(RANKED).subquery())
    whole = sum((cast(_has_word(some.search, word), Integer) for word in words), literal(0))
    query = select(some).order_by(whole.desc(), func.length(some.search), some.person_id)
    return list(session.scalars(query.limit(MOST_FOUND)))


def _findable() -> tuple[ColumnElement[bool], ...]:
    return Person.status == "active", Person.email.is_not(None)


def _has_word(names: Any, word: str) -> ColumnElement[bool]:
    """First, last or between others: said so that the index of trigrams helps."""
    return or_(
        names.startswith(f"{word} ", autoescape=True),
        names.contains(f" {word} ", autoescape=True),
        names.endswith(f" {word}", autoescape=True),
    )
