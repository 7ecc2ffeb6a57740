"""The second factor of a signed-in person: turned on, moved, turned off, reset (S10)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis.audit import AuditDetail, AuditRow, write
from chassis.clock import now
from chassis.ids import new_id
from identity.models import BrowserSession, Person, RecoveryCode, SecondFactor, WrongCodes
from identity.parts import Parts
from identity.usecases import people, sessions

from ..authenticator import Authenticator
from ..factories import make_membership, make_person, make_second_factor

PATH = "/api/v1/account/two-factor"
SECRET = "s" * 43
RECOVERY = ["AAAA-BBBB-CCCC-DDDD", "EEEE-FFFF-GGGG-HHHH"]


@pytest.fixture
def person(session: Session, joined: Parts) -> Person:
    person = make_person(session, joined)
    people.accept(session, person, joined.texts.versions, now())
    return person


@pytest.fixture
def signed_in(session: Session, person: Person) -> BrowserSession:
    return sessions.begin(session, person, token=SECRET, now=now())


@pytest.fixture
def call(client: Any, as_person: Callable, person: Person, signed_in: BrowserSession) -> Callable:
    """As this person, in this session: `call("enrolment", code=…)`."""

    def act(action: str, *, sid: str | None = str(signed_in.id), state: str = "active", **body: Any) -> Any:
        claims = {"sid": sid} if sid is not None else {"sid": None, "client_id": "a-program"}
        return client.post(f"{PATH}/{action}", json=body, headers=as_person(person.id, state=state, **claims))

    return act


@pytest.fixture
def read(client: Any, as_person: Callable, person: Person) -> Callable:
    return lambda: client.get(PATH, headers=as_person(person.id)).json()


@pytest.fixture
def phone(session: Session, joined: Parts, person: Person) -> Authenticator:
    """The second factor is on."""
    return make_second_factor(session, joined, person, recovery_codes=RECOVERY)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def acts(session: Session) -> list[str]:
    write(session)
    return list(session.scalars(select(AuditRow.act).order_by(AuditRow.position)))


def changes(published: Callable, session: Session) -> list[str]:
    return [fact.data["change"] for fact in published(session, "identity.two_factor.changed.v1")]


def test_it_is_off_at_first(read: Callable, signed_in: BrowserSession) -> None:
    assert read() == {"active": False, "activated_at": None, "recovery_codes_left": 0, "required": False}


def test_enrolling_gives_a_secret_as_text_address_and_picture(
    call: Callable, read: Callable, session: Session, person: Person
) -> None:
    answer = call("enrolment")

    made = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert len(made["secret"]) == 32
    assert made["otpauth_uri"].startswith("otpauth://totp/ePresence.gov.gr:")
    assert made["secret"] in made["otpauth_uri"]
    assert made["qr_svg"].startswith("<svg")
    assert not read()["active"], "nothing changes before a code proves that an app took the secret over"
    factor = session.get_one(SecondFactor, person.id)
    assert made["secret"] not in (factor.enrolling_secret or "")


def test_asking_again_shows_the_same_secret_and_another_session_gets_another(call: Callable) -> None:
    first, again, elsewhere = call("enrolment"), call("enrolment"), call("enrolment", sid=str(new_id()))

    assert first.json() == again.json()
    assert first.json()["secret"] != elsewhere.json()["secret"]


def test_a_code_turns_it_on(
    call: Callable, read: Callable, session: Session, person: Person, published: Callable
) -> None:
    phone = Authenticator(call("enrolment").json()["secret"])

    answer = call("activation", code=phone.code())

    codes = answer.json()["recovery_codes"]
    assert (answer.status_code, answer.json()["signed_in"], len(set(codes))) == (200, None, 10)
    assert answer.headers["cache-control"] == "no-store"
    shown = read()
    assert (shown["active"], shown["recovery_codes_left"]) == (True, 10)
    assert changes(published, session) == ["activated"]
    assert acts(session) == ["two_factor.activated"]
    factor = session.get_one(SecondFactor, person.id)
    assert phone.secret not in (factor.secret or "")
    assert factor.enrolling_secret is None


def test_recovery_codes_are_kept_unreadable(call: Callable, session: Session) -> None:
    phone = Authenticator(call("enrolment").json()["secret"])
    codes = call("activation", code=phone.code()).json()["recovery_codes"]

    kept = session.scalars(select(RecoveryCode.digest)).all()

    assert {len(digest) for digest in kept} == {32}
    assert not [code for code in codes if code.replace("-", "").encode() in b"".join(kept)]


def test_neither_secret_nor_code_leaves_by_a_fact_or_stays_in_the_audit_trail(
    call: Callable, session: Session, published: Callable
) -> None:
    phone = Authenticator(call("enrolment").json()["secret"])
    codes = call("activation", code=phone.code()).json()["recovery_codes"]
    call("recovery-codes", code=codes[0])
    write(session)

    told = str([fact.data for fact in published(session)]) + str(session.execute(select(AuditDetail.details)).all())
    assert "recovery_code_used" in told
    assert not [secret for secret in (phone.secret, *codes) if secret in told or secret.replace("-", "") in told]


def test_this_session_has_then_shown_two_factors_and_the_others_end(
    call: Callable,
    client: Any,
    as_gateway: Callable,
    session: Session,
    person: Person,
    signed_in: BrowserSession,
    published: Callable,
) -> None:
    other_id = sessions.begin(session, person, token="o" * 43, now=now()).id
    phone = Authenticator(call("enrolment").json()["secret"])

    call("activation", code=phone.code())

    body = {"credential": {"kind": "session", "value": SECRET}, "audience": "orgs", "prolong": False}
    token = client.post("/internal/token-exchange", json=body, headers=as_gateway()).json()["token"]
    keys = KeySet.import_key_set(client.get("/internal/jwks").json())
    assert jwt.decode(token, keys, algorithms=["Ed25519"]).claims["amr"] == ["pwd", "mfa"]
    (revoked,) = published(session, "identity.session.revoked.v1")
    assert (revoked.data["session_id"], revoked.data["reason"]) == (str(other_id), "two-factor-changed")
    assert session.scalars(select(BrowserSession.id)).all() == [signed_in.id]


def test_the_code_that_turned_it_on_is_spent(call: Callable) -> None:
    phone = Authenticator(call("enrolment").json()["secret"])
    code = phone.code()
    call("activation", code=code)

    assert refusal(call("deactivation", code=code)) == (409, "code-spent")


def test_a_wrong_first_code_can_be_tried_again(call: Callable, read: Callable, session: Session) -> None:
    phone = Authenticator(call("enrolment").json()["secret"])

    wrong, late = call("activation", code=phone.wrong_code()), call("activation", code=phone.code(-10))

    assert refusal(wrong) == (422, "code-wrong")
    assert refusal(late) == (422, "clock-off")
    assert late.json()["minutes_off"] == -5
    assert not read()["active"]
    assert session.scalar(select(func.count()).select_from(WrongCodes)) == 0
    assert call("activation", code=phone.code()).status_code == 200


def test_without_a_secret_of_this_session_there_is_nothing_to_turn_on(call: Callable, session: Session) -> None:
    assert refusal(call("activation", code="123456")) == (409, "enrolment-needed")
    phone = Authenticator(call("enrolment").json()["secret"])

    assert refusal(call("activation", code=phone.code(), sid=str(new_id()))) == (409, "enrolment-needed")
    session.execute(update(SecondFactor).values(enrolling_at=now() - timedelta(minutes=31)))
    assert refusal(call("activation", code=phone.code())) == (409, "enrolment-needed")


def test_over_one_in_use_only_with_a_code_of_it(call: Callable, phone: Authenticator) -> None:
    assert refusal(call("enrolment")) == (409, "two-factor-active")
    assert refusal(call("enrolment", code=phone.wrong_code())) == (422, "code-wrong")
    assert call("enrolment", code=phone.code()).status_code == 200


def test_moving_to_another_phone_ends_the_codes_of_the_one_before(
    call: Callable, phone: Authenticator, session: Session, published: Callable
) -> None:
    other = Authenticator(call("enrolment", code=RECOVERY[0]).json()["secret"])

    answer = call("activation", code=other.code())

    assert len(answer.json()["recovery_codes"]) == 10
    assert changes(published, session) == ["recovery_code_used", "replaced"]
    assert refusal(call("deactivation", code=phone.code(1))) == (422, "code-wrong")
    assert refusal(call("deactivation", code=RECOVERY[1])) == (422, "code-wrong")
    assert call("deactivation", code=other.code(1)).status_code == 200


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_either_kind_of_code_turns_it_off(
    call: Callable, phone: Authenticator, session: Session, published: Callable, kind: str
) -> None:
    session.execute(update(BrowserSession).values(mfa=True))

    answer = call("deactivation", code=phone.code() if kind == "totp" else RECOVERY[0].lower())

    assert answer.json()["active"] is False
    assert changes(published, session)[-1] == "deactivated"
    assert acts(session)[-1] == "two_factor.deactivated"
    assert session.scalar(select(func.count()).select_from(SecondFactor)) == 0
    assert session.scalars(select(BrowserSession.mfa)).all() == [False], "it stays, but shows one factor only"


def test_platform_administrators_cannot_turn_it_off(
    call: Callable, read: Callable, phone: Authenticator, session: Session, person: Person
) -> None:
    make_membership(session, person.id, platform_administrator=True)

    assert refusal(call("deactivation", code=phone.code())) == (409, "two-factor-required")
    shown = read()
    assert (shown["active"], shown["required"]) == (True, True)
    assert call("enrolment", code=phone.code()).status_code == 200, "the refused code was not spent"


@pytest.mark.parametrize("action", ["deactivation", "recovery-codes"])
def test_what_is_off_cannot_be_used(call: Callable, action: str) -> None:
    assert refusal(call(action, code="123456")) == (409, "two-factor-inactive")


def test_new_recovery_codes_end_the_ones_before(
    call: Callable, read: Callable, phone: Authenticator, session: Session
) -> None:
    answer = call("recovery-codes", code=phone.code())

    assert len(answer.json()["recovery_codes"]) == 10
    assert read()["recovery_codes_left"] == 10
    assert refusal(call("recovery-codes", code=RECOVERY[0])) == (422, "code-wrong")
    assert acts(session) == ["two_factor.recovery_codes_renewed"]
    assert call("deactivation", code=answer.json()["recovery_codes"][9]).status_code == 200


def test_a_code_is_accepted_once(call: Callable, phone: Authenticator, session: Session) -> None:
    code = phone.code()
    call("recovery-codes", code=code)

    answers = [call("recovery-codes", code=code) for _ in range(12)]

    assert {refusal(answer) for answer in answers} == {(409, "code-spent")}
    assert session.scalar(select(func.count()).select_from(WrongCodes)) == 0, "a spent code is no guess"


def test_ten_wrong_codes_close_the_authenticator_and_leave_the_recovery_codes(
    call: Callable, phone: Authenticator, session: Session
) -> None:
    for _ in range(10):
        assert refusal(call("recovery-codes", code=phone.wrong_code())) == (422, "code-wrong")

    closed = call("recovery-codes", code=phone.code())

    assert refusal(closed) == (429, "too-many-attempts")
    assert 890 <= int(closed.headers["retry-after"]) <= 900
    assert acts(session) == ["two_factor.blocked"]
    assert call("deactivation", code=RECOVERY[0]).status_code == 200


def test_recovery_codes_have_a_counter_of_their_own(call: Callable, phone: Authenticator) -> None:
    for number in range(10):
        assert refusal(call("recovery-codes", code=f"ZZZZ-ZZZZ-ZZZZ-ZZZ{number}")) == (422, "code-wrong")

    assert refusal(call("recovery-codes", code=RECOVERY[0])) == (429, "too-many-attempts")
    assert call("recovery-codes", code=phone.code()).status_code == 200


def test_the_door_opens_again_after_fifteen_minutes(call: Callable, phone: Authenticator, session: Session) -> None:
    for _ in range(10):
        call("recovery-codes", code=phone.wrong_code())
    session.execute(update(WrongCodes).values(blocked_until=now()))

    assert call("recovery-codes", code=phone.code()).status_code == 200


def test_a_clock_that_is_off_is_told_counts_and_spoils_the_code(
    call: Callable, phone: Authenticator, session: Session, person: Person
) -> None:
    """Otherwise a guesser would learn a code that becomes valid in some minutes."""
    ahead = call("recovery-codes", code=phone.code(4))

    assert refusal(ahead) == (422, "clock-off")
    assert ahead.json()["minutes_off"] == 2
    assert len(session.scalars(select(WrongCodes.at)).one()) == 1
    factor = session.get_one(SecondFactor, person.id)
    factor.told_steps = [step - 4 for step in factor.told_steps]  # its time has come
    session.flush()
    assert refusal(call("recovery-codes", code=phone.code())) == (409, "code-spent")
    assert call("recovery-codes", code=phone.code(1)).status_code == 200


@pytest.mark.parametrize("action", ["enrolment", "activation", "deactivation", "recovery-codes"])
def test_programs_have_no_second_factor_and_newcomers_none_yet(call: Callable, action: str) -> None:
    body = {"code": "123456"}

    assert refusal(call(action, sid=None, **body)) == (403, "forbidden")
    assert refusal(call(action, state="awaiting_activation", **body)) == (403, "account-not-active")


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": "1" * 61}, {"code": 123456}, {"code": "1", "more": 1}])
def test_malformed_codes_are_pointed_at(call: Callable, body: dict[str, Any]) -> None:
    assert refusal(call("deactivation", **body)) == (400, "invalid-request")


@pytest.fixture
def reset(client: Any, as_person: Callable, session: Session, joined: Parts) -> Callable:
    administrator = make_person(session, joined)
    make_membership(session, administrator.id, platform_administrator=True)

    def act(person_id: Any = None, *, mfa: bool = True, by: Any = administrator.id) -> Any:
        path = f"/api/v1/admin/people/{person_id or administrator.id}/two-factor/reset"
        return client.post(path, headers=as_person(by, mfa=mfa))

    return act


def test_an_administrator_resets_it_and_the_persons_sessions_end(
    reset: Callable,
    phone: Authenticator,
    session: Session,
    person: Person,
    signed_in: BrowserSession,
    published: Callable,
) -> None:
    session_id = signed_in.id

    answer = reset(person.id)

    assert answer.json() == {"active": False, "activated_at": None, "recovery_codes_left": 0, "required": False}
    assert changes(published, session) == ["reset"]
    assert acts(session) == ["two_factor.reset"]
    (revoked,) = published(session, "identity.session.revoked.v1")
    assert (revoked.data["session_id"], revoked.data["reason"]) == (str(session_id), "two-factor-reset")
    assert session.scalar(select(func.count()).select_from(SecondFactor)) == 0


def test_who_may_not_reset(reset: Callable, phone: Authenticator, person: Person) -> None:
    assert reset(person.id, mfa=False).json()["reason"] == "second-factor-needed"
    assert reset(person.id, by=person.id).json()["reason"] == "not-an-administrator"
    assert reset().json()["reason"] == "not-oneself"


def test_there_must_be_something_to_reset(reset: Callable, person: Person) -> None:
    assert refusal(reset(person.id)) == (409, "two-factor-inactive")
    assert refusal(reset(new_id())) == (404, "not-found")
