"""Where I am signed in, and ending it there (O1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from chassis.audit import AuditRow, write
from chassis.clock import now
from chassis.crypto import token
from identity.models import BrowserSession, Person
from identity.parts import Parts
from identity.rules.accounts import Status
from identity.rules.devices import Device
from identity.usecases import people, sessions

from ..browser import Browser
from ..factories import make_person
from ..world import Sandbox

SESSIONS = "/api/v1/account/sessions"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def person(session: Session, joined: Parts) -> Person:
    person = make_person(session, joined)
    people.accept(session, person, joined.texts.versions, now())
    return person


def begin(session: Session, person: Person, secret: str | None = None, *device: str) -> UUID:
    began = sessions.begin(session, person, token=secret or token(), now=now(), device=Device(*device))
    return began.id


@pytest.fixture
def call(client: Any, as_person: Callable, person: Person) -> Callable:
    def made(method: str, path: str = "", *, sid: UUID | None = None, language: str = "el") -> Any:
        headers = as_person(person.id, **({"sid": str(sid)} if sid else {}))
        return client.request(method, SESSIONS + path, headers=headers | {"Accept-Language": language})

    return made


def acts(session: Session) -> list[tuple[str, UUID | None]]:
    write(session)
    return [(row.act, row.object_id) for row in session.scalars(select(AuditRow).order_by(AuditRow.position))]


def test_the_list_names_device_and_last_use_and_which_one_this_is(
    session: Session, person: Person, call: Callable
) -> None:
    here, there = begin(session, person, None, "Firefox", "Windows"), begin(session, person)
    moved = update(BrowserSession).where(BrowserSession.id == there)
    session.execute(moved.values(last_used_at=now() - timedelta(minutes=5)))

    greek, english = (call("GET", sid=here, language=language).json()["items"] for language in ("el", "en"))

    assert [(each["id"], each["device"], each["current"]) for each in greek] == [
        (str(here), "Firefox σε Windows", True),
        (str(there), "Άγνωστη συσκευή", False),
    ]
    assert [each["device"] for each in english] == ["Firefox on Windows", "Unknown device"]
    assert set(greek[0]) == {"id", "device", "signed_in_at", "last_used_at", "current"}


def test_what_has_expired_is_not_listed_though_it_awaits_the_sweep(
    session: Session, person: Person, call: Callable
) -> None:
    for used, created in ((timedelta(minutes=30), timedelta(hours=1)), (timedelta(), timedelta(hours=12))):
        one = update(BrowserSession).where(BrowserSession.id == begin(session, person))
        session.execute(one.values(last_used_at=now() - used, created_at=now() - created))

    assert call("GET").json()["items"] == []


def test_nobody_sees_the_sessions_of_others(session: Session, joined: Parts, call: Callable) -> None:
    begin(session, make_person(session, joined))

    assert call("GET").json()["items"] == []


def test_one_is_ended_and_told(session: Session, person: Person, call: Callable, published: Callable) -> None:
    here, there = begin(session, person), begin(session, person)

    answer = call("DELETE", f"/{there}", sid=here)

    assert answer.status_code == 204
    assert session.scalars(select(BrowserSession.id)).all() == [here]
    (fact,) = published(session, "identity.session.revoked.v1")
    assert fact.data == {"session_id": str(there), "person_id": str(person.id), "reason": "ended"}
    assert acts(session) == [("session.ended", there)]


def test_all_others_are_ended_and_this_one_goes_on(
    session: Session, person: Person, joined: Parts, call: Callable, published: Callable
) -> None:
    here, *there = (begin(session, person) for _ in range(4))
    strangers = begin(session, make_person(session, joined))

    answer = call("DELETE", sid=here)

    assert answer.status_code == 204
    assert set(session.scalars(select(BrowserSession.id))) == {here, strangers}
    told = {fact.data["session_id"] for fact in published(session, "identity.session.revoked.v1")}
    assert told == {str(each) for each in there}


def test_an_ended_session_no_longer_becomes_a_token(
    session: Session, person: Person, call: Callable, client: Any, as_gateway: Callable
) -> None:
    ended = begin(session, person, "s" * 43)
    body = {"credential": {"kind": "session", "value": "s" * 43}, "audience": "orgs", "prolong": False}
    before = client.post("/internal/token-exchange", json=body, headers=as_gateway())

    call("DELETE", f"/{ended}")

    after = client.post("/internal/token-exchange", json=body, headers=as_gateway())
    assert (before.status_code, after.status_code) == (200, 401)


def test_those_of_others_and_those_over_cannot_be_ended(
    session: Session, person: Person, joined: Parts, call: Callable
) -> None:
    strangers, mine = begin(session, make_person(session, joined)), begin(session, person)
    call("DELETE", f"/{mine}")

    answers = [call("DELETE", f"/{each}") for each in (strangers, mine, uuid4())]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert session.scalars(select(BrowserSession.id)).all() == [strangers]


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("DELETE", f"/{uuid4()}")])
def test_before_activation_there_is_no_list(
    client: Any, as_person: Callable, session: Session, joined: Parts, method: str, path: str
) -> None:
    newcomer = make_person(session, joined, status=Status.awaiting_activation)
    headers = as_person(newcomer.id, state="awaiting_activation")

    answer = client.request(method, SESSIONS + path, headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/account-not-active")


def test_of_a_browser_two_words_are_kept_and_nothing_else(
    browser: Callable[[], Browser], sandbox: Sandbox, session: Session
) -> None:
    person = browser()
    person.through_taxisnet(sandbox, "user-1")
    person.call(
        "POST",
        "/api/v1/sign-in/confirmation",
        json={"update_name": False},
        headers={"User-Agent": FIREFOX, "X-Client-Address": "192.0.2.77"},
    )

    row = str(session.execute(text("SELECT browser_session::text FROM browser_session")).all())
    assert "Firefox" in row
    assert "Windows" in row
    assert not [word for word in ("Mozilla", "140", "Gecko", "192.0.2.77") if word in row]
