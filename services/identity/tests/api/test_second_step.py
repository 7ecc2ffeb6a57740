"""«Είσοδος» of people with a second factor, and of administrators without one (S10)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis.clock import now
from identity.models import BrowserSession, Invitation, PendingSignIn, Person, RecoveryCode, SecondFactor, WrongCodes
from identity.parts import Parts
from identity.rules.accounts import DisabledReason, Status
from identity.usecases import people

from ..authenticator import Authenticator
from ..browser import Browser
from ..conftest import GUESSING_FAILURES
from ..factories import make_invitation, make_membership, make_person, make_second_factor
from ..world import PERSONAS, Sandbox

Browsers = Callable[[], Browser]
SESSION, PENDING = "__Host-epresence", "__Host-epresence-signin"
RECOVERY = ["AAAA-BBBB-CCCC-DDDD"]


@pytest.fixture
def person(session: Session, joined: Parts) -> Person:
    person = make_person(session, joined, tax_id=PERSONAS["user-1"]["taxid"], surname="ΠΑΛΙΟ", name="ΣΟΦΙΑ")
    people.accept(session, person, joined.texts.versions, now())
    return person


@pytest.fixture
def phone(session: Session, joined: Parts, person: Person) -> Authenticator:
    return make_second_factor(session, joined, person, recovery_codes=RECOVERY)


@pytest.fixture
def visitor(browser: Browsers, sandbox: Sandbox, phone: Authenticator) -> Browser:
    """Back from TaxisNet, with a second factor."""
    return returned(browser, sandbox)


@pytest.fixture
def administrator(browser: Browsers, sandbox: Sandbox, session: Session, person: Person) -> Browser:
    """Back from TaxisNet, a platform administrator without second factor."""
    make_membership(session, person.id, platform_administrator=True)
    return returned(browser, sandbox)


def returned(browser: Browsers, sandbox: Sandbox, **query: str) -> Browser:
    visitor = browser()
    visitor.through_taxisnet(sandbox, "user-1", **{"next": "/conferences", **query})
    return visitor


def prove(visitor: Browser, code: str) -> Response:
    return visitor.call("POST", "/api/v1/sign-in/two-factor", json={"code": code})


def awaits(visitor: Browser) -> Any:
    return visitor.call("GET", "/api/v1/sign-in").json().get("awaits")


def set_up(visitor: Browser, action: str, **body: str) -> Response:
    return visitor.call("POST", f"/api/v1/account/two-factor/{action}", json=body)


def refusal(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_confirming_asks_for_a_code_and_gives_no_session(visitor: Browser, session: Session, person: Person) -> None:
    answer = visitor.confirm(update_name=True)

    assert answer.json() == {"next": "two_factor", "return_to": "/conferences"}
    assert set(visitor.given) == set()
    assert count(session, BrowserSession) == 0
    assert awaits(visitor) == "two_factor"
    assert session.get_one(Person, person.id).surname == "ΠΑΛΙΟ", "nothing is changed before the code"


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_a_code_enters_where_the_person_was_going(
    visitor: Browser, phone: Authenticator, session: Session, person: Person, as_gateway: Callable, kind: str
) -> None:
    visitor.confirm(update_name=True)

    answer = prove(visitor, phone.code() if kind == "totp" else RECOVERY[0])

    assert answer.json() == {"next": "done", "return_to": "/conferences"}
    assert session.scalars(select(BrowserSession.mfa)).one() is True
    assert session.get_one(Person, person.id).surname == "ΑΘΑΝΑΣΙΟΥ", "what was ticked at «Είσοδος» is done now"
    assert count(session, PendingSignIn) == 0
    assert PENDING not in visitor.cookies
    assert visitor.token(as_gateway(), prolong=False).status_code == 200


def test_a_used_recovery_code_is_told_by_mail(
    visitor: Browser, session: Session, published: Callable, person: Person
) -> None:
    visitor.confirm()
    prove(visitor, RECOVERY[0])

    (fact,) = published(session, "identity.two_factor.changed.v1")
    assert (fact.data["change"], fact.data["recovery_codes_left"]) == ("recovery_code_used", 0)
    assert session.scalars(select(RecoveryCode.used_at)).one() is not None


def test_a_session_from_before_does_not_survive_the_question(visitor: Browser) -> None:
    visitor.cookies[SESSION] = visitor.cookies[PENDING]  # anything: what it once opened is not asked

    visitor.confirm()

    assert SESSION not in visitor.cookies


def test_without_a_second_factor_nothing_more_is_asked(browser: Browsers, sandbox: Sandbox, person: Person) -> None:
    visitor = returned(browser, sandbox)

    assert visitor.confirm().json()["next"] == "done"
    assert SESSION in visitor.cookies


def test_one_that_is_only_being_set_up_is_not_asked_for(
    browser: Browsers, sandbox: Sandbox, session: Session, person: Person
) -> None:
    session.add(SecondFactor(person_id=person.id))
    session.flush()

    assert returned(browser, sandbox).confirm().json()["next"] == "done"


def test_after_five_wrong_codes_the_attempt_is_over(visitor: Browser, phone: Authenticator, session: Session) -> None:
    visitor.confirm()

    answers = [prove(visitor, phone.wrong_code()) for _ in range(5)]

    assert {refusal(answer) for answer in answers} == {(422, "code-wrong")}
    assert [answer.json()["attempts_left"] for answer in answers] == [4, 3, 2, 1, 0]
    assert refusal(prove(visitor, phone.code())) == (401, "sign-in-expired")
    assert count(session, PendingSignIn) == 0
    assert count(session, BrowserSession) == 0


def test_wrong_codes_of_both_kinds_and_of_a_clock_that_is_off_count_towards_the_five(
    visitor: Browser, phone: Authenticator
) -> None:
    visitor.confirm()
    codes = [phone.wrong_code(), "ZZZZ-ZZZZ-ZZZZ-ZZZZ", phone.code(5), phone.code(-5), phone.wrong_code()]

    answers = [prove(visitor, code) for code in codes]

    assert [refusal(answer)[1] for answer in answers] == [
        "code-wrong",
        "code-wrong",
        "clock-off",
        "clock-off",
        "code-wrong",
    ]
    assert answers[-1].json()["attempts_left"] == 0


def test_a_spent_code_is_refused_but_is_no_guess(
    visitor: Browser, phone: Authenticator, browser: Browsers, sandbox: Sandbox, session: Session
) -> None:
    visitor.confirm()
    code = phone.code()
    prove(visitor, code)
    again = returned(browser, sandbox)
    again.confirm()

    answers = [prove(again, code) for _ in range(6)]

    assert {refusal(answer) for answer in answers} == {(409, "code-spent")}
    assert count(session, WrongCodes) == 0
    assert prove(again, phone.code(1)).status_code == 200


def test_ten_wrong_codes_close_the_account_whichever_sign_ins_they_came_by(
    phone: Authenticator, browser: Browsers, sandbox: Sandbox
) -> None:
    for _ in range(2):
        guesser = returned(browser, sandbox)
        guesser.confirm()
        for _ in range(5):
            prove(guesser, phone.wrong_code())
    visitor = returned(browser, sandbox)
    visitor.confirm()

    closed = prove(visitor, phone.code())

    assert refusal(closed) == (429, "too-many-attempts")
    assert 890 <= int(closed.headers["retry-after"]) <= 900
    assert prove(visitor, RECOVERY[0]).status_code == 200, "recovery codes have a counter of their own"


def test_wrong_codes_count_where_they_come_from_too(
    phone: Authenticator, browser: Browsers, sandbox: Sandbox, session: Session
) -> None:
    for _ in range(GUESSING_FAILURES // 5):
        guesser = returned(browser, sandbox)
        guesser.confirm()
        for _ in range(5):
            prove(guesser, phone.wrong_code())
        session.execute(update(WrongCodes).values(blocked_until=now()))

    assert browser().call("GET", "/auth/login").status_code == 429


def test_confirming_again_changes_nothing(visitor: Browser, phone: Authenticator) -> None:
    visitor.confirm()
    prove(visitor, phone.wrong_code())

    assert visitor.confirm().json()["next"] == "two_factor"
    assert prove(visitor, phone.wrong_code()).json()["attempts_left"] == 3


def test_a_code_before_the_confirmation_is_not_looked_at(
    visitor: Browser, phone: Authenticator, session: Session
) -> None:
    answer = prove(visitor, phone.code())

    assert refusal(answer) == (409, "sign-in-at-another-step")
    assert answer.json()["awaits"] == "confirmation"
    visitor.confirm()
    assert prove(visitor, phone.code()).status_code == 200


def test_cancelling_ends_it_at_the_second_step_too(visitor: Browser, phone: Authenticator, session: Session) -> None:
    visitor.confirm()
    visitor.call("DELETE", "/api/v1/sign-in")

    assert refusal(prove(visitor, phone.code())) == (401, "sign-in-expired")
    assert count(session, PendingSignIn) == 0


def test_it_dies_ten_minutes_after_taxisnet_answered(visitor: Browser, phone: Authenticator, session: Session) -> None:
    visitor.confirm()
    session.execute(update(PendingSignIn).values(expires_at=now() - timedelta(seconds=1)))

    assert refusal(prove(visitor, phone.code())) == (401, "sign-in-expired")


def test_who_was_disabled_meanwhile_is_refused(
    visitor: Browser, phone: Authenticator, session: Session, person: Person
) -> None:
    visitor.confirm()
    person.status, person.disabled_reason = Status.disabled, DisabledReason.administrator
    session.flush()

    answer = prove(visitor, phone.code())

    assert refusal(answer) == (403, "sign-in-refused")
    assert (answer.json()["reason"], visitor.refusal()) == ("account-disabled", "account-disabled")


def test_who_lost_the_second_factor_meanwhile_starts_again(
    visitor: Browser, phone: Authenticator, session: Session, person: Person
) -> None:
    visitor.confirm()
    session.delete(session.get_one(SecondFactor, person.id))
    session.flush()

    assert refusal(prove(visitor, phone.code())) == (401, "sign-in-expired")


def test_an_invitation_is_accepted_with_the_code_not_before(
    phone: Authenticator, browser: Browsers, sandbox: Sandbox, session: Session
) -> None:
    invitation = make_invitation(session, "the-invitation", email="sofia@example.org")
    visitor = returned(browser, sandbox, invitation="the-invitation")
    visitor.confirm()
    assert session.get_one(Invitation, invitation.id).accepted_at is None

    prove(visitor, phone.code())

    assert session.get_one(Invitation, invitation.id, populate_existing=True).accepted_at is not None


def test_an_administrator_without_one_must_set_it_up(administrator: Browser, session: Session) -> None:
    answer = administrator.confirm()

    assert answer.json() == {"next": "two_factor_setup", "return_to": "/conferences"}
    assert count(session, BrowserSession) == 0
    assert awaits(administrator) == "two_factor_setup"
    assert refusal(prove(administrator, "123456")) == (409, "sign-in-at-another-step")


def test_setting_it_up_ends_the_sign_in_with_a_session_by_two_factors(
    administrator: Browser, session: Session, published: Callable
) -> None:
    administrator.confirm()
    phone = Authenticator(set_up(administrator, "enrolment").json()["secret"])

    answer = set_up(administrator, "activation", code=phone.code())

    assert answer.json()["signed_in"] == {"next": "done", "return_to": "/conferences"}
    assert len(answer.json()["recovery_codes"]) == 10
    assert SESSION in administrator.cookies
    assert PENDING not in administrator.cookies
    assert session.scalars(select(BrowserSession.mfa)).one() is True
    assert count(session, PendingSignIn) == 0
    told = [fact.data["change"] for fact in published(session, "identity.two_factor.changed.v1")]
    assert told == ["activated"]


def test_a_mistyped_code_costs_neither_the_secret_nor_the_sign_in(administrator: Browser) -> None:
    administrator.confirm()
    secret = set_up(administrator, "enrolment").json()["secret"]

    wrong = set_up(administrator, "activation", code=Authenticator(secret).wrong_code())

    assert refusal(wrong) == (422, "code-wrong")
    assert set_up(administrator, "enrolment").json()["secret"] == secret
    assert set_up(administrator, "activation", code=Authenticator(secret).code()).status_code == 200


def test_the_sign_in_opens_nothing_before_it_awaits_this(administrator: Browser, visitor_of: Callable) -> None:
    assert refusal(set_up(administrator, "enrolment")) == (409, "sign-in-at-another-step")
    assert refusal(set_up(administrator, "activation", code="123456")) == (409, "sign-in-at-another-step")
    made_up = visitor_of("x" * 43)
    assert refusal(set_up(made_up, "enrolment")) == (401, "sign-in-expired")
    assert refusal(set_up(made_up, "deactivation", code="123456")) == (401, "not-signed-in")


@pytest.fixture
def visitor_of(browser: Browsers) -> Callable:
    """A browser that brings this as its pending sign-in."""

    def make(value: str) -> Browser:
        visitor = browser()
        answer = visitor.call("GET", "/auth/login")
        assert answer.status_code == 302
        visitor.cookies[PENDING] = visitor.cookies["__Host-epresence-state"]
        visitor.cookies[PENDING].set(PENDING, value, value)
        return visitor

    return make


def test_who_has_one_cannot_set_up_another_by_a_sign_in(visitor: Browser, phone: Authenticator) -> None:
    visitor.confirm()

    assert refusal(set_up(visitor, "enrolment")) == (409, "sign-in-at-another-step")


def test_neither_cookie_nor_token_is_nobody(browser: Browsers) -> None:
    assert refusal(set_up(browser(), "enrolment")) == (401, "not-signed-in")
