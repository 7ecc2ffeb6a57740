"""Rows that tests need, valid and with what they hang on."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.text import folded
from orgs.models import Collaboration, Institution, Membership, Offer, Person, PlannedConference, RoleRequest, Unit
from orgs.rules.collaborations import Because as EndedBecause
from orgs.rules.collaborations import State as CollaborationState
from orgs.rules.memberships import Role, Standing
from orgs.rules.role_requests import Because, State
from orgs.usecases import institutions, memberships

_numbers = count(1)


def make_institution(
    session: Session, *, id: UUID | None = None, name: str | None = None, **values: str
) -> Institution:
    name = name or f"Υπουργείο {next(_numbers)}"
    return institutions.create(session, id_=id or uuid4(), name=name, general_unit_id=uuid4(), **values)


def make_unit(session: Session, institution: Institution, *, id: UUID | None = None, name: str | None = None) -> Unit:
    name = name or f"Διεύθυνση {next(_numbers)}"
    return institutions.add_unit(session, institution=institution, id_=id or uuid4(), name=name)


def make_membership(
    session: Session, institution: Institution, *, person_id: UUID | None = None, role: Role = Role.user
) -> Membership:
    standing = Standing(institution.id, institution.general_unit_id, role)
    return memberships.join(session, person_id=person_id or uuid4(), standing=standing)


def make_person(session: Session, person_id: UUID, **values: Any) -> Person:
    number = next(_numbers)
    known: dict[str, Any] = {
        "number": number,
        "surname": "ΠΑΠΑΔΟΠΟΥΛΟΥ",
        "name": "ΜΑΡΙΑ",
        "email": f"person{number}@digital.example",
        "status": "active",
        "employment": "employed",
        "employment_bodies": [],
        "sequence": 1,
        **values,
    }
    known["search"] = folded("{surname} {name} {surname}".format_map(known))
    person = Person(person_id=person_id, **known)
    session.add(person)
    session.flush()
    return person


def make_member(session: Session, institution: Institution, *, role: Role = Role.user, **person: Any) -> UUID:
    """Somebody of whom we know everything; returns the id."""
    person_id = make_membership(session, institution, role=role).person_id
    make_person(session, person_id, **person)
    return person_id


def make_accepted_offer(session: Session, person_id: UUID, institution: Institution, role: str) -> None:
    offer = Offer(
        invitation_id=uuid4(), person_id=person_id, role=role, institution_id=institution.id, taken_at=now()
    )  # fmt: skip
    session.add(offer)
    session.flush()


def make_role_request(
    session: Session,
    institution: Institution,
    *,
    person_id: UUID | None = None,
    state: State = State.open,
    **values: Any,
) -> RoleRequest:
    asked = {"role": Role.institution_coordinator, "phone": "+302101234567", "reason": "Οργανώνω τηλεδιασκέψεις."}
    request = RoleRequest(
        person_id=person_id or make_member(session, institution),
        institution_id=institution.id,
        state=state,
        withdrawn_because=Because.applicant if state == State.withdrawn else None,
        created_at=now(),
        updated_at=now(),
        **{**asked, **values},
    )
    session.add(request)
    session.flush()
    return request


def make_administrator(session: Session) -> UUID:
    """Whose rights need a second factor besides."""
    membership = make_membership(session, make_institution(session))
    membership.platform_administrator = True
    session.flush()
    return membership.person_id


def make_planned_conference(
    session: Session, institution: Institution, *, unit_id: UUID | None = None, **values: Any
) -> PlannedConference:
    known = {"ends_at": now() + timedelta(days=1), "state": "scheduled", "sequence": 1}
    conference = PlannedConference(
        conference_id=uuid4(), institution_id=institution.id, unit_id=unit_id, **{**known, **values}
    )
    session.add(conference)
    session.flush()
    return conference


def make_collaboration(
    session: Session,
    institution: Institution,
    *,
    owner: UUID,
    collaborator: UUID,
    state: CollaborationState = CollaborationState.pending,
) -> Collaboration:
    row = Collaboration(
        owner_person_id=owner,
        collaborator_person_id=collaborator,
        institution_id=institution.id,
        state=state,
        ended_because=EndedBecause.cancelled if state == CollaborationState.ended else None,
        created_at=now(),
        updated_at=now(),
    )
    session.add(row)
    session.flush()
    return row
