"""The list of an institution's coordinators, and inviting to it (S12, S13)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from freezegun import freeze_time
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit, clock, crypto
from chassis.audit import AuditRow
from chassis.testing.statements import counted
from chassis.timers import TimerRow
from orgs.models import CoordinatorInvitation, Membership, Offer
from orgs.rules.coordinators import State
from orgs.rules.institutions import State as PlaceState
from orgs.rules.memberships import Role
from orgs.usecases import coordinator_invitations

from ..conftest import IDENTITY_KEY, NOTIFICATIONS_KEY
from ..factories import make_institution, make_member, make_membership, make_person, make_unit
from ..usecases.test_erasing import ERASED
from ..usecases.test_erasing import fact as erased

REQUESTED, REVOKED, DIFFERS = (
    "orgs.coordinator_invitation.requested.v1",
    "orgs.coordinator_invitation.revoked.v1",
    "orgs.coordinator_invitation.surname_differs.v1",
)
ACCEPTED, DECLINED = "identity.invitation.accepted.v1", "identity.invitation.declined.v1"


@pytest.fixture
def here(session: Session):
    return make_institution(session, name="Υπουργείο Εσωτερικών")


@pytest.fixture
def unit(session: Session, here):
    return make_unit(session, here, name="Διεύθυνση Πληροφορικής")


@pytest.fixture
def leader(session: Session, here) -> UUID:
    return make_member(session, here, role=Role.institution_coordinator, surname="ΑΡΧΙΚΟΥ", name="ΑΝΝΑ")


@pytest.fixture
def administrator(session: Session) -> UUID:
    member = make_membership(session, make_institution(session))
    member.platform_administrator = True
    session.flush()
    return member.person_id


def invited(unit: Any, **changes: Any) -> dict[str, Any]:
    body = {"surname": "Νικολάου", "name": "Νίκος", "email": "n.nikolaou@interior.example", "phone": "210 123 4567"}
    return {**body, "unit_id": str(unit.id), **changes}


def invite(client: Any, headers: Any, institution: Any, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/institutions/{institution.id}/coordinator-invitations", json=body, headers=headers)


def listed(client: Any, headers: Any, institution: Any, **params: Any) -> Any:
    return client.get(f"/api/v1/institutions/{institution.id}/coordinators", params=params, headers=headers).json()


def accept(deliver: Any, invitation_id: str, person_id: UUID, institution: Any, unit: Any) -> str:
    offer = {"role": "unit_coordinator", "institution_id": str(institution.id), "unit_id": str(unit.id)}
    data = {"invitation_id": invitation_id, "person_id": str(person_id), "inviter_id": None, "institution_id": None}
    return deliver(ACCEPTED, {**data, "offer": offer}, subject=invitation_id)


def test_the_list_holds_coordinators_and_those_invited_by_name(session, client, as_person, here, unit, leader) -> None:
    make_member(session, here, role=Role.unit_coordinator, surname="ΩΡΑΙΟΥ", name="ΟΛΓΑ", status="disabled")
    make_member(session, here, surname="ΒΑΣΙΛΕΙΟΥ", name="ΒΑΣΙΛΗΣ")
    make_member(session, make_institution(session), role=Role.unit_coordinator, surname="ΞΕΝΟΥ", name="ΞΕΝΙΑ")
    headers = as_person(leader)
    made = invite(client, headers, here, invited(unit)).json()

    page = listed(client, headers, here)

    assert [(row["surname"], row["status"], row["may"]) for row in page["items"]] == [
        ("ΑΡΧΙΚΟΥ", "active", []),
        ("Νικολάου", "pending", ["resend", "revoke"]),
        ("ΩΡΑΙΟΥ", "disabled", ["demote"]),
    ]
    assert page["total"] == 3
    pending = page["items"][1]
    assert (pending["id"], pending["invitation_id"], pending["confirmed"]) == (None, made["invitation_id"], False)
    assert pending["unit"] == {"id": str(unit.id), "name": "Διεύθυνση Πληροφορικής"}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("νικολαου", ["Νικολάου"]),
        ("ΝΊΚΟΣ νικ", ["Νικολάου"]),
        ("αρχικού", ["ΑΡΧΙΚΟΥ"]),
        ("N.Nikolaou@interior.example", ["Νικολάου"]),
        ("n.nikolaou@", []),
        ("%", []),
    ],
)
def test_the_list_is_searched_without_accents_or_case(client, as_person, here, unit, leader, search, found) -> None:
    headers = as_person(leader)
    invite(client, headers, here, invited(unit))

    assert [row["surname"] for row in listed(client, headers, here, search=search)["items"]] == found


def test_pages_run_through_both_kinds(session, client, as_person, here, unit, leader) -> None:
    headers = as_person(leader)
    for number in range(5):
        invite(client, headers, here, invited(unit, surname=f"Π{number}", email=f"p{number}@x.example"))
        make_member(session, here, role=Role.unit_coordinator, surname=f"Π{number}", name="Α")
    whole = [row["surname"] for row in listed(client, headers, here)["items"]]

    seen, cursor = [], None
    while cursor is not None or not seen:
        page = listed(client, headers, here, limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [row["surname"] for row in page["items"]]
        cursor = page["next"]

    assert seen == whole
    assert len(seen) == 11


def test_the_longest_names_have_a_next_page(session, client, as_person, here, leader) -> None:
    longest = {"surname": "Ϋ" * 200, "name": "ΐ" * 200}
    for _ in range(2):
        make_member(session, here, role=Role.unit_coordinator, **longest)
    headers = as_person(leader)

    first = listed(client, headers, here, limit=2, search="υυυ" * 10)
    cursor = listed(client, headers, here, limit=1, search="υυυ" * 10)["next"]

    assert len(first["items"]) == 2
    assert listed(client, headers, here, search="υυυ" * 10, cursor=cursor)["items"] == first["items"][1:]


def test_the_list_takes_as_many_statements_for_a_thousand_as_for_ten(
    session, client, as_person, here, unit, leader
) -> None:
    headers, counts = as_person(leader), []
    for more in (5, 495):
        for number in range(5):
            invite(client, headers, here, invited(unit, email=f"{more}-{number}@x.example"))
        for _ in range(more):
            make_member(session, here, role=Role.unit_coordinator)
        listed(client, headers, here)
        with counted(session) as statements:
            assert len(listed(client, headers, here, limit=10)["items"]) == 10
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 7


def test_an_invitation_is_asked_of_identity_and_kept(session, client, as_person, published, here, unit, leader) -> None:
    answer = invite(client, as_person(leader), here, invited(unit))

    assert (answer.status_code, answer.json()["status"], answer.json()["role"]) == (201, "pending", "unit_coordinator")
    (told,) = published(session, REQUESTED)
    assert (told.subject, told.sequence) == (answer.json()["invitation_id"], 1)
    assert {name: told.data[name] for name in ("role", "institution_id", "unit_id", "inviter_id", "language")} == {
        "role": "unit_coordinator",
        "institution_id": str(here.id),
        "unit_id": str(unit.id),
        "inviter_id": str(leader),
        "language": "el",
    }
    secret = {"email": "n.nikolaou@interior.example", "surname": "Νικολάου", "name": "Νίκος", "phone": "+302101234567"}
    assert crypto.unseal(IDENTITY_KEY.as_dict(private=True), told.data["sealed"]) == secret
    audit.write(session)
    (kept,) = session.scalars(select(AuditRow))
    assert (kept.act, kept.actor_id, str(kept.object_id)) == ("coordinator.invited", leader, told.subject)


def test_the_same_key_invites_once(client, as_person, here, unit, leader) -> None:
    headers = {**as_person(leader), "Idempotency-Key": "once"}

    first, again = (invite(client, headers, here, invited(unit)) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


@pytest.mark.parametrize(
    ("changes", "status", "problem", "field"),
    [
        ({"unit_id": None}, 422, "unit-required", "/unit_id"),
        ({"unit_id": str(uuid4())}, 422, "unit-not-available", "/unit_id"),
        ({"phone": "τηλέφωνο"}, 422, "phone-invalid", "/phone"),
        ({"email": "κανένα"}, 400, "invalid-request", "/email"),
        ({"surname": "  "}, 400, "invalid-request", "/surname"),
        ({"role": "user"}, 400, "invalid-request", "/role"),
    ],
)
def test_what_cannot_be_taken_is_said_by_its_field(
    client, as_person, here, unit, leader, changes, status, problem, field
) -> None:
    answer = invite(client, as_person(leader), here, invited(unit, **changes))

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    assert [error["pointer"].removeprefix("#") for error in answer.json()["errors"]] == [field]


def test_an_address_is_invited_once_until_it_is_taken_back(client, as_person, here, unit, leader) -> None:
    headers = as_person(leader)
    first = invite(client, headers, here, invited(unit)).json()

    second = invite(client, headers, here, invited(unit, email="N.NIKOLAOU@interior.example"))
    revoked = client.delete(f"/api/v1/coordinator-invitations/{first['invitation_id']}", headers=headers)
    third = invite(client, headers, here, invited(unit))

    assert (second.status_code, second.json()["type"]) == (409, "/problems/coordinator-already-invited")
    assert second.json()["invitation_id"] == first["invitation_id"]
    assert (revoked.status_code, third.status_code) == (204, 201)


def test_who_coordinates_here_already_is_not_invited(session, client, as_person, here, unit, leader) -> None:
    there = make_member(session, here, role=Role.unit_coordinator, email="n.nikolaou@interior.example")

    answer = invite(client, as_person(leader), here, invited(unit))

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-coordinator")
    assert answer.json()["person_id"] == str(there)


@pytest.mark.parametrize("kind", ["user here", "coordinator elsewhere"])
def test_somebody_with_an_account_is_offered_the_role(session, client, as_person, here, unit, leader, kind) -> None:
    place, role = (here, Role.user) if kind == "user here" else (make_institution(session), Role.unit_coordinator)
    make_member(session, place, role=role, email="n.nikolaou@interior.example")

    assert invite(client, as_person(leader), here, invited(unit)).status_code == 201


def test_only_who_runs_the_platform_invites_institution_coordinators(
    session, client, as_person, here, unit, leader, administrator
) -> None:
    body = invited(unit, role="institution_coordinator", unit_id=None)

    refused = invite(client, as_person(leader), here, body)
    unconfirmed = invite(client, as_person(administrator), here, body)
    made = invite(client, as_person(administrator, mfa=True), here, body)

    assert (refused.status_code, refused.json()["reason"]) == (403, "administrators-only")
    assert unconfirmed.status_code == 403
    assert (made.status_code, made.json()["unit"]["id"]) == (201, str(here.general_unit_id))
    path = f"/api/v1/coordinator-invitations/{made.json()['invitation_id']}"
    assert client.delete(path, headers=as_person(leader)).json()["reason"] == "administrators-only"


def test_others_neither_list_nor_invite_nor_manage(session, client, as_person, here, unit, leader) -> None:
    made = invite(client, as_person(leader), here, invited(unit)).json()["invitation_id"]
    elsewhere = make_member(session, make_institution(session), role=Role.institution_coordinator)
    for person_id, reason in (
        (elsewhere, "not-your-institution"),
        (make_member(session, here, role=Role.unit_coordinator), "institution-coordinators-only"),
        (make_member(session, here), "institution-coordinators-only"),
    ):
        headers = as_person(person_id)
        assert listed(client, headers, here)["reason"] == reason
        assert invite(client, headers, here, invited(unit)).json()["reason"] == reason
        for call in (
            client.delete(f"/api/v1/coordinator-invitations/{made}", headers=headers),
            client.post(f"/api/v1/coordinator-invitations/{made}/resend", headers=headers),
            client.post(f"/api/v1/coordinator-invitations/{made}/confirmation", headers=headers),
        ):
            assert call.status_code == 404


def test_a_mail_is_sent_again_with_a_new_validity_but_not_at_once(
    session, client, as_person, published, here, unit, leader
) -> None:
    headers = as_person(leader)
    made = invite(client, headers, here, invited(unit)).json()
    path = f"/api/v1/coordinator-invitations/{made['invitation_id']}/resend"

    at_once = client.post(path, headers=headers)
    with freeze_time(clock.now().replace(microsecond=0), tz_offset=0) as time:
        time.tick(delta=40 * 86_400)
        stale = listed(client, as_person(leader), here)["items"][1]
        again = client.post(path, headers=as_person(leader))

    assert (at_once.status_code, at_once.json()["type"]) == (429, "/problems/sent-a-moment-ago")
    assert int(at_once.headers["Retry-After"]) <= 61
    assert (stale["status"], stale["may"]) == ("expired", ["resend", "revoke"])
    assert (again.status_code, again.json()["status"]) == (200, "pending")
    assert [told.sequence for told in published(session, REQUESTED)] == [1, 2]


def test_a_revoked_invitation_keeps_no_name_and_is_over(
    session, client, as_person, published, here, unit, leader
) -> None:
    headers = as_person(leader)
    made = invite(client, headers, here, invited(unit)).json()["invitation_id"]
    path = f"/api/v1/coordinator-invitations/{made}"

    revoked, again = (client.delete(path, headers=headers) for _ in range(2))
    resent = client.post(f"{path}/resend", headers=headers)

    assert (revoked.status_code, again.status_code, resent.status_code) == (204, 409, 409)
    assert (again.json()["type"], again.json()["state"]) == ("/problems/coordinator-invitation-closed", "revoked")
    (told,) = published(session, REVOKED)
    assert (told.subject, told.sequence) == (made, 2)
    row = session.get_one(CoordinatorInvitation, UUID(made))
    assert (row.surname, row.name, row.email, row.phone, row.search) == ("", "", "", None, "")


def test_accepted_by_the_surname_written_the_role_is_given(
    session, client, as_person, deliver, here, unit, leader
) -> None:
    made = invite(client, as_person(leader), here, invited(unit)).json()["invitation_id"]
    me = make_member(session, make_institution(session), surname="ΝΙΚΟΛΑΟΥ", name="ΝΙΚΟΣ")

    outcomes = [accept(deliver, made, me, here, unit) for _ in range(2)]

    assert outcomes == ["done", "done"]
    membership = session.get_one(Membership, me)
    assert (membership.institution_id, membership.unit_id, membership.role) == (here.id, unit.id, Role.unit_coordinator)
    row = session.get_one(CoordinatorInvitation, UUID(made))
    assert (row.state, row.person_id, row.email) == (State.accepted, me, "")
    again = client.delete(f"/api/v1/coordinator-invitations/{made}", headers=as_person(leader))
    assert (again.status_code, again.json()["state"]) == (409, "accepted")


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_another_surname_waits_for_the_inviters_word(
    session, client, as_person, deliver, published, here, unit, leader, answer
) -> None:
    headers = as_person(leader)
    made = invite(client, headers, here, invited(unit)).json()["invitation_id"]
    me = make_member(session, here, surname="ΝΙΚΟΛΑΪΔΗΣ", name="ΝΙΚΟΣ")
    early = client.post(f"/api/v1/coordinator-invitations/{made}/confirmation", headers=headers)

    accept(deliver, made, me, here, unit)

    assert early.status_code == 409
    assert session.get_one(Membership, me).role == Role.user
    (told,) = published(session, DIFFERS)
    secret = crypto.unseal(NOTIFICATIONS_KEY.as_dict(private=True), told.data["sealed"])
    assert secret == {"invited": "Νικολάου Νίκος", "applicant": "ΝΙΚΟΛΑΪΔΗΣ ΝΙΚΟΣ"}
    waiting = listed(client, headers, here)["items"][1]
    assert (waiting["status"], waiting["accepted_surname"]) == ("surname_differs", "ΝΙΚΟΛΑΪΔΗΣ")
    assert waiting["may"] == ["confirm", "revoke"]

    if answer == "yes":
        confirmed = client.post(f"/api/v1/coordinator-invitations/{made}/confirmation", headers=headers)
        assert (confirmed.status_code, confirmed.json()["id"]) == (200, str(me))
        assert session.get_one(Membership, me).role == Role.unit_coordinator
    else:
        assert client.delete(f"/api/v1/coordinator-invitations/{made}", headers=headers).status_code == 204
        accept(deliver, made, me, here, unit)
        assert session.get_one(Membership, me).role == Role.user
    assert session.get_one(Offer, UUID(made)).taken_at is not None or answer == "no"


def test_an_acceptance_before_the_name_is_known_waits_for_it(
    session, client, as_person, deliver, here, unit, leader
) -> None:
    made = invite(client, as_person(leader), here, invited(unit)).json()["invitation_id"]
    me = make_membership(session, here).person_id

    accept(deliver, made, me, here, unit)
    before = session.get_one(Membership, me).role
    make_person(session, me, surname="ΝΙΚΟΛΑΟΥ", sequence=1)
    deliver(
        "identity.person.changed.v1",
        {
            "person_id": str(me), "number": 7, "surname": "ΝΙΚΟΛΑΟΥ", "name": "ΝΙΚΟΣ", "email": "n@x.example",
            "status": "active", "employment": "none", "employment_bodies": [], "emails": [], "language": "el",
        },
        subject=me,
        sequence=2,
    )  # fmt: skip

    assert (before, session.get_one(Membership, me).role) == (Role.user, Role.unit_coordinator)


def test_an_invitation_taken_back_before_its_acceptance_was_heard_gives_nothing(
    session, client, as_person, deliver, here, unit, leader
) -> None:
    made = invite(client, as_person(leader), here, invited(unit)).json()["invitation_id"]
    me = make_member(session, here, surname="ΝΙΚΟΛΑΟΥ")
    client.delete(f"/api/v1/coordinator-invitations/{made}", headers=as_person(leader))

    accept(deliver, made, me, here, unit)

    assert session.get_one(Membership, me).role == Role.user


@pytest.mark.parametrize("fact", ["declined", "account erased"])
def test_what_identity_ends_is_over(session, client, as_person, deliver, here, unit, leader, fact) -> None:
    made = invite(client, as_person(leader), here, invited(unit)).json()["invitation_id"]

    if fact == "declined":
        data = {"invitation_id": made, "inviter_id": str(leader), "reason": "already_coordinator", "sealed": "x"}
        deliver(DECLINED, data, subject=made)
    else:
        deliver(ERASED, erased(gone := uuid4()) | {"withdrawn_ids": [made]}, subject=gone, sequence=3)

    assert session.get_one(CoordinatorInvitation, UUID(made)).state == State.declined
    assert [row["surname"] for row in listed(client, as_person(leader), here)["items"]] == ["ΑΡΧΙΚΟΥ"]


def test_an_expired_invitation_is_forgotten_in_the_end(
    session, client, as_person, run_timer, here, unit, leader
) -> None:
    made = invite(client, as_person(leader), here, invited(unit)).json()["invitation_id"]
    due = session.scalar(select(TimerRow.due_at).where(TimerRow.name == coordinator_invitations.FORGET))
    row = session.get_one(CoordinatorInvitation, UUID(made))

    assert due is not None
    assert (due - row.expires_at).days == 60
    session.execute(TimerRow.__table__.update().values(due_at=clock.now()))
    run_timer(coordinator_invitations.FORGET, made)

    session.refresh(row)
    assert (row.state, row.email) == (State.revoked, "")


def test_the_inviter_is_forgotten_and_the_invitation_stays(
    session, client, as_person, deliver, here, unit, leader
) -> None:
    made = invite(client, as_person(leader), here, invited(unit)).json()["invitation_id"]

    deliver(ERASED, erased(leader), subject=leader, sequence=9)

    row = session.get_one(CoordinatorInvitation, UUID(made), populate_existing=True)
    assert (row.inviter_id, row.state) == (None, State.pending)


def test_a_unit_somebody_is_invited_to_is_in_use(session, client, as_person, here, unit, leader) -> None:
    headers = as_person(leader)
    made = invite(client, headers, here, invited(unit)).json()["invitation_id"]

    kept = client.delete(f"/api/v1/units/{unit.id}", headers=headers)
    client.delete(f"/api/v1/coordinator-invitations/{made}", headers=headers)
    closed = client.delete(f"/api/v1/units/{unit.id}", headers=headers)

    assert (kept.status_code, kept.json()["uses"]) == (409, {"invitations": 1})
    assert closed.status_code == 204


def test_nobody_is_invited_to_what_is_closed(session, client, as_person, here, unit, administrator) -> None:
    headers = as_person(administrator, mfa=True)
    unit.state = PlaceState.closed
    session.flush()
    to_unit = invite(client, headers, here, invited(unit))
    here.state = PlaceState.closed
    session.flush()
    to_institution = invite(client, headers, here, invited(unit))

    assert (to_unit.status_code, to_unit.json()["type"]) == (422, "/problems/unit-not-available")
    assert (to_institution.status_code, to_institution.json()["type"]) == (409, "/problems/institution-closed")
