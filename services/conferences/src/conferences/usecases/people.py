"""The search for people to invite (S22): coordinators only, few answers, no address that one did not know."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

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
    institution_id: UUID | None
    institution_name: str
    email: str
    masked: bool


def search(session: Session, *, viewer: Viewer, wanted: str) -> list[Found]:
    """By words of the name, in any order; by an address only in full, or it could be guessed letter by letter."""
    permissions.ensure_may_plan(viewer)
    words = folded(wanted).split()
    if len("".join(words)) < SHORTEST:
        return []
    query = (
        select(Person, Institution)
        .outerjoin(Membership, Membership.person_id == Person.person_id)
        .outerjoin(Institution, Institution.institution_id == Membership.institution_id)
        .where(Person.status == "active", Person.email.is_not(None))
    )
    by_address = "@" in wanted
    if by_address:
        owner = select(PersonAddress.person_id).where(PersonAddress.email_folded == addresses.fold(wanted))
        query = query.where(Person.person_id.in_(owner))
    else:
        query = query.where(*(Person.search.contains(word, autoescape=True) for word in words))
        query = query.order_by(func.similarity(Person.search, " ".join(words)).desc(), Person.person_id)
    return [
        Found(
            person_id=person.person_id,
            name=full(person.surname, person.name),
            institution_id=institution.institution_id if institution is not None else None,
            institution_name=institution.name if institution is not None else "",
            email=wanted.strip() if by_address else addresses.masked(person.email or ""),
            masked=not by_address,
        )
        for person, institution in session.execute(query.limit(MOST_FOUND)).all()
    ]
