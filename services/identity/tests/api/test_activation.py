"""From the first session to an active account (S4)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.crypto import unseal
from identity.models import Acceptance, EmailProof, Person, PersonEmail
from identity.parts import Parts
from identity.rules.accounts import Status
from identity.texts import IN_FORCE

from ..conftest import GUESSING_FAILURES, NOTIFICATIONS_KEY
from ..factories import make_institution, make_invitation, make_person

ACCEPTED = {
    "accept_terms": True,
    "accept_privacy": True,
    "terms_version": IN_FORCE.terms,
    "privacy_version": IN_FORCE.privacy,
}


@pytest.fixture
def newcomer(session: Session, joined: Parts) -> Person:
    return make_person(session, joined, status=Status.awaiting_activation)


@pytest.fixture
def activate(client: Any, as_person: Callable) -> Callable:
    def call(person: Person, **body: Any) -> Any:
        headers = as_person(person.id, state="awaiting_activation")
        return client.post("/api/v1/account/activation", json={**ACCEPTED, **body}, headers=headers)

    return call


@pytest.fixture
def mailed(published: Callable, session: Session) -> Callable:
    """Tokens in mailed links, oldest first."""

    def tokens() -> list[str]:
        facts = published(session, "identity.email_proof.requested.v1")
        return [unseal(NOTIFICATIONS_KEY.as_dict(private=True), fact.data["sealed"])["token"] for fact in facts]

    return tokens


def confirm(client: Any, token: str) -> Any:
    return client.post("/api/v1/email-confirmations", json={"token": token})


def test_the_link_goes_out_and_the_account_waits_for_it(
    newcomer: Person, activate: Callable, session: Session, published: Callable
) -> None:
    answer = activate(newcomer, email="maria@example.org")

    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["next"]) == ("awaiting_activation", "activation")
    (fact,) = published(session, "identity.email_proof.requested.v1")
    sealed = unseal(NOTIFICATIONS_KEY.as_dict(private=True), fact.data["sealed"])
    assert {**sealed, "token": ""} == {
        "email": "maria@example.org",
        "token": "",
        "surname": newcomer.surname,
        "name": newcomer.name,
    }
    assert "maria" not in str(fact.data)
    rows = session.execute(select(Acceptance.document, Acceptance.version, Acceptance.accepted_at)).all()
    assert {(row.document, row.version) for row in rows} == {("terms", IN_FORCE.terms), ("privacy", IN_FORCE.privacy)}
    assert all(row.accepted_at is not None for row in rows)


def test_the_link_activates_without_a_session(
    newcomer: Person, activate: Callable, client: Any, mailed: Callable, session: Session, published: Callable
) -> None:
    institution = make_institution(session, "2047")
    newcomer.employment_bodies = ["2047", "9999"]
    activate(newcomer, email="maria@example.org")

    answer = confirm(client, mailed()[0])

    assert (answer.status_code, answer.json()) == (
        200,
        {"email": "maria@example.org", "primary": True, "status": "active"},
    )
    assert session.get_one(Person, newcomer.id).status == Status.active
    (fact,) = published(session, "identity.person.activated.v1")
    assert fact.data["institution_ids"] == [str(institution.id)]
    assert fact.data["invitation"] is None
    assert fact.data["emails"] == [{"email": "maria@example.org", "primary": True, "proof": "link"}]
    (changed,) = published(session, "identity.person.changed.v1")
    assert (changed.sequence, changed.data["status"]) == (fact.sequence, "active")
    (proven,) = published(session, "identity.person.email_proven.v1")
    assert proven.data == {"person_id": str(newcomer.id), "email": "maria@example.org"}


def test_a_link_works_once(newcomer: Person, activate: Callable, client: Any, mailed: Callable) -> None:
    activate(newcomer, email="maria@example.org")
    confirm(client, mailed()[0])

    again = confirm(client, mailed()[0])

    assert (again.status_code, again.json()["type"]) == (410, "/problems/token-spent")


def test_a_link_dies_after_a_day(
    newcomer: Person, activate: Callable, client: Any, mailed: Callable, session: Session
) -> None:
    activate(newcomer, email="maria@example.org")
    proof = session.scalars(select(EmailProof)).one()
    proof.expires_at = newcomer.created_at

    assert confirm(client, mailed()[0]).status_code == 410


def test_asking_again_replaces_address_and_link(
    newcomer: Person, activate: Callable, client: Any, mailed: Callable, session: Session
) -> None:
    activate(newcomer, email="typo@example.org")
    activate(newcomer, email="maria@example.org")
    first, second = mailed()

    assert confirm(client, first).status_code == 410
    assert confirm(client, second).status_code == 200
    assert session.scalars(select(PersonEmail.email)).all() == ["maria@example.org"]


def test_only_so_many_mails_go_to_one_address(newcomer: Person, activate: Callable) -> None:
    answers = [activate(newcomer, email="maria@example.org") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 3000


def test_a_proven_address_is_not_claimed_by_others(
    newcomer: Person, activate: Callable, session: Session, joined: Parts
) -> None:
    make_person(session, joined, email="Maria@Example.org")

    answer = activate(newcomer, email="maria@example.org")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/email-taken")


def test_an_unproven_claim_blocks_nobody_and_ends_when_somebody_proves(
    newcomer: Person, activate: Callable, client: Any, mailed: Callable, session: Session, joined: Parts
) -> None:
    rival = make_person(session, joined, status=Status.awaiting_activation)
    activate(rival, email="maria@example.org")
    activate(newcomer, email="MARIA@example.org")
    rivals_link, link = mailed()

    assert confirm(client, link).status_code == 200

    assert confirm(client, rivals_link).status_code == 410
    assert session.scalars(select(PersonEmail.person_id)).all() == [newcomer.id]


def test_several_bodies_make_the_person_choose(
    newcomer: Person, activate: Callable, client: Any, mailed: Callable, session: Session, published: Callable
) -> None:
    first, second = make_institution(session, "1310"), make_institution(session, "5012")
    newcomer.employment_bodies = ["1310", "5012"]

    refused = activate(newcomer, email="maria@example.org")
    accepted = activate(newcomer, email="maria@example.org", institution_id=str(second.id))
    confirm(client, mailed()[0])

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/activation-incomplete")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/institution_id"]
    assert [choice["id"] for choice in accepted.json()["institution_choices"]] == [str(first.id), str(second.id)]
    (fact,) = published(session, "identity.person.activated.v1")
    assert fact.data["institution_ids"] == [str(second.id), str(first.id)]


def test_the_address_is_mandatory(newcomer: Person, activate: Callable) -> None:
    answer = activate(newcomer)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/email"]


@pytest.mark.parametrize("refusal", [{"accept_terms": False}, {"accept_privacy": False}])
def test_both_texts_must_be_accepted(newcomer: Person, activate: Callable, refusal: dict[str, bool]) -> None:
    assert activate(newcomer, email="maria@example.org", **refusal).status_code == 400


def test_nobody_accepts_an_old_version(newcomer: Person, activate: Callable) -> None:
    answer = activate(newcomer, email="maria@example.org", terms_version="2020-01")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/terms-outdated")
    assert answer.json()["terms_version"] == IN_FORCE.terms


def test_an_active_account_is_not_activated_again(activate: Callable, session: Session, joined: Parts) -> None:
    answer = activate(make_person(session, joined), email="maria@example.org")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-active")


def test_who_came_by_invitation_only_accepts_the_texts(
    client: Any, as_person: Callable, session: Session, joined: Parts, published: Callable
) -> None:
    invitation = make_invitation(session, email="maria@example.org")
    facts = {"status": Status.awaiting_activation, "invitation_id": invitation.id, "email": "maria@example.org"}
    person = make_person(session, joined, **facts)

    answer = client.post(
        "/api/v1/account/terms-acceptance", json=ACCEPTED, headers=as_person(person.id, state="awaiting_activation")
    )

    assert (answer.status_code, answer.json()["status"], answer.json()["next"]) == (200, "active", "done")
    (fact,) = published(session, "identity.person.activated.v1")
    assert fact.data["invitation"] == {
        "id": str(invitation.id),
        "inviter_id": str(invitation.inviter_id),
        "institution_id": str(invitation.institution_id),
        "offer": None,
    }


def test_the_texts_are_public_in_both_languages(client: Any) -> None:
    greek, english = (client.get("/api/v1/terms", headers={"Accept-Language": language}) for language in ("el", "en"))

    assert greek.json()["terms"]["text"].startswith("# Τι είναι")
    assert english.json()["privacy"]["text"].startswith("# What we keep")
    assert greek.json()["terms"]["version"] == english.json()["terms"]["version"] == IN_FORCE.terms


def test_the_account_shows_what_is_missing(client: Any, as_person: Callable, newcomer: Person) -> None:
    answer = client.get("/api/v1/account", headers=as_person(newcomer.id, state="awaiting_activation"))

    assert answer.json()["next"] == "activation"
    assert answer.json()["emails"] == []
    assert answer.headers["etag"] == f'"{newcomer.version}"'


def test_guessing_tokens_ends_in_429_for_whoever_guesses(client: Any, as_gateway: Callable) -> None:
    def guess(address: str) -> int:
        headers = {"X-Internal": as_gateway()["X-Internal"], "X-Client-Address": address}
        return client.post("/api/v1/email-confirmations", json={"token": "x" * 43}, headers=headers).status_code

    guesses = [guess("192.0.2.7") for _ in range(GUESSING_FAILURES + 1)]

    assert guesses == [410] * GUESSING_FAILURES + [429]
    assert guess("192.0.2.8") == 410
