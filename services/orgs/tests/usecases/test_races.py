"""Many at once, with real commits: the database ends as if they had come one after the other (S8)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from chassis import audit, db
from chassis.outbox import OutboxRow
from orgs.models import Collaboration, CoordinatorInvitation, Institution, Membership, RoleRequest
from orgs.rules import collaborations
from orgs.rules.memberships import Role
from orgs.rules.role_requests import State

from ..factories import make_collaboration, make_institution, make_member, make_role_request, make_unit
from ..reactions.test_person_changed import CHANGED, changed

COLLABORATIONS = "/api/v1/collaborations"
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
            self.colleagues = [make_member(session, institution, role=Role.unit_coordinator) for _ in range(12)]
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


def states_of_collaborations() -> list[tuple[UUID, UUID, str, str | None]]:
    row = Collaboration
    with db.transaction() as session:
        found = session.execute(select(row.owner_person_id, row.collaborator_person_id, row.state, row.ended_because))
        return [tuple(each) for each in found]


def test_of_equal_requests_at_once_each_person_is_asked_once(world, client, as_person, published) -> None:
    there = world(Role.unit_coordinator)
    headers = as_person(there.me)
    ids = [str(id_) for id_ in there.colleagues]
    bodies = [{"person_ids": ids}, {"person_ids": ids[::-1]}, {}] * 4

    answers = at_once(*[lambda body=body: client.post(COLLABORATIONS, json=body, headers=headers) for body in bodies])

    assert {answer.status_code for answer in answers} == {200}
    outcomes = Counter(each["outcome"] for answer in answers for each in answer.json()["results"])
    assert outcomes["added"] == len(ids)
    assert set(outcomes) <= {"added", "already"}
    assert len(states_of_collaborations()) == len(ids)
    with db.transaction() as session:
        assert len(published(session, "orgs.collaboration.changed.v1")) == len(ids)


def test_acceptance_against_deletion_ends_as_if_one_came_after_the_other(world, client, as_person, published) -> None:
    there = world(Role.unit_coordinator)
    seen = set()
    for colleague in there.colleagues:
        asked = client.post(COLLABORATIONS, json={"person_ids": [str(colleague)]}, headers=as_person(there.me)).json()
        id_ = asked["results"][0]["collaboration_id"]

        accepted, ended = at_once(
            lambda id_=id_, headers=as_person(colleague): client.post(
                f"{COLLABORATIONS}/{id_}/acceptance", headers=headers
            ),
            lambda id_=id_, headers=as_person(there.me): client.delete(f"{COLLABORATIONS}/{id_}", headers=headers),
        )

        (row,) = [row for row in states_of_collaborations() if row[1] == colleague]
        with db.transaction() as session:
            facts = [fact for fact in published(session, "orgs.collaboration.changed.v1") if fact.subject == id_]
        expected = {200: "ended_by_owner", 409: "cancelled"}[accepted.status_code]
        assert (ended.status_code, row[2], row[3]) == (204, "ended", expected)
        assert [fact.sequence for fact in facts] == list(range(1, len(facts) + 1))
        assert len(facts) == {200: 3, 409: 2}[accepted.status_code]
        seen.add(accepted.status_code)
    assert seen <= {200, 409}


@pytest.mark.parametrize("how", ["asked", "accepted"])
@pytest.mark.parametrize("change", ["steps down", "is disabled", "is erased"])
def test_nothing_stands_with_somebody_who_was_losing_the_role_meanwhile(
    world, client, as_person, deliver, how: str, change: str
) -> None:
    there = world(Role.unit_coordinator)
    mine = as_person(there.me)

    def ask(colleague: UUID) -> Any:
        return client.post(COLLABORATIONS, json={"person_ids": [str(colleague)]}, headers=mine)

    def accept(colleague: UUID, id_: str) -> Any:
        return client.post(f"{COLLABORATIONS}/{id_}/acceptance", headers=as_person(colleague))

    def lose(colleague: UUID, sequence: int) -> Any:
        if change == "steps down":
            return client.post(STEP_DOWN, json={"role": "user"}, headers=as_person(colleague)).status_code
        if change == "is disabled":
            return deliver(CHANGED, changed(colleague, status="disabled"), sequence=sequence)
        return deliver("identity.person.erased.v1", erased(colleague), subject=colleague, sequence=sequence)

    for sequence, colleague in enumerate(there.colleagues, 2):
        act = partial(ask, colleague)
        if how == "accepted":
            act = partial(accept, colleague, ask(colleague).json()["results"][0]["collaboration_id"])

        answer, lost = at_once(act, partial(lose, colleague, sequence))

        assert answer.status_code in (200, 404, 409)
        assert lost in ("done", 200)
        left = [(state, because) for _, id_, state, because in states_of_collaborations() if id_ == colleague]
        assert left in ([], [("ended", "eligibility_ended")])


def erased(person_id: UUID) -> dict[str, Any]:
    return {
        "person_id": str(person_id), "erased_at": "2026-11-25T06:00:00+00:00", "reason": "requested",
        "language": "el", "withdrawn_ids": [], "sealed": None,
    }  # fmt: skip


def test_two_who_leave_at_once_end_what_was_between_them(world, client, as_person) -> None:
    there = world(Role.unit_coordinator)
    with db.transaction() as session:
        institution = session.get_one(Institution, there.institution_id)
        for one in there.colleagues:
            for other in there.colleagues:
                if one != other:
                    make_collaboration(
                        session, institution, owner=one, collaborator=other, state=collaborations.State.active
                    )

    answers = at_once(
        *[
            lambda headers=as_person(one): client.post(STEP_DOWN, json={"role": "user"}, headers=headers)
            for one in there.colleagues
        ]
    )

    assert {answer.status_code for answer in answers} == {200}
    assert {state for _, _, state, _ in states_of_collaborations()} == {"ended"}


def test_the_constraint_is_the_proof_that_a_pair_has_one_row(world) -> None:
    there = world(Role.unit_coordinator)

    def twice() -> None:
        with db.transaction() as session:
            institution = session.get_one(Institution, there.institution_id)
            for _ in range(2):
                make_collaboration(session, institution, owner=there.me, collaborator=there.colleagues[0])

    with pytest.raises(IntegrityError) as refusal:
        twice()

    assert db.constraint_of(refusal.value) == "collaboration_owner_person_id_collaborator_person_id_key"


def invitation(there: World, email: str) -> dict[str, Any]:
    return {"surname": "Νικολάου", "name": "Νίκος", "email": email, "unit_id": str(there.units[0])}


def test_of_twenty_invitations_of_one_address_one_is_made(world, client, as_person) -> None:
    there = world(Role.institution_coordinator)
    both = [as_person(there.me), as_person(leader_of(there))]
    path = f"/api/v1/institutions/{there.institution_id}/coordinator-invitations"
    spellings = ("n.nikolaou@x.example", "N.Nikolaou@X.example")

    answers = at_once(
        *[
            lambda n=n: client.post(path, json=invitation(there, spellings[n % 2]), headers=both[n // 2 % 2])
            for n in range(20)
        ]
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(CoordinatorInvitation)) == 1


def test_a_unit_is_closed_or_somebody_is_invited_to_it(world, client, as_person) -> None:
    outcomes = Counter[tuple[int, int]]()
    for number in range(8):
        there = world(Role.institution_coordinator)
        headers = as_person(there.me)
        path = f"/api/v1/institutions/{there.institution_id}/coordinator-invitations"

        closed, invited = at_once(
            lambda there=there, headers=headers: client.delete(f"/api/v1/units/{there.units[0]}", headers=headers),
            lambda there=there, headers=headers, path=path, number=number: client.post(
                path, json=invitation(there, f"n{number}@x.example"), headers=headers
            ),
        )

        outcomes[closed.status_code, invited.status_code] += 1
    assert set(outcomes) <= {(204, 422), (409, 201)}


def test_an_invitation_is_accepted_or_taken_back(world, client, as_person, deliver) -> None:
    for _ in range(8):
        there = world(Role.user)
        headers = as_person(leader_of(there))
        path = f"/api/v1/institutions/{there.institution_id}/coordinator-invitations"
        body = invitation(there, "n@x.example") | {"surname": "Παπαδοπούλου"}
        made = client.post(path, json=body, headers=headers).json()["invitation_id"]
        offer = {
            "role": "unit_coordinator",
            "institution_id": str(there.institution_id),
            "unit_id": str(there.units[0]),
        }
        fact = {"invitation_id": made, "person_id": str(there.me), "inviter_id": None, "institution_id": None}

        revoked, heard = at_once(
            lambda made=made, headers=headers: client.delete(
                f"/api/v1/coordinator-invitations/{made}", headers=headers
            ),
            lambda fact=fact, offer=offer, made=made: deliver(
                "identity.invitation.accepted.v1", {**fact, "offer": offer}, subject=made
            ),
        )

        with db.transaction() as session:
            role = session.get_one(Membership, there.me).role
        assert heard == "done"
        assert (revoked.status_code, role) in ((204, Role.user), (409, Role.unit_coordinator))


def test_of_twenty_demotions_one_takes_the_role(world, client, as_person) -> None:
    there = world(Role.unit_coordinator)
    leader = as_person(leader_of(there))

    answers = at_once(*[lambda: client.post(f"/api/v1/coordinators/{there.me}/demotion", headers=leader)] * 20)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
