"""Asking for a role, seeing who asks, withdrawing (S8)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.audit import AuditDetail, AuditRow
from chassis.testing.statements import counted
from orgs.models import RoleRequest
from orgs.rules.institutions import State as InstitutionState
from orgs.rules.memberships import Role
from orgs.rules.role_requests import State

from ..factories import (
    make_accepted_offer,
    make_institution,
    make_member,
    make_membership,
    make_role_request,
    make_unit,
)

REQUESTS, OPTIONS = "/api/v1/role-requests", "/api/v1/role-request-options"
OPENED, WITHDRAWN = "orgs.role_request.opened.v1", "orgs.role_request.withdrawn.v1"


def wish(institution: Any, unit: Any = None, role: str = "unit_coordinator", **changes: Any) -> dict[str, Any]:
    asked = {"role": role, "institution_id": str(institution.id), "phone": "210 123 4567", "reason": "Οργανώνω τα ΚΕΠ."}
    return {**asked, **({"unit_id": str(unit.id)} if unit else {}), **changes}


@pytest.fixture
def here(session: Session):
    return make_institution(session, name="Υπουργείο Εσωτερικών", employment_api_id="1310")


@pytest.fixture
def unit(session: Session, here):
    return make_unit(session, here, name="Διεύθυνση Πληροφορικής")


def test_an_employed_user_asks_to_coordinate_a_unit(session, client, as_person, published, here, unit) -> None:
    me = make_member(session, here, surname="ΝΙΚΟΛΑΟΥ", name="ΝΙΚΟΣ", email="n@interior.example", number=100007)

    answer = client.post(REQUESTS, json=wish(here, unit), headers=as_person(me))

    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["Location"] == f"{REQUESTS}/{body['id']}"
    assert body["person"] == {
        "id": str(me), "number": 100007, "surname": "ΝΙΚΟΛΑΟΥ", "name": "ΝΙΚΟΣ", "email": "n@interior.example",
    }  # fmt: skip
    assert (body["state"], body["role"], body["phone"]) == ("open", "unit_coordinator", "+302101234567")
    assert body["institution"] == {"id": str(here.id), "name": "Υπουργείο Εσωτερικών"}
    assert body["unit"] == {"id": str(unit.id), "name": "Διεύθυνση Πληροφορικής"}
    assert (body["reason"], body["comment"], body["confirmed"]) == ("Οργανώνω τα ΚΕΠ.", None, True)
    (told,) = published(session, OPENED)
    assert (told.subject, told.sequence) == (body["id"], 1)
    assert {
        name: told.data[name] for name in ("role_request_id", "person_id", "role", "institution_id", "unit_id")
    } == {
        "role_request_id": body["id"],
        "person_id": str(me),
        "role": "unit_coordinator",
        "institution_id": str(here.id),
        "unit_id": str(unit.id),
    }


def test_an_institution_coordinator_need_name_no_unit(session, client, as_person, here) -> None:
    me = make_member(session, here)

    answer = client.post(REQUESTS, json=wish(here, role="institution_coordinator"), headers=as_person(me))

    assert answer.status_code == 201
    assert (answer.json()["unit_id"], answer.json()["unit"]) == (None, None)


def test_where_the_register_names_one_one_may_ask_too(session, client, as_person, here, unit) -> None:
    me = make_member(session, make_institution(session), employment_bodies=["9999", "1310"])

    answer = client.post(REQUESTS, json=wish(here, unit), headers=as_person(me))

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("employment", "status", "problem"),
    [("pending", 409, "employment-pending"), ("none", 403, "not-employed")],
)
def test_who_is_not_known_to_be_employed_is_refused(
    session, client, as_person, here, unit, employment: str, status: int, problem: str
) -> None:
    me = make_member(session, here, employment=employment)

    answer = client.post(REQUESTS, json=wish(here, unit), headers=as_person(me))
    offered = client.get(OPTIONS, headers=as_person(me)).json()

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    assert (offered["reason"], offered["institutions"]) == (problem, [])


@pytest.mark.parametrize("employment", ["pending", "none"])
def test_whom_an_invitation_made_a_coordinator_is_not_asked_for_employment(
    session, client, as_person, here, employment: str
) -> None:
    me = make_member(session, here, role=Role.unit_coordinator, employment=employment)
    make_accepted_offer(session, me, here, "unit_coordinator")

    answer = client.post(REQUESTS, json=wish(here, role="institution_coordinator"), headers=as_person(me))

    assert answer.status_code == 201


def test_an_invitation_to_run_the_platform_made_nobody_a_coordinator(session, client, as_person, here, unit) -> None:
    me = make_member(session, here, employment="none")
    make_accepted_offer(session, me, here, "platform_administrator")

    answer = client.post(REQUESTS, json=wish(here, unit), headers=as_person(me))

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-employed")


def test_of_whom_nothing_was_heard_yet_the_employment_is_pending(session, client, as_person, here, unit) -> None:
    nowhere, unknown = uuid4(), make_membership(session, here, role=Role.unit_coordinator).person_id

    answers = [client.post(REQUESTS, json=wish(here, unit), headers=as_person(me)) for me in (nowhere, unknown)]
    offered = [client.get(OPTIONS, headers=as_person(me)).json() for me in (nowhere, unknown)]

    assert [answer.json()["type"] for answer in answers] == ["/problems/employment-pending"] * 2
    assert [(each["reason"], each["step_down"]) for each in offered] == [
        ("employment-pending", []),
        ("employment-pending", ["user"]),
    ]


@pytest.mark.parametrize("which", ["foreign", "unknown", "closed", "own but closed"])
def test_an_institution_neither_own_nor_named_nor_open_is_refused(
    session, client, as_person, here, unit, which: str
) -> None:
    foreign = make_institution(session)
    foreign.state = InstitutionState.closed if which == "closed" else InstitutionState.active
    me = make_member(session, here, employment_bodies=["77"])
    if which == "closed":
        foreign.employment_api_id = "77"
    if which == "own but closed":
        here.state = InstitutionState.closed
    institution_id = {"unknown": uuid4(), "own but closed": here.id}.get(which, foreign.id)
    body = wish(here, role="institution_coordinator", institution_id=str(institution_id))

    answer = client.post(REQUESTS, json=body, headers=as_person(me))

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/institution-not-allowed")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/institution_id"]


@pytest.mark.parametrize("which", ["none", "closed", "of another institution", "unknown"])
@pytest.mark.parametrize("role", ["unit_coordinator", "institution_coordinator"])
def test_the_unit_is_an_open_one_of_that_institution(session, client, as_person, here, which: str, role: str) -> None:
    me, closed = make_member(session, here), make_unit(session, here)
    foreign = make_unit(session, make_institution(session))
    closed.state = InstitutionState.closed
    unit_id = {"none": None, "closed": str(closed.id), "unknown": str(uuid4())}.get(which, str(foreign.id))

    answer = client.post(REQUESTS, json=wish(here, role=role, unit_id=unit_id), headers=as_person(me))

    if which == "none" and role == "institution_coordinator":
        assert answer.status_code == 201
        return
    problem = "unit-required" if which == "none" else "unit-not-available"
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{problem}")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/unit_id"]


def test_a_role_one_has_cannot_be_asked_for(session, client, as_person, here, unit) -> None:
    me = make_member(session, here, role=Role.unit_coordinator)

    answer = client.post(REQUESTS, json=wish(here, unit), headers=as_person(me))

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/role-not-higher")
    assert answer.json()["role"] == "unit_coordinator"


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"reason": "  \n"},
        {"reason": "\0"},
        {"reason": "α" * 2001},
        {"phone": ""},
        {"role": "user"},
        {"role": "platform_administrator"},
        {"institution_id": "mine"},
        {"state": "accepted"},
    ],
)
def test_a_malformed_request_is_refused(session, client, as_person, here, unit, changes) -> None:
    me = make_member(session, here)

    answer = client.post(REQUESTS, json=wish(here, unit, **changes), headers=as_person(me))

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")


def test_what_is_no_phone_is_refused_by_its_field(session, client, as_person, here, unit) -> None:
    me = make_member(session, here)

    answer = client.post(REQUESTS, json=wish(here, unit, phone="τηλέφωνο"), headers=as_person(me))

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/phone-invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/phone"]


def test_one_request_at_a_time_until_it_is_withdrawn(session, client, as_person, published, here, unit) -> None:
    me = make_member(session, here)
    headers = as_person(me)
    first = client.post(REQUESTS, json=wish(here, unit), headers=headers).json()

    second = client.post(REQUESTS, json=wish(here, role="institution_coordinator"), headers=headers)
    withdrawn = client.delete(f"{REQUESTS}/{first['id']}", headers=headers)
    third = client.post(REQUESTS, json=wish(here, role="institution_coordinator"), headers=headers)

    assert (second.status_code, second.json()["type"]) == (409, "/problems/role-request-open")
    assert second.json()["role_request_id"] == first["id"]
    assert (withdrawn.status_code, third.status_code) == (204, 201)
    (told,) = published(session, WITHDRAWN)
    assert (told.subject, told.sequence, told.data["because"]) == (first["id"], 2, "applicant")


def test_the_same_idempotency_key_gives_the_same_request(session, client, as_person, here, unit) -> None:
    headers = {**as_person(make_member(session, here)), "Idempotency-Key": "once"}

    first, again = (client.post(REQUESTS, json=wish(here, unit), headers=headers) for _ in range(2))
    other = client.post(REQUESTS, json=wish(here, unit, reason="Άλλος λόγος"), headers=headers)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()


def test_a_request_is_withdrawn_once(session, client, as_person, here) -> None:
    request = make_role_request(session, here)
    headers = as_person(request.person_id)

    answers = [client.delete(f"{REQUESTS}/{request.id}", headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 409]
    assert (answers[1].json()["type"], answers[1].json()["state"]) == ("/problems/role-request-closed", "withdrawn")


@pytest.mark.parametrize("state", [State.accepted, State.rejected])
def test_what_was_decided_is_withdrawn_no_more(session, client, as_person, here, state: State) -> None:
    request = make_role_request(session, here, state=state)

    answer = client.delete(f"{REQUESTS}/{request.id}", headers=as_person(request.person_id))

    assert (answer.status_code, answer.json()["state"]) == (409, state)


def test_only_the_applicant_withdraws_and_strangers_learn_nothing(session, client, as_person, here) -> None:
    request = make_role_request(session, here)
    path = f"{REQUESTS}/{request.id}"
    leader = make_member(session, here, role=Role.institution_coordinator)
    stranger = make_member(session, here, role=Role.unit_coordinator)

    seen, theirs = (client.delete(path, headers=as_person(each)) for each in (leader, stranger))

    assert (seen.status_code, seen.json()["reason"]) == (403, "not-your-request")
    assert theirs.status_code == client.delete(f"{REQUESTS}/{uuid4()}", headers=as_person(leader)).status_code == 404
    assert client.get(path, headers=as_person(leader)).json()["reason"] == "Οργανώνω τηλεδιασκέψεις."
    assert client.get(path, headers=as_person(stranger)).status_code == 404
    assert request.state == State.open


def test_asking_and_withdrawing_are_kept_without_phone_or_reason(session, client, as_person, here, unit) -> None:
    me = make_member(session, here)
    id_ = client.post(REQUESTS, json=wish(here, unit), headers=as_person(me)).json()["id"]

    client.delete(f"{REQUESTS}/{id_}", headers=as_person(me))

    audit.write(session)
    kept = session.execute(select(AuditRow, AuditDetail).join(AuditDetail).order_by(AuditRow.position)).all()
    assert [(row.act, row.actor_id, row.object_id) for row, _ in kept] == [
        ("role_request.opened", me, UUID(id_)),
        ("role_request.withdrawn", me, UUID(id_)),
    ]
    assert [detail.details for _, detail in kept] == [
        {"role": "unit_coordinator", "institution_id": str(here.id)},
        {"because": "applicant"},
    ]


def test_whose_requests_one_lists(session, client, as_person, here) -> None:
    elsewhere = make_institution(session)
    mine = make_role_request(session, here, state=State.rejected, comment="Δεν χρειάζεται.")
    others = [make_role_request(session, place) for place in (here, elsewhere)]
    leader = make_member(session, here, role=Role.institution_coordinator)
    administrator = make_membership(session, elsewhere)
    administrator.platform_administrator = True
    session.flush()

    def listed(person_id: UUID, state: str, **claims: Any) -> Any:
        answer = client.get(REQUESTS, params={"state": state}, headers=as_person(person_id, **claims))
        return [item["id"] for item in answer.json()["items"]] if answer.status_code == 200 else answer.status_code

    newest_first = [str(request.id) for request in (others[1], others[0], mine)]
    assert listed(mine.person_id, "mine") == [str(mine.id)]
    assert listed(mine.person_id, "open") == listed(mine.person_id, "all") == 403
    assert listed(leader, "open") == [str(others[0].id)]
    assert listed(leader, "all") == newest_first[1:]
    assert listed(leader, "mine") == []
    assert listed(administrator.person_id, "all", mfa=True) == newest_first
    assert listed(administrator.person_id, "open", mfa=True) == newest_first[:2]
    assert listed(administrator.person_id, "all") == 403


def test_without_a_word_one_lists_the_own(session, client, as_person, here) -> None:
    request = make_role_request(session, here, state=State.rejected, comment="Δεν χρειάζεται.")

    (item,) = client.get(REQUESTS, headers=as_person(request.person_id)).json()["items"]

    assert (item["id"], item["state"], item["comment"]) == (str(request.id), "rejected", "Δεν χρειάζεται.")


@pytest.mark.parametrize("state", ["mine", "open", "all"])
def test_a_list_takes_as_many_statements_for_a_thousand_requests_as_for_ten(
    session, client, as_person, here, state: str
) -> None:
    leader = make_member(session, here, role=Role.institution_coordinator)
    headers = as_person(leader)
    counts, shown = [], []
    for more in (10, 990):
        for _ in range(more):
            asking = leader if state == "mine" else None
            make_role_request(session, here, person_id=asking, state=State.rejected if asking else State.open)
        with counted(session) as statements:
            answer = client.get(REQUESTS, params={"state": state, "limit": 10}, headers=headers)
        counts.append(len(statements))
        shown.append((len(answer.json()["items"]), answer.json()["total"]))

    assert shown == [(10, 10), (10, 1000)]
    assert counts[0] == counts[1] <= 3


def test_pages_follow_each_other(session, client, as_person, here) -> None:
    leader = make_member(session, here, role=Role.institution_coordinator)
    made = [str(make_role_request(session, here).id) for _ in range(7)]
    seen, cursor = [], None
    while cursor is not None or not seen:
        params = {"state": "open", "limit": 3, **({"cursor": cursor} if cursor else {})}
        page = client.get(REQUESTS, params=params, headers=as_person(leader)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]

    assert seen == made[::-1]


def test_the_form_offers_what_would_be_taken(session, client, as_person, here) -> None:
    own = make_institution(session, name="Δήμος Αθηναίων")
    me = make_member(session, own, role=Role.unit_coordinator, employment_bodies=["1310", "9999"])

    offered = client.get(OPTIONS, headers=as_person(me)).json()

    assert offered == {
        "reason": None,
        "role_request_id": None,
        "institutions": [
            {"id": str(own.id), "name": "Δήμος Αθηναίων", "roles": ["institution_coordinator"]},
            {
                "id": str(here.id),
                "name": "Υπουργείο Εσωτερικών",
                "roles": ["unit_coordinator", "institution_coordinator"],
            },
        ],
        "step_down": ["user"],
    }


def test_with_an_open_request_the_form_names_it(session, client, as_person, here) -> None:
    request = make_role_request(session, here)

    offered = client.get(OPTIONS, headers=as_person(request.person_id)).json()

    assert (offered["reason"], offered["role_request_id"]) == ("role-request-open", str(request.id))


def test_nobody_unknown_or_not_active_asks(session, client, as_person, here, unit) -> None:
    stranger = client.post(REQUESTS, json=wish(here, unit))
    newcomer = client.post(REQUESTS, json=wish(here, unit), headers=as_person(uuid4(), state="awaiting_activation"))

    assert (stranger.status_code, newcomer.json()["type"]) == (401, "/problems/account-not-active")
    assert session.scalar(select(func.count()).select_from(RoleRequest)) == 0
