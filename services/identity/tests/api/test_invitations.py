"""Invitations to the platform (S19)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.crypto import unseal
from chassis.ids import new_id
from identity.models import Institution, Invitation, Person
from identity.parts import Parts
from identity.rules.invitations import Role

from ..browser import Browser
from ..conftest import NOTIFICATIONS_KEY
from ..factories import NOW, make_email, make_institution, make_invitation, make_membership, make_person
from ..world import PERSONAS, Sandbox

NIKOS = {"email": "nikos@example.org", "surname": "Νικολάου", "name": "Νίκος"}


@pytest.fixture
def institution(session: Session) -> Institution:
    return make_institution(session, name="Υπουργείο")


@pytest.fixture
def coordinator(session: Session, joined: Parts, institution: Institution) -> Person:
    person = make_person(session, joined, surname="ΓΕΩΡΓΙΟΥ", name="ΑΝΝΑ")
    make_membership(session, person.id, Role.unit_coordinator, institution_id=institution.id)
    return person


@pytest.fixture
def mailed(published: Callable, session: Session) -> Callable:
    def contents() -> list[dict[str, Any]]:
        facts = published(session, "identity.invitation.created.v1")
        return [unseal(NOTIFICATIONS_KEY.as_dict(private=True), fact.data["sealed"]) for fact in facts]

    return contents


def invite(client: Any, headers: dict[str, str], **body: str) -> Any:
    return client.post("/api/v1/invitations", json={**NIKOS, **body}, headers=headers)


def test_a_coordinator_invites_and_the_mail_says_who(
    client: Any, as_person: Callable, coordinator: Person, institution: Institution, mailed: Callable
) -> None:
    answer = invite(client, as_person(coordinator.id))

    assert answer.status_code == 201
    assert (answer.json()["state"], answer.json()["institution_id"]) == ("pending", str(institution.id))
    (content,) = mailed()
    assert len(content.pop("token")) >= 43
    assert content == {**NIKOS, "inviter_name": "ΓΕΩΡΓΙΟΥ ΑΝΝΑ", "institution_name": "Υπουργείο"}


@pytest.mark.parametrize(
    ("administrator", "mfa", "status"), [(False, True, 403), (True, False, 403), (True, True, 201)]
)
def test_a_user_does_not_invite_and_an_administrator_needs_the_second_factor(
    client: Any, as_person: Callable, session: Session, joined: Parts, administrator: bool, mfa: bool, status: int
) -> None:
    person = make_person(session, joined)
    make_membership(session, person.id, platform_administrator=administrator)

    answer = invite(client, as_person(person.id, mfa=mfa))

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["reason"] == "not-a-coordinator"


def test_an_address_with_an_account_is_not_invited(
    client: Any, as_person: Callable, coordinator: Person, session: Session, joined: Parts
) -> None:
    make_person(session, joined, email="NIKOS@example.org")

    answer = invite(client, as_person(coordinator.id))

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/account-exists")


def test_an_institution_invites_an_address_once(client: Any, as_person: Callable, coordinator: Person) -> None:
    first = invite(client, as_person(coordinator.id)).json()

    answer = invite(client, as_person(coordinator.id), email="Nikos@Example.ORG")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-invited")
    assert answer.json()["invitation_id"] == first["id"]


def test_a_repeated_request_gives_the_same_invitation(
    client: Any, as_person: Callable, coordinator: Person, mailed: Callable
) -> None:
    headers = {**as_person(coordinator.id), "Idempotency-Key": "abc"}

    first, second = invite(client, headers), invite(client, headers)
    other = invite(client, headers, email="other@example.org")

    assert first.json()["id"] == second.json()["id"]
    assert len(mailed()) == 1
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


def test_resending_makes_a_new_link_and_ends_the_old(
    client: Any, as_person: Callable, coordinator: Person, mailed: Callable, session: Session
) -> None:
    headers = as_person(coordinator.id)
    made = invite(client, headers).json()

    answer = client.post(f"/api/v1/invitations/{made['id']}/resend", headers=headers)

    first, second = (content["token"] for content in mailed())
    assert answer.status_code == 200
    assert first != second
    assert session.scalar(select(func.count()).select_from(Invitation)) == 1


def test_a_revoked_invitation_is_over(client: Any, as_person: Callable, coordinator: Person) -> None:
    headers = as_person(coordinator.id)
    made = invite(client, headers).json()

    assert client.delete(f"/api/v1/invitations/{made['id']}", headers=headers).status_code == 204
    answer = client.post(f"/api/v1/invitations/{made['id']}/resend", headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/invitation-closed")
    assert answer.json()["state"] == "revoked"


def test_another_institutions_invitation_is_not_mine(
    client: Any, as_person: Callable, session: Session, joined: Parts
) -> None:
    stranger = make_person(session, joined)
    make_membership(session, stranger.id, Role.institution_coordinator)
    invitation = make_invitation(session)

    answers = [
        client.delete(f"/api/v1/invitations/{id_}", headers=as_person(stranger.id)) for id_ in (invitation.id, new_id())
    ]

    assert [answer.status_code for answer in answers] == [403, 404]


def test_the_list_shows_each_coordinator_what_is_theirs(
    client: Any, as_person: Callable, coordinator: Person, institution: Institution, session: Session, joined: Parts
) -> None:
    head = make_person(session, joined)
    make_membership(session, head.id, Role.institution_coordinator, institution_id=institution.id)
    mine = make_invitation(session, inviter_id=coordinator.id, institution_id=institution.id)
    colleagues = make_invitation(session, institution_id=institution.id, created_at=NOW + timedelta(seconds=1))
    make_invitation(session)

    own = client.get("/api/v1/invitations", headers=as_person(coordinator.id)).json()
    whole = client.get("/api/v1/invitations", headers=as_person(head.id)).json()

    assert [item["id"] for item in own["items"]] == [str(mine.id)]
    assert [item["id"] for item in whole["items"]] == [str(colleagues.id), str(mine.id)]


@pytest.mark.parametrize("state", ["pending", "accepted", "expired", "revoked"])
def test_the_list_by_state_agrees_with_the_rule(
    client: Any, as_person: Callable, coordinator: Person, session: Session, state: str
) -> None:
    for facts in (
        {},
        {"accepted_at": NOW, "person_id": coordinator.id},
        {"expires_at": NOW},
        {"revoked_at": NOW},
        {"revoked_at": NOW, "expires_at": NOW},
    ):
        make_invitation(session, inviter_id=coordinator.id, **facts)
    headers = as_person(coordinator.id)

    listed = client.get("/api/v1/invitations", params={"state": state}, headers=headers).json()["items"]

    everything = client.get("/api/v1/invitations", headers=headers).json()["items"]
    assert listed == [item for item in everything if item["state"] == state]
    assert listed


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("μαρκος μαρκάρης", True),  # words in any order, without accents or case
        ("MARK@example", True),
        ("μαρκ_ρης", False),  # a sign of patterns means itself
        ("κανείς", False),
        ("", True),
    ],
)
def test_the_list_is_searched_by_name_and_address(
    client: Any, as_person: Callable, coordinator: Person, session: Session, search: str, found: bool
) -> None:
    theirs = {"inviter_id": coordinator.id, "surname": "ΜΑΡΚΑΡΗΣ", "name": "Μάρκος", "email": "mark@example.org"}
    make_invitation(session, **theirs)

    listed = client.get("/api/v1/invitations", params={"search": search}, headers=as_person(coordinator.id)).json()

    assert (len(listed["items"]), listed["total"]) == ((1, 1) if found else (0, 0))


def test_accepting_proves_the_address_and_leaves_only_the_texts(
    browser: Callable[[], Browser],
    sandbox: Sandbox,
    client: Any,
    as_person: Callable,
    coordinator: Person,
    mailed: Callable,
    session: Session,
    published: Callable,
) -> None:
    made = invite(client, as_person(coordinator.id)).json()
    visitor = browser()

    visitor.through_taxisnet(sandbox, "not-employed", invitation=mailed()[0]["token"])
    entered = visitor.confirm()

    assert entered.json()["next"] == "terms"
    (fact,) = published(session, "identity.invitation.accepted.v1")
    person_id = fact.data["person_id"]
    assert (fact.data["invitation_id"], fact.data["offer"]) == (made["id"], None)
    account = client.get("/api/v1/account", headers=as_person(person_id, state="awaiting_activation")).json()
    assert [(email["email"], email["primary"], email["proof"]) for email in account["emails"]] == [
        ("nikos@example.org", True, "invitation")
    ]
    (proven,) = published(session, "identity.person.email_proven.v1")
    assert proven.data["email"] == "nikos@example.org"


def test_a_forwarded_link_lets_in_one_of_two(
    browser: Callable[[], Browser], sandbox: Sandbox, session: Session
) -> None:
    make_invitation(session, "an-invitation-secret")
    sandbox.employ("user-1", "none")
    first, second = browser(), browser()
    first.through_taxisnet(sandbox, "not-employed", invitation="an-invitation-secret")
    second.through_taxisnet(sandbox, "user-1", invitation="an-invitation-secret")

    answers = [first.confirm(), second.confirm()]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert answers[1].json()["reason"] == "invitation-spent"


def test_a_known_person_gains_the_invited_address(
    browser: Callable[[], Browser], sandbox: Sandbox, session: Session, joined: Parts
) -> None:
    person = make_person(session, joined, tax_id=PERSONAS["user-1"]["taxid"], email="own@example.org")
    make_invitation(session, "an-invitation-secret", email="other@example.org")
    visitor = browser()

    visitor.through_taxisnet(sandbox, "user-1", invitation="an-invitation-secret")
    visitor.confirm()

    emails = {email.email: (email.primary, email.proof) for email in session.get_one(Person, person.id).emails}
    assert emails == {"own@example.org": (True, "link"), "other@example.org": (False, "invitation")}


def test_an_unproven_claim_gives_way_to_the_invited_address(
    browser: Callable[[], Browser], sandbox: Sandbox, session: Session, joined: Parts
) -> None:
    person = make_person(session, joined, tax_id=PERSONAS["user-1"]["taxid"], status="awaiting_activation")
    make_email(person, "claimed@example.org", proof=None)
    make_invitation(session, "an-invitation-secret", email="other@example.org")
    visitor = browser()

    visitor.through_taxisnet(sandbox, "user-1", invitation="an-invitation-secret")
    visitor.confirm()

    assert session.get_one(Person, person.id).proven_primary == "other@example.org"
