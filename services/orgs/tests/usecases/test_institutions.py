from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.db import constraint_of
from orgs.models import Membership, Unit
from orgs.rules.institutions import CATCH_ALL_ID
from orgs.usecases import institutions

from ..factories import make_institution, make_unit


def test_a_new_institution_has_its_general_unit_and_tells_both(session: Session, published) -> None:
    institution = make_institution(session, name="Υπουργείο Εσωτερικών", employment_api_id="1310")

    unit = session.get_one(Unit, institution.general_unit_id)
    assert (unit.institution_id, unit.name) == (institution.id, "Γενικό Τμήμα")
    told, told_of_unit = published(session)
    assert told.type == "orgs.institution.changed.v1"
    assert (told.subject, told.sequence) == (str(institution.id), 1)
    assert told.data["employment_api_id"] == "1310"
    assert told.data["general_unit_id"] == str(unit.id)
    assert told_of_unit.data == {
        "unit_id": str(unit.id),
        "institution_id": str(institution.id),
        "name": "Γενικό Τμήμα",
        "state": "active",
        "general": True,
    }


def test_the_catch_all_is_made_once(session: Session, published) -> None:
    first, second = institutions.catch_all(session), institutions.catch_all(session)

    assert first is second
    assert (first.id, first.name) == (CATCH_ALL_ID, "Δημόσια Διοίκηση")
    assert len(published(session, "orgs.institution.changed.v1")) == 1


def test_the_database_refuses_another_institutions_unit_as_general_unit(session: Session) -> None:
    institution, other = make_institution(session), make_institution(session)
    session.connection().exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")

    institution.general_unit_id = other.general_unit_id
    with pytest.raises(IntegrityError) as refused:
        session.flush()

    assert constraint_of(refused.value) == "institution_id_general_unit_id_fkey"


def test_the_database_refuses_a_membership_in_another_institutions_unit(session: Session) -> None:
    institution, other = make_institution(session), make_institution(session)
    unit = make_unit(session, other)

    session.add(Membership(person_id=uuid4(), institution_id=institution.id, unit_id=unit.id))
    with pytest.raises(IntegrityError) as refused:
        session.flush()

    assert constraint_of(refused.value) == "membership_institution_id_unit_id_fkey"
