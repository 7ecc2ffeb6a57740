"""Many at once, with real commits: the database ends as if they had come one after the other (S8)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from chassis import audit, db
from chassis.outbox import OutboxRow
from orgs.models import Institution, Membership, RoleRequest
from orgs.rules.memberships import Role
from orgs.rules.role_requests import State

from ..factories import make_institution, make_member, make_role_request, make_unit
from ..reactions.test_person_changed import CHANGED, changed

REQUESTS, STEP_DOWN, UNIT = "/api/v1/role-requests", "/api/v1/account/step-down", "/api/v1/account/unit"


def at_once(*works: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(12) as pool:
        return [running.result() for running in [pool.submit(work) for work in works]]


class World:
    """An institution of two units and one member of it."""

    def __init__(self, role: Role) -> None:
        with db.transaction() as session:
            institution = make_institution(session)
            self.institution_id: UUID = institution.id
            self.units = [make_unit(session, institution).id for _ in range(2)]
            self.me = make_member(session, institution, role=role)
        self.wish = {
            "role": "institution_coordinator",
            "institution_id": str(self.institution_id),
            "phone": "2101234567",
            "reason": "Οργανώνω τηλεδιασκέψεις.",
        }

    def states(self) -> Counter[str]:
        with db.transaction() as session:
            counted = session.execute(select(RoleRequest.state, func.count()).group_by(RoleRequest.state))
            return Counter({state.value: number for state, number in counted})


@pytest.fixture
def world(database: Engine, client) -> Callable[[Role], World]:
    client.get("/health/live")  # connexion builds itself on its first request, one at a time
    return World


def test_of_twenty_requests_at_once_one_is_open(world, client, as_person) -> None:
    there = world(Role.user)
    headers = as_person(there.me)

    answers = at_once(*[lambda: client.post(REQUESTS, json=there.wish, headers=headers)] * 20)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"/problems/role-request-open"}
    assert there.states() == {"open": 1}


def test_the_index_is_the_proof(world) -> None:
    """Even without the lock nobody has two."""
    there = world(Role.user)

    def twice() -> None:
        with db.transaction() as session:
            for _ in range(2):
                make_role_request(session, make_institution(session), person_id=there.me)

    with pytest.raises(IntegrityError) as refusal:
        twice()

    assert db.constraint_of(refusal.value) == "role_request_open_once"


def test_of_twenty_withdrawals_one_is_it(world, client, as_person) -> None:
    there = world(Role.user)
    headers = as_person(there.me)
    id_ = client.post(REQUESTS, json=there.wish, headers=headers).json()["id"]

    answers = at_once(*[lambda: client.delete(f"{REQUESTS}/{id_}", headers=headers)] * 20)

    assert Counter(answer.status_code for answer in answers) == {204: 1, 409: 19}
    assert there.states() == {"withdrawn": 1}
    with db.transaction() as session:
        assert audit.verify(session).rows == 2


def test_asking_and_withdrawing_crosswise_leaves_at_most_one_open(world, client, as_person) -> None:
    there = world(Role.user)
    headers = as_person(there.me)

    def ask_and_withdraw() -> list[int]:
        answer = client.post(REQUESTS, json=there.wish, headers=headers)
        if answer.status_code == 409:
            return [409]
        return [201, client.delete(f"{REQUESTS}/{answer.json()['id']}", headers=headers).status_code]

    outcomes = at_once(*[ask_and_withdraw] * 20)

    assert {tuple(each) for each in outcomes} <= {(409,), (201, 204)}
    assert there.states() == {"withdrawn": outcomes.count([201, 204])}


def test_stepping_down_and_changing_unit_both_happen(world, client, as_person) -> None:
    there = world(Role.institution_coordinator)
    headers = as_person(there.me)
    there_and_back = there.units * 5

    answers = at_once(
        *[lambda unit=unit: client.put(UNIT, json={"unit_id": str(unit)}, headers=headers) for unit in there_and_back],
        *[lambda role=role: client.post(STEP_DOWN, json={"role": role}, headers=headers) for role in ("user",) * 5],
    )

    assert Counter(answer.status_code for answer in answers) == {200: 11, 409: 4}
    with db.transaction() as session:
        membership = session.get_one(Membership, there.me)
        assert membership.role == Role.user
        assert membership.unit_id in there.units


def test_stepping_down_leaves_no_request_open_that_was_made_before(world, client, as_person) -> None:
    there = world(Role.unit_coordinator)
    headers = as_person(there.me)

    asked, stepped = at_once(
        lambda: client.post(REQUESTS, json=there.wish, headers=headers),
        lambda: client.post(STEP_DOWN, json={"role": "user"}, headers=headers),
    )

    assert (asked.status_code, stepped.status_code) == (201, 200)
    with db.transaction() as session:
        request = session.scalars(select(RoleRequest)).one()
        membership = session.get_one(Membership, there.me)
        assert membership.role == Role.user
        assert request.state == State.open or request.withdrawn_because == "stepped_down"


def test_nobody_whose_employment_ended_keeps_an_open_request(world, client, as_person, deliver) -> None:
    for sequence in range(2, 8):
        there = world(Role.user)
        headers = as_person(there.me)

        asked, heard = at_once(
            lambda there=there, headers=headers: client.post(REQUESTS, json=there.wish, headers=headers),
            lambda there=there, sequence=sequence: deliver(
                CHANGED, changed(there.me, employment="none"), sequence=sequence
            ),
        )

        assert asked.status_code in (201, 403)
        assert heard == "done"
        assert there.states()["open"] == 0


def leader_of(there: World) -> UUID:
    with db.transaction() as session:
        institution = session.get_one(Institution, there.institution_id)
        return make_member(session, institution, role=Role.institution_coordinator)


def test_of_twenty_acceptances_one_gives_the_role(world, client, as_person) -> None:
    there = world(Role.user)
    leaders = [as_person(leader_of(there)) for _ in range(2)]
    id_ = client.post(REQUESTS, json=there.wish, headers=as_person(there.me)).json()["id"]

    answers = at_once(
        *[lambda n=n: client.post(f"{REQUESTS}/{id_}/acceptance", headers=leaders[n % 2]) for n in range(20)]
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    assert {answer.json()["state"] for answer in answers} == {"accepted"}, "the others are told what became of it"
    with db.transaction() as session:
        assert session.get_one(Membership, there.me).role == Role.institution_coordinator
        accepted = select(func.count()).where(OutboxRow.type == "orgs.role_request.accepted.v1")
        assert session.scalar(accepted) == 1, "one mail"


@pytest.mark.parametrize("others", ["withdrawal", "rejection", "employment ends"])
def test_an_acceptance_and_what_ends_the_request_have_one_outcome(
    world, client, as_person, deliver, others: str
) -> None:
    outcomes = Counter[str]()
    for sequence in range(2, 10):
        there = world(Role.user)
        mine, leader = as_person(there.me), as_person(leader_of(there))
        id_ = client.post(REQUESTS, json=there.wish, headers=mine).json()["id"]
        path = f"{REQUESTS}/{id_}"
        against: dict[str, Callable[[], Any]] = {
            "withdrawal": lambda path=path, mine=mine: client.delete(path, headers=mine),
            "rejection": lambda path=path, leader=leader: client.post(f"{path}/rejection", json={}, headers=leader),
            "employment ends": lambda there=there, sequence=sequence: deliver(
                CHANGED, changed(there.me, employment="none"), sequence=sequence
            ),
        }

        accepted, _ = at_once(
            lambda path=path, leader=leader: client.post(f"{path}/acceptance", headers=leader), against[others]
        )

        with db.transaction() as session:
            request, membership = session.get_one(RoleRequest, UUID(id_)), session.get_one(Membership, there.me)
            assert (request.state == State.accepted) == (membership.role == Role.institution_coordinator)
            assert accepted.status_code == (200 if request.state == State.accepted else 409)
            outcomes[request.state] += 1
    assert outcomes.total() == 8


def test_of_two_last_coordinators_who_leave_at_once_one_is_the_last(world, client, as_person) -> None:
    for _ in range(5):
        there = world(Role.institution_coordinator)
        both = [as_person(there.me), as_person(leader_of(there))]

        answers = at_once(*[lambda h=h: client.post(STEP_DOWN, json={"role": "user"}, headers=h) for h in both])

        assert [answer.status_code for answer in answers] == [200, 200]
        with db.transaction() as session:
            told = select(OutboxRow.data["institution_id"].astext).where(
                OutboxRow.type == "orgs.institution.uncoordinated.v1"
            )
            assert list(session.scalars(told)).count(str(there.institution_id)) == 1
