"""The search for people to invite (S22): coordinators only, few answers, no address that one did not know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, cast, func, literal, select
from sqlalchemy.orm import Session

from chassis.db import plan_each_anew
from chassis.text import folded
from conferences.models import Institution, Membership, Person, PersonAddress
from conferences.rules import addresses, permissions
from conferences.rules.names import full
from conferences.rules.permissions import Viewer

MOST_FOUND = 10
SHORTEST = 3


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
    plan_each_anew(session)
    query = select(Person).where(Person.status == "active", Person.email.is_not(None))
    by_address = "@" in wanted
    if by_address:
        owner = select(PersonAddress.person_id).where(PersonAddress.email_folded == addresses.fold(wanted))
        query = query.where(Person.person_id.in_(owner))
    else:
        query = query.where(*_named(words)).order_by(*_best_first(words))
    people = session.scalars(query.limit(MOST_FOUND)).all()
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


def _named(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Short words are the whole name as it is written: pairs of letters, one after the other, would list everybody."""
    if any(len(word) >= SHORTEST for word in words):
        return [Person.search.contains(word, autoescape=True) for word in words]
    name = " ".join(words)
    return [_has_word(name), Person.search.contains(name, autoescape=True)]  # the latter is what the index knows


def _best_first(words: Sequence[str]) -> tuple[Any, ...]:
    """Most whole words, then the shortest name: about what trigrams say, and cheaper among thousands of namesakes."""
    whole = sum((cast(_has_word(word), Integer) for word in words), literal(0))
    return whole.desc(), func.length(Person.search), Person.person_id


def _has_word(word: str) -> ColumnElement[bool]:
    return (literal(" ") + Person.search + literal(" ")).contains(f" {word} ", autoescape=True)
