"""From «Είσοδος» to a session, against the sandbox's TaxisNet and register."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.models import BrowserSession, PendingSignIn, Person, Trip
from identity.parts import Parts
from identity.rules.accounts import Proof, Status
from identity.rules.employment import Employment

from ..browser import Browser
from ..factories import make_institution, make_person
from ..world import PERSONAS, Sandbox

Browsers = Callable[[], Browser]


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_login_goes_to_taxisnet_with_our_registered_address(browser: Browsers) -> None:
    visitor = browser()

    address = visitor.leave(next="/conferences")

    assert "/taxisnet/oauth2server/oauth/authorize?" in address
    assert "redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fauth%2Fcallback" in address
    assert "scope=read" in address
    assert "response_type=code" in address
    assert "code_challenge" not in address


def test_the_host_header_never_reaches_the_redirect_address(browser: Browsers) -> None:
    answer = browser().call("GET", "/auth/login", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})

    assert "evil" not in answer.headers["location"]


def test_an_unknown_employee_sees_who_taxisnet_says_they_are(
    browser: Browsers, sandbox: Sandbox, session: Session
) -> None:
    institution = make_institution(session, "2047", name="Υπουργείο Ψηφιακής Διακυβέρνησης")
    visitor = browser()

    answer = visitor.through_taxisnet(sandbox, "user-1")
    shown = visitor.call("GET", "/api/v1/sign-in").json()

    assert answer.headers["location"] == "http://127.0.0.1:8080/sign-in"
    assert shown.pop("expires_at")
    assert shown == {
        "surname": "ΑΘΑΝΑΣΙΟΥ",
        "name": "ΣΟΦΙΑ",
        "masked_tax_id": "*****3455",
        "known": False,
        "name_differs": False,
        "awaits": "confirmation",
        "employment": {
            "state": "employed",
            "institutions": [{"id": str(institution.id), "name": "Υπουργείο Ψηφιακής Διακυβέρνησης"}],
        },
        "offer": None,
    }
    assert count(session, Person) == 0, "no account before «Είσοδος»"


def test_the_pending_sign_in_is_unreadable_in_the_database(
    browser: Browsers, sandbox: Sandbox, session: Session
) -> None:
    browser().through_taxisnet(sandbox, "user-1")

    content = session.scalars(select(PendingSignIn.content)).one()
    assert PERSONAS["user-1"]["taxid"] not in content
    assert "ΑΘΑΝΑΣΙΟΥ" not in content


def test_confirming_makes_the_account_and_the_session(
    browser: Browsers, sandbox: Sandbox, session: Session, joined: Parts, published: Callable
) -> None:
    visitor = browser()
    visitor.through_taxisnet(sandbox, "user-1", next="/conferences")

    answer = visitor.confirm()

    person = session.scalars(select(Person)).one()
    assert answer.json() == {"next": "activation", "return_to": "/conferences"}
    assert (person.surname, person.name, person.status) == ("ΑΘΑΝΑΣΙΟΥ", "ΣΟΦΙΑ", Status.awaiting_activation)
    assert (person.employment, person.employment_bodies) == (Employment.employed, ["2047"])
    assert PERSONAS["user-1"]["taxid"] not in person.tax_id
    assert joined.encryption.decrypt(person.tax_id) == PERSONAS["user-1"]["taxid"]
    assert person.number >= 100001
    assert count(session, PendingSignIn) == 0
    assert [fact.type for fact in published(session)] == ["identity.person.changed.v1"]


def test_our_cookies_are_out_of_reach(browser: Browsers, sandbox: Sandbox) -> None:
    visitor = browser()
    seen = {}
    address = visitor.leave()
    seen |= visitor.given
    visitor.come_back(**sandbox.authorize(address, "user-1"))
    seen |= visitor.given
    visitor.confirm()
    seen |= {name: morsel for name, morsel in visitor.given.items() if morsel.value}

    assert set(seen) == {"__Host-epresence", "__Host-epresence-signin", "__Host-epresence-state"}
    for morsel in seen.values():
        assert (morsel["path"], morsel["secure"], morsel["httponly"]) == ("/", True, True)
        assert morsel["samesite"] == "Lax"
        assert morsel["domain"] == ""
        assert len(morsel.value) >= 43
    assert seen["__Host-epresence"]["max-age"] == ""
    assert visitor.given["__Host-epresence-signin"]["max-age"] == "0"


def test_secrets_are_kept_as_digests_only(browser: Browsers, sandbox: Sandbox, session: Session) -> None:
    visitor = browser()
    visitor.through_taxisnet(sandbox, "user-1")
    visitor.confirm()

    stored = session.scalars(select(BrowserSession.token_digest)).one()
    assert visitor.cookies["__Host-epresence"].value.encode() not in stored
    assert len(stored) == 32


def test_a_pending_sign_in_is_confirmed_once(browser: Browsers, sandbox: Sandbox) -> None:
    visitor = browser()
    visitor.through_taxisnet(sandbox, "user-1")
    pending = visitor.cookies["__Host-epresence-signin"]
    visitor.confirm()
    visitor.cookies["__Host-epresence-signin"] = pending

    again = visitor.confirm()

    assert again.status_code == 401
    assert again.json()["type"] == "/problems/sign-in-expired"


def test_without_a_pending_sign_in_there_is_nothing_to_see(browser: Browsers) -> None:
    answer = browser().call("GET", "/api/v1/sign-in")

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/sign-in-expired")


def test_cancelling_forgets_and_ends_the_taxisnet_session(
    browser: Browsers, sandbox: Sandbox, session: Session
) -> None:
    visitor = browser()
    visitor.through_taxisnet(sandbox, "user-1")

    answer = visitor.call("DELETE", "/api/v1/sign-in")

    assert answer.json()["logout_url"].endswith(
        "/taxisnet/oauth2server/logout/epresence/?url=http%3A%2F%2F127.0.0.1%3A8080%2F"
    )
    assert "__Host-epresence-signin" not in visitor.cookies
    assert count(session, PendingSignIn) == 0
    assert count(session, Person) == 0


@pytest.mark.parametrize(("update", "expected"), [(False, "ΠΑΛΙΟ"), (True, "ΑΘΑΝΑΣΙΟΥ")])
def test_the_name_changes_only_if_asked(
    browser: Browsers, sandbox: Sandbox, session: Session, joined: Parts, update: bool, expected: str
) -> None:
    person = make_person(session, joined, tax_id=PERSONAS["user-1"]["taxid"], surname="ΠΑΛΙΟ", name="ΣΟΦΙΑ")
    visitor = browser()
    visitor.through_taxisnet(sandbox, "user-1")
    shown = visitor.call("GET", "/api/v1/sign-in").json()

    visitor.confirm(update_name=update)

    assert (shown["known"], shown["name_differs"]) == (True, True)
    assert session.get_one(Person, person.id).surname == expected
    assert count(session, Person) == 1


@pytest.mark.parametrize(
    ("persona", "surname", "name"),
    [
        ("user-leading-zero", "ΖΑΧΑΡΙΟΥ", "ΘΕΟΔΩΡΟΣ"),
        ("user-padded", "Ο'ΝΗΛ & ΥΙΟΥ", "ΜΑΡΙΑ ΕΛΕΝΗ"),
        ("user-4", "ΠΑΠΑΔΗΜΗΤΡΙΟΥ ΑΛΕΞΙΟΥ", "ΒΑΣΙΛΙΚΗ"),
    ],
)
def test_taxisnets_ways_of_writing_are_understood(
    browser: Browsers, sandbox: Sandbox, session: Session, joined: Parts, persona: str, surname: str, name: str
) -> None:
    visitor = browser()
    visitor.through_taxisnet(sandbox, persona)
    visitor.confirm()

    person = session.scalars(select(Person)).one()
    assert (person.surname, person.name) == (surname, name)
    assert joined.encryption.decrypt(person.tax_id) == PERSONAS[persona]["taxid"]


def test_two_tabs_of_one_browser_both_arrive(browser: Browsers, sandbox: Sandbox, session: Session) -> None:
    visitor = browser()
    first, second = visitor.leave(), visitor.leave()

    answers = [visitor.come_back(**sandbox.authorize(address, "user-1")) for address in (second, first)]

    assert {answer.headers["location"] for answer in answers} == {"http://127.0.0.1:8080/sign-in"}
    assert count(session, Trip) == 0


def test_terms_that_changed_stand_before_everything_else(
    browser: Browsers, sandbox: Sandbox, session: Session, joined: Parts
) -> None:
    person = make_person(session, joined, tax_id=PERSONAS["user-1"]["taxid"], email="s@example.org")
    visitor = browser()
    visitor.through_taxisnet(sandbox, "user-1")

    assert visitor.confirm().json()["next"] == "terms"
    assert person.emails[0].proof == Proof.link


def test_coming_back_unchanged_tells_nobody_anything(
    browser: Browsers, sandbox: Sandbox, session: Session, published: Callable
) -> None:
    for _ in range(2):
        visitor = browser()
        visitor.through_taxisnet(sandbox, "user-1")
        visitor.confirm()

    assert len(published(session)) == 1
    assert count(session, BrowserSession) == 2
