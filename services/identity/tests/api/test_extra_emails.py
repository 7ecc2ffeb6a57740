"""«Διαχείριση Email»: addresses beside the primary one (S7)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.audit import AuditRow, write
from chassis.clock import now
from chassis.crypto import unseal
from identity.models import BrowserSession, EmailProof, Person, PersonEmail
from identity.parts import Parts
from identity.rules.accounts import Proof, Status
from identity.usecases import emails, sessions

from ..conftest import NOTIFICATIONS_KEY
from ..factories import make_email, make_person

EMAILS = "/api/v1/account/emails"


@pytest.fixture
def person(session: Session, joined: Parts) -> Person:
    return make_person(session, joined, email="maria@digital.example")


@pytest.fixture
def other(session: Session, joined: Parts) -> Person:
    return make_person(session, joined, email="other@digital.example")


@pytest.fixture
def call(client: Any, as_person: Callable, person: Person) -> Callable:
    def made(method: str, path: str = "", body: Any = None, *, by: Person | None = None) -> Any:
        headers = as_person((by or person).id)
        return client.request(method, EMAILS + path, json=body, headers=headers)

    return made


@pytest.fixture
def add(call: Callable) -> Callable:
    return lambda email, **more: call("POST", body={"email": email}, **more)


@pytest.fixture
def links(published: Callable, session: Session) -> Callable:
    """Tokens mailed to an address, oldest first."""

    def tokens(email: str) -> list[str]:
        facts = published(session, "identity.email_proof.requested.v1")
        opened = [unseal(NOTIFICATIONS_KEY.as_dict(private=True), fact.data["sealed"]) for fact in facts]
        return [each["token"] for each in opened if each["email"] == email]

    return tokens


@pytest.fixture
def prove(client: Any) -> Callable:
    return lambda token: client.post("/api/v1/email-confirmations", json={"token": token})


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]


def acts(session: Session) -> list[str]:
    session.flush()
    write(session)
    return list(session.scalars(select(AuditRow.act).order_by(AuditRow.position)))


def test_the_list_says_how_many_places_are_free(call: Callable, person: Person, session: Session) -> None:
    make_email(person, "extra@example.org", primary=False)
    make_email(person, "pending@example.org", proof=None, primary=False)
    session.flush()

    body = call("GET").json()

    assert body["free"] == 1, "a pending one takes a place, too"
    assert [(each["email"], each["primary"], each["confirmed"], each["proof"]) for each in body["items"]] == [
        ("maria@digital.example", True, True, "link"),
        ("extra@example.org", False, True, "link"),
        ("pending@example.org", False, False, None),
    ]


def test_an_added_address_waits_for_its_link_and_the_link_proves_it(
    add: Callable,
    call: Callable,
    links: Callable,
    prove: Callable,
    published: Callable,
    session: Session,
    person: Person,
) -> None:
    answer = add("maria@example.org")

    assert answer.status_code == 201
    assert (answer.json()["confirmed"], answer.json()["primary"]) == (False, False)
    (requested,) = published(session, "identity.email_proof.requested.v1")
    assert requested.data["purpose"] == "extra_email"
    assert not published(session, "identity.person.changed.v1"), "a claim is nobody else's business"
    (token,) = links("maria@example.org")
    proven = prove(token)
    assert proven.json() == {"email": "maria@example.org", "primary": False, "status": "active"}
    (changed,) = published(session, "identity.person.changed.v1")
    assert [each["email"] for each in changed.data["emails"]] == ["maria@digital.example", "maria@example.org"]
    assert changed.data["email"] == "maria@digital.example"
    (fact,) = published(session, "identity.person.email_proven.v1")
    assert (fact.data["email"], fact.data["person_id"]) == ("maria@example.org", str(person.id))
    assert call("GET").json()["free"] == 2


def test_a_fourth_extra_address_is_refused_whatever_state_the_three_are_in(
    add: Callable, person: Person, session: Session
) -> None:
    make_email(person, "proven@example.org", primary=False)
    session.flush()
    answers = [add(f"{n}@example.org").status_code for n in range(2)]

    assert answers == [201, 201]
    assert refused(add("fourth@example.org")) == (409, "emails-full")


def test_a_removed_one_makes_room_again(add: Callable, call: Callable) -> None:
    ids = [add(f"{n}@example.org").json()["id"] for n in range(3)]

    removed = call("DELETE", f"/{ids[0]}")

    assert removed.status_code == 204
    assert add("another@example.org").status_code == 201


@pytest.mark.parametrize("again", ["maria@digital.example", "MARIA@digital.example", "extra@example.org"])
def test_what_is_mine_already_is_not_added_twice(add: Callable, again: str) -> None:
    add("extra@example.org")

    assert refused(add(again)) == (409, "email-already-mine")


def test_a_proven_address_of_somebody_else_is_taken(add: Callable, other: Person) -> None:
    assert refused(add("OTHER@digital.example")) == (409, "email-taken")


def test_an_unproven_claim_of_somebody_else_blocks_nobody_and_ends_with_the_proof(
    add: Callable,
    call: Callable,
    links: Callable,
    prove: Callable,
    other: Person,
    published: Callable,
    session: Session,
) -> None:
    add("wanted@example.org", by=other)
    add("kept@example.org", by=other)

    assert add("Wanted@example.org").status_code == 201
    (losing,) = links("wanted@example.org")
    (winning,) = links("Wanted@example.org")
    assert prove(winning).status_code == 200

    assert [each["email"] for each in call("GET", by=other).json()["items"]] == [
        "other@digital.example",
        "kept@example.org",
    ]
    assert refused(prove(losing)) == (410, "token-spent")
    (told,) = published(session, "identity.email_claim.lost.v1")
    assert told.data["person_id"] == str(other.id)
    sealed = unseal(NOTIFICATIONS_KEY.as_dict(private=True), told.data["sealed"])
    assert sealed == {"claimed": "wanted@example.org", "surname": other.surname, "name": other.name}
    assert "wanted" not in str(told.data)


def test_who_has_no_proven_address_yet_loses_the_claim_without_a_mail(
    add: Callable, links: Callable, prove: Callable, session: Session, joined: Parts, published: Callable
) -> None:
    newcomer = make_person(session, joined, status=Status.awaiting_activation)
    make_email(newcomer, "wanted@example.org", proof=None)
    session.flush()
    add("wanted@example.org")

    prove(*links("wanted@example.org"))

    session.expire_all()
    assert newcomer.emails == []
    assert not published(session, "identity.email_claim.lost.v1")


def test_only_the_claim_that_lost_goes(
    add: Callable, call: Callable, links: Callable, prove: Callable, other: Person, session: Session
) -> None:
    """Somebody owned it without our having waited for them: the claim ends when its link is used."""
    add("wanted@example.org")
    add("kept@example.org")
    make_email(other, "wanted@example.org", primary=False)
    session.flush()

    answer = prove(*links("wanted@example.org"))

    assert refused(answer) == (410, "token-spent")
    assert [each["email"] for each in call("GET").json()["items"]] == ["maria@digital.example", "kept@example.org"]


def test_sending_again_ends_the_link_before(add: Callable, call: Callable, links: Callable, prove: Callable) -> None:
    email_id = add("extra@example.org").json()["id"]

    answer = call("POST", f"/{email_id}/confirmation")

    assert answer.status_code == 202
    first, second = links("extra@example.org")
    assert prove(first).status_code == 410
    assert prove(second).status_code == 200
    assert refused(call("POST", f"/{email_id}/confirmation")) == (409, "email-confirmed")


def test_five_links_an_hour_go_to_one_address_whoever_asks(add: Callable, call: Callable, other: Person) -> None:
    email_id = add("Extra@example.org").json()["id"]
    again = [call("POST", f"/{email_id}/confirmation").status_code for _ in range(4)]

    sixth = call("POST", f"/{email_id}/confirmation")

    assert again == [202] * 4
    assert refused(sixth) == (429, "too-many-attempts")
    assert 0 < int(sixth.headers["retry-after"]) <= 3600
    assert refused(add("extra@example.org", by=other)) == (429, "too-many-attempts")


def test_one_person_cannot_have_links_sent_to_one_stranger_after_the_other(
    add: Callable, call: Callable, joined: Parts
) -> None:
    for n in range(joined.settings.proof_mails_per_person_and_hour):
        email_id = add(f"stranger{n}@example.org").json()["id"]
        assert call("DELETE", f"/{email_id}").status_code == 204

    assert refused(add("one.more@example.org")) == (429, "too-many-attempts")


def test_an_expired_link_proves_nothing_and_a_new_one_does(
    add: Callable, call: Callable, links: Callable, prove: Callable, session: Session
) -> None:
    email_id = add("extra@example.org").json()["id"]
    session.execute(update(EmailProof).values(expires_at=now() - timedelta(seconds=1)))

    assert prove(*links("extra@example.org")).status_code == 410
    call("POST", f"/{email_id}/confirmation")
    assert prove(links("extra@example.org")[-1]).status_code == 200


def test_the_primary_address_is_not_removed(call: Callable, person: Person) -> None:
    assert refused(call("DELETE", f"/{person.emails[0].id}")) == (409, "email-primary")


def test_the_others_hear_of_a_proven_address_that_is_given_up(
    call: Callable, person: Person, session: Session, published: Callable
) -> None:
    extra = make_email(person, "extra@example.org", primary=False)
    session.flush()

    assert call("DELETE", f"/{extra.id}").status_code == 204

    (changed,) = published(session, "identity.person.changed.v1")
    assert [each["email"] for each in changed.data["emails"]] == ["maria@digital.example"]


def test_a_pending_one_goes_with_its_link_and_nobody_hears_of_it(
    add: Callable, call: Callable, links: Callable, prove: Callable, session: Session, published: Callable
) -> None:
    email_id = add("extra@example.org").json()["id"]

    call("DELETE", f"/{email_id}")

    assert prove(*links("extra@example.org")).status_code == 410
    assert not published(session, "identity.person.changed.v1")


def test_making_one_primary_changes_places_and_tells_the_old_address(
    call: Callable, person: Person, session: Session, published: Callable
) -> None:
    extra = make_email(person, "extra@example.org", primary=False)
    session.flush()
    old = person.emails[0]
    sessions.begin(session, person, token="s" * 43, now=now())

    answer = call("POST", f"/{extra.id}/primary")

    assert [(each["email"], each["primary"]) for each in answer.json()["items"]] == [
        ("extra@example.org", True),
        ("maria@digital.example", False),
    ]
    (changed,) = published(session, "identity.person.changed.v1")
    assert changed.data["email"] == "extra@example.org"
    (told,) = published(session, "identity.primary_email.changed.v1")
    assert told.subject == str(old.id)
    sealed = unseal(NOTIFICATIONS_KEY.as_dict(private=True), told.data["sealed"])
    assert sealed == {"email": "maria@digital.example", "surname": person.surname, "name": person.name}
    assert session.scalars(select(BrowserSession.person_id)).all() == [person.id], "sessions stay"
    assert call("DELETE", f"/{old.id}").status_code == 204


def test_the_primary_one_made_primary_again_changes_nothing(
    call: Callable, person: Person, session: Session, published: Callable
) -> None:
    answer = call("POST", f"/{person.emails[0].id}/primary")

    assert answer.status_code == 200
    assert not published(session, "identity.primary_email.changed.v1")


def test_an_unproven_address_does_not_become_primary(add: Callable, call: Callable) -> None:
    email_id = add("extra@example.org").json()["id"]

    assert refused(call("POST", f"/{email_id}/primary")) == (409, "email-unconfirmed")


@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("POST", "/confirmation"), ("POST", "/primary")])
def test_nobody_touches_the_addresses_of_others(
    call: Callable, other: Person, session: Session, method: str, path: str
) -> None:
    theirs = make_email(other, "theirs@example.org", primary=False)
    session.flush()

    answers = [call(method, f"/{email_id}{path}") for email_id in (theirs.id, uuid4())]

    assert [refused(answer) for answer in answers] == [(404, "not-found")] * 2
    session.expire_all()
    assert session.get(PersonEmail, theirs.id) is not None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("POST", "", {"email": "extra@example.org"}),
        ("DELETE", f"/{uuid4()}", None),
        ("POST", f"/{uuid4()}/confirmation", None),
        ("POST", f"/{uuid4()}/primary", None),
    ],
)
def test_before_activation_there_are_no_extra_addresses(
    client: Any, as_person: Callable, session: Session, joined: Parts, method: str, path: str, body: Any
) -> None:
    newcomer = make_person(session, joined, status=Status.awaiting_activation)
    headers = as_person(newcomer.id, state="awaiting_activation")

    assert refused(client.request(method, EMAILS + path, json=body, headers=headers)) == (403, "account-not-active")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "no address"},
        {"email": "x" * 250 + "@example.org"},
        {"email": None},
        {"email": "a@b.gr", "primary": True},
    ],
)
def test_what_is_no_address_is_refused(call: Callable, body: dict[str, Any]) -> None:
    assert call("POST", body=body).status_code == 400


def test_an_invited_address_takes_the_place_of_the_newest_claim(
    session: Session, joined: Parts, person: Person
) -> None:
    for n in range(2):
        make_email(person, f"proven{n}@example.org", primary=False)
    make_email(person, "claim@example.org", proof=None, primary=False)
    session.flush()

    owned = [
        emails.own(session, person, email, proof=Proof.invitation, parts=joined, now=now())
        for email in ("invited@example.org", "one.too.many@example.org")
    ]

    assert owned == [True, False]
    assert {row.email for row in person.extra_emails} == {
        "proven0@example.org",
        "proven1@example.org",
        "invited@example.org",
    }


def test_acts_about_addresses_are_kept(
    add: Callable, call: Callable, links: Callable, prove: Callable, session: Session, person: Person
) -> None:
    email_id = add("extra@example.org").json()["id"]
    prove(*links("extra@example.org"))
    call("POST", f"/{email_id}/primary")
    call("DELETE", f"/{person.emails[0].id}")

    assert acts(session) == ["email.claimed", "email.proven", "email.made_primary", "email.removed"]
