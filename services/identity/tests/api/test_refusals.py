"""Each refusal: its reason, out of TaxisNet, no account, nothing personal in the logs (S1)."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.models import PendingSignIn, Person
from identity.parts import Parts
from identity.rules.accounts import DisabledReason, Status

from ..browser import Browser
from ..conftest import GUESSING_FAILURES
from ..factories import make_invitation, make_person
from ..world import PERSONAS, Sandbox

Browsers = Callable[[], Browser]
LOGOUT = "/taxisnet/oauth2server/logout/epresence/?url=http%3A%2F%2F127.0.0.1%3A8080%2Frefused"


def assert_refused(visitor: Browser, answer: object, session: Session, reason: str) -> None:
    location = answer.headers["location"]  # type: ignore[attr-defined]
    assert location.endswith(LOGOUT), "refused people leave TaxisNet, too"
    cookie = visitor.given["__Host-epresence-refusal"]
    assert (cookie["path"], cookie["secure"], cookie["httponly"], cookie["samesite"]) == ("/", True, True, "Lax")
    assert "__Host-epresence-signin" not in visitor.given
    assert visitor.refusal() == reason
    assert visitor.refusal() == "unknown", "told once"
    assert session.scalar(select(func.count()).select_from(PendingSignIn)) == 0


def assert_nobody_entered(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_consent_denied(browser: Browsers, sandbox: Sandbox, session: Session) -> None:
    visitor = browser()

    answer = visitor.through_taxisnet(sandbox, "user-1", decision="deny")

    assert_refused(visitor, answer, session, "access-denied")
    assert_nobody_entered(session)


@pytest.mark.parametrize(
    ("persona", "reason"),
    [("legal-entity", "legal-entity"), ("invalid-taxid", "tax-id-invalid"), ("not-employed", "not-employed")],
)
def test_people_who_may_not_enter(
    browser: Browsers, sandbox: Sandbox, session: Session, persona: str, reason: str
) -> None:
    visitor = browser()

    answer = visitor.through_taxisnet(sandbox, persona)

    assert_refused(visitor, answer, session, reason)
    assert_nobody_entered(session)


def test_a_forged_state(browser: Browsers, sandbox: Sandbox, session: Session) -> None:
    visitor = browser()
    sent = sandbox.authorize(visitor.leave(), "user-1")

    answer = visitor.come_back(code=sent["code"], state="A" * 43)

    assert_refused(visitor, answer, session, "state-invalid")
    assert_nobody_entered(session)


def test_a_missing_state(browser: Browsers, sandbox: Sandbox, session: Session) -> None:
    visitor = browser()
    sent = sandbox.authorize(visitor.leave(), "user-1")

    assert_refused(visitor, visitor.come_back(code=sent["code"]), session, "state-invalid")
    assert_nobody_entered(session)


def test_a_reused_state(browser: Browsers, sandbox: Sandbox, session: Session) -> None:
    visitor = browser()
    first = sandbox.authorize(visitor.leave(), "user-1")
    visitor.come_back(code="nonsense", state=first["state"])

    answer = visitor.come_back(**first)

    assert_refused(visitor, answer, session, "state-invalid")
    assert_nobody_entered(session)


def test_another_browsers_state_neither_works_nor_is_spoilt(
    browser: Browsers, sandbox: Sandbox, session: Session
) -> None:
    victim, attacker = browser(), browser()
    sent = sandbox.authorize(victim.leave(), "user-1")
    attacker.leave()

    answer = attacker.come_back(**sent)

    assert_refused(attacker, answer, session, "state-invalid")
    assert_nobody_entered(session)
    assert victim.come_back(**sent).headers["location"].endswith("/sign-in")


def test_a_code_that_was_used(browser: Browsers, sandbox: Sandbox, session: Session) -> None:
    first, second = browser(), browser()
    used = sandbox.authorize(first.leave(), "user-1")
    first.come_back(**used)
    first.call("DELETE", "/api/v1/sign-in")
    fresh = sandbox.authorize(second.leave(), "user-1")

    answer = second.come_back(code=used["code"], state=fresh["state"])

    assert_refused(second, answer, session, "code-rejected")
    assert_nobody_entered(session)


@pytest.mark.parametrize(
    ("operation", "mode"),
    [
        ("token", "error"),  # HTML, 500
        ("token", "malformed"),  # HTML, 200
        ("token", "truncated"),
        ("token", "rate_limited"),
        ("token", "timeout"),
        ("userinfo", "error"),
        ("userinfo", "malformed"),  # JSON with status 200 where XML was asked for
        ("userinfo", "json_error"),
        ("userinfo", "truncated"),
        ("userinfo", "rate_limited"),
        ("userinfo", "timeout"),
    ],
)
def test_a_taxisnet_out_of_order(
    browser: Browsers, sandbox: Sandbox, session: Session, operation: str, mode: str
) -> None:
    sandbox.fault("taxisnet", mode, operation=operation)
    visitor = browser()

    answer = visitor.through_taxisnet(sandbox, "user-1")

    assert_refused(visitor, answer, session, "provider-unavailable")
    assert_nobody_entered(session)


def test_an_account_that_was_disabled(browser: Browsers, sandbox: Sandbox, session: Session, joined: Parts) -> None:
    tax_id, disabled = PERSONAS["user-1"]["taxid"], DisabledReason.administrator
    make_person(session, joined, tax_id=tax_id, status=Status.disabled, disabled_reason=disabled)
    visitor = browser()

    answer = visitor.through_taxisnet(sandbox, "user-1")

    assert_refused(visitor, answer, session, "account-disabled")


def test_an_account_disabled_between_taxisnet_and_confirmation(
    browser: Browsers, sandbox: Sandbox, session: Session, joined: Parts
) -> None:
    person = make_person(session, joined, tax_id=PERSONAS["user-1"]["taxid"])
    visitor = browser()
    visitor.through_taxisnet(sandbox, "user-1")
    person.status, person.disabled_reason = Status.disabled, DisabledReason.administrator

    answer = visitor.confirm()

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/sign-in-refused")
    assert answer.json()["reason"] == "account-disabled"
    assert answer.json()["logout_url"].endswith("%2Frefused")
    assert visitor.call("GET", "/api/v1/sign-in/refusal").json() == {"reason": "account-disabled"}
    assert not {"__Host-epresence", "__Host-epresence-signin"} & set(visitor.cookies)


def test_an_invitation_that_no_longer_counts(browser: Browsers, sandbox: Sandbox, session: Session) -> None:
    invitation = make_invitation(session, "an-invitation-secret")
    invitation.revoked_at = invitation.created_at
    visitor = browser()

    answer = visitor.through_taxisnet(sandbox, "not-employed", invitation="an-invitation-secret")

    assert_refused(visitor, answer, session, "invitation-spent")


def test_guessing_states_ends_in_429(browser: Browsers, session: Session) -> None:
    visitor = browser()
    for _ in range(GUESSING_FAILURES):
        visitor.come_back(code="x", state="y" * 43)

    answers = [visitor.call("GET", path) for path in ("/auth/login", "/auth/callback?code=x&state=y")]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert int(answers[0].headers["retry-after"]) > 0


def test_nothing_personal_is_logged(
    browser: Browsers, sandbox: Sandbox, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secrets = []
    for persona in ("user-1", "not-employed", "legal-entity", "invalid-taxid"):
        visitor = browser()
        sent = sandbox.authorize(visitor.leave(next="/join/a-ticket-secret"), persona)
        visitor.come_back(**sent)
        visitor.confirm()
        person, cookies = PERSONAS[persona], visitor.cookies.items()
        secrets += [*sent.values(), person["taxid"], person["surname"]]
        secrets += [cookie.value for name, cookie in cookies if name != "__Host-epresence-refusal"]
    sandbox.fault("taxisnet", "json_error", operation="token")
    browser().through_taxisnet(sandbox, "user-2")
    sandbox.fault("hrms", "malformed")
    browser().through_taxisnet(sandbox, "user-2")

    ours = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records if record.name != "httpx")
    assert "sign-in refused" in ours
    assert not [secret for secret in [*secrets, "a-ticket-secret", PERSONAS["user-2"]["taxid"]] if secret in ours]
