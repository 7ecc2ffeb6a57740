"""Rows that tests need, valid and with what they hang on."""

from itertools import count
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from orgs.models import Institution, Membership, Unit
from orgs.rules.memberships import Role, Standing
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
