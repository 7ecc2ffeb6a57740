"""Reads about collaborations: what decides whether two may, who is asked, who helps whom."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, case, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.text import folded
from orgs.models import (
    Collaboration,
    Membership,
    Person,
    Unit,
)
from orgs.rules.collaborations import IN_A_ROW, Standing
from orgs.rules.collaborations import State as CollaborationState
from orgs.rules.memberships import Role


class Coordinator(NamedTuple):
    standing: Standing
    surname: str
    name: str


def standings(session: Session, person_ids: Iterable[UUID]) -> dict[UUID, Coordinator]:
    """Of whom identity has told us nothing yet, nothing is known."""
    query = (
        select(
            Membership.person_id, Membership.role, Membership.institution_id, Person.status, Person.surname, Person.name
        )
        .join(Person, Person.person_id == Membership.person_id)
        .where(Membership.person_id.in_(person_ids))
    )
    return {
        person_id: Coordinator(Standing(role, institution_id, status), surname, name)
        for person_id, role, institution_id, status, surname, name in session.execute(query)
    }


def collaboration_candidates(
    owner_id: UUID, institution_id: UUID, search: str | None = None
) -> Select[*tuple[Any, ...]]:
    """The other coordinators of the institution, without those whom the owner has asked already."""
    asked = exists().where(
        Collaboration.owner_person_id == owner_id,
        Collaboration.collaborator_person_id == Membership.person_id,
        Collaboration.state != CollaborationState.ended,
    )
    query = (
        select(Membership, Person, Unit.name)
        .join(Person, Person.person_id == Membership.person_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Membership.institution_id == institution_id,
            Membership.role != Role.user,
            Membership.person_id != owner_id,
            Person.status == "active",
            ~asked,
        )
    )
    return query.where(Membership.search.contains(folded(search), autoescape=True)) if search else query


def candidate_ids(session: Session, owner_id: UUID, institution_id: UUID, *, limit: int) -> Sequence[UUID]:
    query = collaboration_candidates(owner_id, institution_id).with_only_columns(Membership.person_id)
    return session.scalars(query.order_by(Membership.search, Membership.person_id).limit(limit)).all()


def open_collaborations(
    session: Session, *, owner_id: UUID, collaborator_ids: Iterable[UUID], institution_id: UUID, now: datetime
) -> set[UUID]:
    """Ask those who are not asked already; whose request or collaboration ended is asked anew. Whose rows are new."""
    asked = {
        "institution_id": institution_id,
        "state": CollaborationState.pending,
        "created_at": now,
        "updated_at": now,
    }
    rows = [
        {
            "id": new_id(),
            "owner_person_id": owner_id,
            "collaborator_person_id": id_,
            **asked,
            "asked_times": 1,
            "version": 1,
        }
        for id_ in sorted(collaborator_ids)  # two requests at once meet the rows in one order
    ]
    if not rows:
        return set()
    in_a_row = case((Collaboration.created_at > now - IN_A_ROW, Collaboration.asked_times + 1), else_=1)
    anew = {**asked, "ended_because": None, "asked_times": in_a_row, "version": Collaboration.version + 1}
    statement = insert(Collaboration).values(rows)
    statement = statement.on_conflict_do_update(
        index_elements=["owner_person_id", "collaborator_person_id"],
        set_=anew,
        where=Collaboration.state == CollaborationState.ended,
    )
    return set(session.scalars(statement.returning(Collaboration.collaborator_person_id)))


def collaborations_with(session: Session, owner_id: UUID, collaborator_ids: Iterable[UUID]) -> Sequence[Collaboration]:
    query = select(Collaboration).where(
        Collaboration.owner_person_id == owner_id, Collaboration.collaborator_person_id.in_(collaborator_ids)
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()


def collaboration(session: Session, id_: UUID) -> Collaboration:
    found = session.get(Collaboration, id_)
    if found is None:
        raise NotFound
    return found


def collaboration_for_update(session: Session, id_: UUID) -> Collaboration:
    found = session.get(Collaboration, id_, populate_existing=True, with_for_update=True)
    if found is None:
        raise NotFound
    return found


def collaborations_under_way(session: Session, person_id: UUID) -> Sequence[Collaboration]:
    """Those of a person, on either side, locked; in one order, for both sides may be ending them."""
    theirs = or_(Collaboration.owner_person_id == person_id, Collaboration.collaborator_person_id == person_id)
    query = select(Collaboration).where(theirs, Collaboration.state != CollaborationState.ended)
    query = query.order_by(Collaboration.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


CollaborationRow = Row[Collaboration, Membership, Person, str]


def collaborations_of(
    session: Session, person_id: UUID, mine: InstrumentedAttribute[UUID], *, limit: int
) -> Sequence[CollaborationRow]:
    """Where the person is on one side; what waits for an answer first."""
    query = _with_the_other(mine).where(mine == person_id, Collaboration.state != CollaborationState.ended)
    query = query.order_by(Collaboration.state.desc(), Person.search, Person.person_id)
    return session.execute(query.limit(limit)).all()


def collaboration_with_owner(session: Session, id_: UUID) -> CollaborationRow:
    return session.execute(_with_the_other(Collaboration.collaborator_person_id).where(Collaboration.id == id_)).one()


def _with_the_other(mine: InstrumentedAttribute[UUID]) -> Select[*tuple[Any, ...]]:
    """With who is on the other side than mine."""
    owner, collaborator = Collaboration.owner_person_id, Collaboration.collaborator_person_id
    theirs = collaborator if mine is owner else owner
    return (
        select(Collaboration, Membership, Person, Unit.name)
        .join(Membership, Membership.person_id == theirs)
        .join(Person, Person.person_id == theirs)
        .join(Unit, Unit.id == Membership.unit_id)
    )
