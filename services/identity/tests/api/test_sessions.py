"""Sessions, the tokens that speak for them, and their ends (O1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.crypto import digest
from identity.models import BrowserSession, Person
from identity.parts import Parts
from identity.rules.accounts import DisabledReason, Status
from identity.rules.invitations import Role
from identity.usecases import people, sessions

from ..factories import make_membership, make_person

SECRET = "s" * 43


@pytest.fixture
def person(session: Session, joined: Parts) -> Person:
    person = make_person(session, joined)
    people.accept(session, person, joined.texts.versions, now())
    return person


@pytest.fixture
def signed_in(session: Session, person: Person) -> BrowserSession:
    return sessions.begin(session, person, token=SECRET, now=now())


@pytest.fixture
def exchange(client: Any, as_gateway: Callable) -> Callable:
    def call(value: str = SECRET, *, prolong: bool = False, audience: str = "orgs", kind: str = "session") -> Any:
        body = {"credential": {"kind": kind, "value": value}, "audience": audience, "prolong": prolong}
        return client.post("/internal/token-exchange", json=body, headers=as_gateway())

    return call


def move_back(session: Session, *, used: timedelta, created: timedelta | None = None) -> None:
    moment = now()
    values = {"last_used_at": moment - used, "created_at": moment - (created or used)}
    session.execute(update(BrowserSession).values(**values))


def test_a_session_becomes_a_token_for_one_service(
    signed_in: BrowserSession, exchange: Callable, client: Any, person: Person
) -> None:
    answer = exchange().json()
    keys = KeySet.import_key_set(client.get("/internal/jwks").json())
    token = jwt.decode(answer["token"], keys, algorithms=["Ed25519"])

    assert token.header["kid"] == keys.keys[0].kid
    claims = token.claims
    assert (claims["iss"], claims["aud"], claims["sub"]) == ("epresence-identity", "orgs", str(person.id))
    assert (claims["sid"], claims["amr"], claims["state"]) == (str(signed_in.id), ["pwd"], "active")
    assert claims["exp"] - claims["iat"] == answer["expires_in"] == 300
    assert (answer["session_id"], answer["state"]) == (str(signed_in.id), "active")


def test_published_keys_hold_no_secret(client: Any) -> None:
    keys = client.get("/internal/jwks").json()["keys"]

    assert [set(key) & {"d", "k"} for key in keys] == [set()]


def test_only_the_gateway_exchanges(signed_in: BrowserSession, client: Any) -> None:
    body = {"credential": {"kind": "session", "value": SECRET}, "audience": "orgs", "prolong": False}

    answers = [
        client.post("/internal/token-exchange", json=body, headers=headers)
        for headers in ({}, {"Authorization": "Internal wrong"})
    ]

    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize(
    ("used", "created", "alive"),
    [
        (timedelta(minutes=29), None, True),
        (timedelta(minutes=30), None, False),
        (timedelta(minutes=5), timedelta(hours=11, minutes=59), True),
        (timedelta(minutes=5), timedelta(hours=12), False),
    ],
)
def test_idleness_and_age_end_a_session(
    signed_in: BrowserSession,
    exchange: Callable,
    session: Session,
    used: timedelta,
    created: timedelta | None,
    alive: bool,
) -> None:
    move_back(session, used=used, created=created)

    answer = exchange(prolong=True)

    assert answer.status_code == (200 if alive else 401)
    if not alive:
        assert answer.json()["type"] == "/problems/session-expired"


def test_a_token_near_the_end_is_shorter(signed_in: BrowserSession, exchange: Callable, session: Session) -> None:
    move_back(session, used=timedelta(minutes=28))

    assert 100 < exchange().json()["expires_in"] <= 120


def test_polling_does_not_prolong_and_use_does(signed_in: BrowserSession, exchange: Callable, session: Session) -> None:
    move_back(session, used=timedelta(minutes=20))
    exchange(prolong=False)
    polled = session.scalars(select(BrowserSession.last_used_at)).one()
    exchange(prolong=True)
    used = session.scalars(select(BrowserSession.last_used_at)).one()

    assert now() - polled > timedelta(minutes=19)
    assert now() - used < timedelta(seconds=10)


@pytest.mark.parametrize(("value", "kind"), [("x" * 43, "session"), (SECRET, "access_token")])
def test_an_unknown_credential_is_refused(signed_in: BrowserSession, exchange: Callable, value: str, kind: str) -> None:
    answer = exchange(value, kind=kind)

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/session-expired")


def test_a_disabled_person_has_no_session(signed_in: BrowserSession, exchange: Callable, person: Person) -> None:
    person.status, person.disabled_reason = Status.disabled, DisabledReason.administrator

    assert exchange().status_code == 401


def test_until_the_texts_are_accepted_the_token_says_so(session: Session, joined: Parts, exchange: Callable) -> None:
    sessions.begin(session, make_person(session, joined), token=SECRET, now=now())

    assert exchange().json()["state"] == "awaiting_activation"


def test_signing_out_ends_it_everywhere(
    signed_in: BrowserSession,
    person: Person,
    client: Any,
    as_person: Callable,
    exchange: Callable,
    session: Session,
    published: Callable,
) -> None:
    session_id = str(signed_in.id)
    headers = as_person(person.id, sid=session_id)

    answer = client.post("/api/v1/sign-out", headers=headers)

    assert "/logout/epresence/?url=" in answer.json()["logout_url"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert exchange().status_code == 401
    (fact,) = published(session, "identity.session.revoked.v1")
    assert fact.data == {"session_id": session_id, "person_id": str(person.id), "reason": "signed-out"}
    assert client.post("/api/v1/sign-out", headers=headers).status_code == 200, "ending it twice is no error"
    assert client.get("/api/v1/session", headers=headers).json()["type"] == "/problems/session-expired"


@pytest.mark.parametrize(
    ("administrator", "roles"),
    [(False, ["institution_coordinator"]), (True, ["institution_coordinator", "platform_administrator"])],
)
def test_the_session_says_who_and_until_when(
    signed_in: BrowserSession,
    person: Person,
    client: Any,
    as_person: Callable,
    session: Session,
    administrator: bool,
    roles: list[str],
) -> None:
    make_membership(session, person.id, Role.institution_coordinator, platform_administrator=administrator)

    answer = client.get("/api/v1/session", headers=as_person(person.id, sid=str(signed_in.id))).json()

    assert answer["person"] == {
        "id": str(person.id),
        "number": person.number,
        "surname": person.surname,
        "name": person.name,
        "email": person.proven_primary,
        "status": "active",
    }
    assert [role["role"] for role in answer["roles"]] == roles
    assert answer["next"] == "done"


def test_whom_orgs_has_not_placed_is_a_user(
    signed_in: BrowserSession, person: Person, client: Any, as_person: Callable
) -> None:
    answer = client.get("/api/v1/session", headers=as_person(person.id, sid=str(signed_in.id))).json()

    assert answer["roles"] == [{"role": "user", "institution_id": None, "unit_id": None}]


def test_renewal_starts_the_idle_time_anew(
    signed_in: BrowserSession, person: Person, client: Any, as_person: Callable, session: Session
) -> None:
    move_back(session, used=timedelta(minutes=25))
    headers = as_person(person.id, sid=str(signed_in.id))
    before = client.get("/api/v1/session", headers=headers).json()["expires_at"]

    after = client.post("/api/v1/session/renewal", headers=headers).json()["expires_at"]

    assert after > before


def test_what_has_expired_is_swept(signed_in: BrowserSession, session: Session, run_timer: Callable) -> None:
    move_back(session, used=timedelta(minutes=31))

    run_timer("sweep", "expired")

    assert session.scalar(select(BrowserSession).where(BrowserSession.token_digest == digest(SECRET))) is None
