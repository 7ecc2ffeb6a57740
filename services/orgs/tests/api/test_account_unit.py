from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from chassis import audit, db
from chassis.audit import AuditDetail, AuditRow
from orgs.models import Membership
from orgs.rules.institutions import State
from orgs.rules.memberships import Role

from ..factories import make_institution, make_membership, make_unit

UNIT = "/api/v1/account/unit"


@pytest.mark.parametrize("role", list(Role))
def test_whatever_the_role_one_chooses_among_the_units_of_the_own_institution(
    session: Session, client, as_person, published, role: Role
) -> None:
    institution = make_institution(session)
    unit = make_unit(session, institution, name="Διεύθυνση Πληροφορικής")
    me = make_membership(session, institution, role=role).person_id

    answer = client.put(UNIT, json={"unit_id": str(unit.id)}, headers=as_person(me))

    assert answer.status_code == 200
    assert answer.json()["unit"] == {"id": str(unit.id), "name": "Διεύθυνση Πληροφορικής"}
    assert (answer.json()["role"], answer.headers["ETag"]) == (role, '"2"')
    told = published(session, "orgs.membership.changed.v1")[-1]
    assert (told.data["unit_id"], told.data["role"], told.sequence) == (str(unit.id), role, 2)


def test_the_change_is_kept_with_what_it_was_before(session: Session, client, as_person) -> None:
    institution = make_institution(session)
    unit = make_unit(session, institution)
    me = make_membership(session, institution).person_id

    client.put(UNIT, json={"unit_id": str(unit.id)}, headers=as_person(me))

    audit.write(session)
    row, detail = session.execute(select(AuditRow, AuditDetail).join(AuditDetail)).one()
    assert (row.act, row.actor_id, row.object_id) == ("unit.changed", me, me)
    assert detail.details == {"from": str(institution.general_unit_id), "to": str(unit.id)}


def test_choosing_the_present_unit_changes_nothing(session: Session, client, as_person, published) -> None:
    institution = make_institution(session)
    me = make_membership(session, institution).person_id

    answer = client.put(UNIT, json={"unit_id": str(institution.general_unit_id)}, headers=as_person(me))

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert len(published(session, "orgs.membership.changed.v1")) == 1


@pytest.mark.parametrize("which", ["unknown", "closed", "of another institution"])
def test_a_unit_that_is_not_to_be_had_is_refused(session: Session, client, as_person, which: str) -> None:
    institution = make_institution(session)
    closed = make_unit(session, institution)
    closed.state = State.closed
    elsewhere = make_unit(session, make_institution(session))
    me = make_membership(session, institution).person_id
    unit_id = {"unknown": uuid4(), "closed": closed.id, "of another institution": elsewhere.id}[which]

    answer = client.put(UNIT, json={"unit_id": str(unit_id)}, headers=as_person(me))

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unit-not-available")
    assert session.get_one(Membership, me).unit_id == institution.general_unit_id


def test_who_belongs_nowhere_yet_has_no_unit_to_choose(session: Session, client, as_person) -> None:
    unit = make_unit(session, make_institution(session))

    answer = client.put(UNIT, json={"unit_id": str(unit.id)}, headers=as_person(uuid4()))

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    "body", [{}, {"unit_id": "general"}, {"unit_id": None}, {"unit_id": str(uuid4()), "role": "user"}]
)
def test_a_malformed_choice_is_refused(session: Session, client, as_person, body) -> None:
    me = make_membership(session, make_institution(session)).person_id

    answer = client.put(UNIT, json=body, headers=as_person(me))

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")


def test_twenty_choices_at_once_are_made_one_after_the_other(database: Engine, client, as_person) -> None:
    client.get("/health/live")
    with db.transaction() as session:
        institution = make_institution(session)
        units = [make_unit(session, institution).id for _ in range(20)]
        me = make_membership(session, institution).person_id
    headers = as_person(me)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda unit: client.put(UNIT, json={"unit_id": str(unit)}, headers=headers), units))

    assert Counter(answer.status_code for answer in answers) == {200: 20}
    with db.transaction() as session:
        assert session.get_one(Membership, me).version == 21
        assert audit.verify(session).rows == 20
