from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.audit import AuditDetail, AuditRow
from orgs.models import Membership
from orgs.rules.memberships import Role
from orgs.rules.role_requests import Because, State

from ..factories import make_institution, make_member, make_membership, make_role_request

STEP_DOWN = "/api/v1/account/step-down"
CHANGED = "orgs.membership.changed.v1"


@pytest.mark.parametrize(
    ("present", "wanted"),
    [
        (Role.institution_coordinator, Role.unit_coordinator),
        (Role.institution_coordinator, Role.user),
        (Role.unit_coordinator, Role.user),
    ],
)
def test_one_steps_down_at_once_and_stays_where_one_is(
    session: Session, client, as_person, published, present: Role, wanted: Role
) -> None:
    institution = make_institution(session)
    me = make_membership(session, institution, role=present).person_id

    answer = client.post(STEP_DOWN, json={"role": wanted}, headers=as_person(me))

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert (answer.json()["role"], answer.json()["institution"]["id"]) == (wanted, str(institution.id))
    told = published(session, CHANGED)[-1]
    assert (told.data["role"], told.data["unit_id"]) == (wanted, str(institution.general_unit_id))


@pytest.mark.parametrize(
    ("present", "wanted"),
    [
        (Role.user, Role.user),
        (Role.user, Role.unit_coordinator),
        (Role.unit_coordinator, Role.unit_coordinator),
    ],
)
def test_what_is_no_lower_role_is_refused(
    session: Session, client, as_person, published, present: Role, wanted: Role
) -> None:
    me = make_membership(session, make_institution(session), role=present).person_id

    answer = client.post(STEP_DOWN, json={"role": wanted}, headers=as_person(me))

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-a-step-down")
    assert answer.json()["role"] == present
    assert len(published(session, CHANGED)) == 1


@pytest.mark.parametrize(
    "body", [{}, {"role": "institution_coordinator"}, {"role": None}, {"role": "user", "now": True}]
)
def test_a_malformed_step_is_refused(session: Session, client, as_person, body) -> None:
    me = make_membership(session, make_institution(session), role=Role.unit_coordinator).person_id

    assert client.post(STEP_DOWN, json=body, headers=as_person(me)).status_code == 400


def test_who_belongs_nowhere_has_no_role_to_leave(session: Session, client, as_person) -> None:
    assert client.post(STEP_DOWN, json={"role": "user"}, headers=as_person(uuid4())).status_code == 404


def test_an_open_request_is_withdrawn_with_the_role(session: Session, client, as_person, published) -> None:
    institution = make_institution(session)
    me = make_member(session, institution, role=Role.unit_coordinator)
    request = make_role_request(session, institution, person_id=me)

    client.post(STEP_DOWN, json={"role": "user"}, headers=as_person(me))

    assert (request.state, request.withdrawn_because) == (State.withdrawn, Because.stepped_down)
    (told,) = published(session, "orgs.role_request.withdrawn.v1")
    assert told.data["because"] == "stepped_down"


def test_to_run_the_platform_is_another_matter(session: Session, client, as_person) -> None:
    membership = make_membership(session, make_institution(session), role=Role.institution_coordinator)
    membership.platform_administrator = True
    session.flush()

    answer = client.post(STEP_DOWN, json={"role": "user"}, headers=as_person(membership.person_id))

    assert (answer.json()["role"], answer.json()["platform_administrator"]) == ("user", True)


def test_the_last_coordinator_of_an_institution_may_go_and_it_is_kept(session: Session, client, as_person) -> None:
    institution = make_institution(session)
    me = make_membership(session, institution, role=Role.institution_coordinator).person_id

    answer = client.post(STEP_DOWN, json={"role": "user"}, headers=as_person(me))

    assert answer.status_code == 200
    assert session.get_one(Membership, me).role == Role.user
    audit.write(session)
    row, detail = session.execute(select(AuditRow, AuditDetail).join(AuditDetail)).one()
    assert (row.act, row.actor_id, row.object_id) == ("role.stepped_down", me, me)
    assert detail.details == {"institution_id": str(institution.id), "from": "institution_coordinator", "to": "user"}
