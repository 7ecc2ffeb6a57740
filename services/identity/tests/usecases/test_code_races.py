"""Codes brought by many at once, with real commits: one passes, every guess is counted."""

from collections import Counter
from collections.abc import Callable

import pyotp
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.crypto import token
from chassis.db import transaction
from chassis.errors import DomainError
from identity import queries
from identity.clients.hrms import Finding
from identity.models import BrowserSession, Person, RecoveryCode, SecondFactor, WrongCodes
from identity.parts import Parts
from identity.rules.employment import Answer
from identity.rules.sign_in import Citizen
from identity.usecases import confirmation, sign_in, two_factor
from identity.usecases.sessions import Opening
from identity.usecases.sign_in import Baggage, Held

from ..authenticator import Authenticator
from ..factories import make_person, make_second_factor, make_tax_id
from .test_races import at_once, counted

RECOVERY = ["AAAA-BBBB-CCCC-DDDD", "EEEE-FFFF-GGGG-HHHH"]


class Somebody:
    """A person with a second factor, and as many browsers as they like, each past «Είσοδος»."""

    def __init__(self, joined: Parts) -> None:
        self.joined, self.tax_id = joined, make_tax_id()
        with transaction() as session:
            person = make_person(session, joined, tax_id=self.tax_id)
            self.id = person.id
            self.phone = make_second_factor(session, joined, person, recovery_codes=RECOVERY)

    def browsers(self, count: int) -> list[str]:
        held = Held(Citizen(self.tax_id, "ΕΠΩΝΥΜΟ", "ΟΝΟΜΑ"), Finding(Answer.employed, ("2047",)), Baggage())
        secrets = [token() for _ in range(count)]
        with transaction() as session:
            for secret in secrets:
                sign_in.hold(session, held, token=secret, parts=self.joined, now=now())
        for secret in secrets:
            with transaction() as session:
                confirmation.confirm(
                    session,
                    token=secret,
                    update_name=False,
                    language="el",
                    opening=Opening(token()),
                    parts=self.joined,
                    now=now(),
                )
        return secrets

    def prove(self, browser: str, code: str) -> str:
        try:
            with transaction() as session:
                answer = confirmation.prove(
                    session,
                    token=browser,
                    code=code,
                    language="el",
                    opening=Opening(token()),
                    parts=self.joined,
                    now=now(),
                )
        except DomainError as refused:
            return refused.type
        return answer.type if isinstance(answer, DomainError) else "entered"


@pytest.fixture
def somebody(database: Engine, joined: Parts) -> Somebody:
    return Somebody(joined)


def test_of_fifty_uses_of_one_authenticator_code_one_enters(somebody: Somebody, database: Engine) -> None:
    code = somebody.phone.code()

    outcomes = Counter(at_once(lambda browser: somebody.prove(browser, code), somebody.browsers(50)))

    assert outcomes == {"entered": 1, "code-spent": 49}
    assert counted(database, BrowserSession) == 1
    assert counted(database, WrongCodes) == 0


def test_of_fifty_uses_of_one_recovery_code_one_enters(somebody: Somebody, database: Engine) -> None:
    outcomes = Counter(at_once(lambda browser: somebody.prove(browser, RECOVERY[0]), somebody.browsers(50)))

    assert outcomes == {"entered": 1, "code-spent": 49}
    assert counted(database, BrowserSession) == 1
    assert counted(database, RecoveryCode, RecoveryCode.used_at.is_(None)) == 1


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_of_fifty_guesses_at_once_ten_are_looked_at(somebody: Somebody, database: Engine, kind: str) -> None:
    wrong = somebody.phone.wrong_code() if kind == "totp" else "ZZZZ-ZZZZ-ZZZZ-ZZZZ"

    outcomes = Counter(at_once(lambda browser: somebody.prove(browser, wrong), somebody.browsers(50)))

    assert outcomes == {"code-wrong": 10, "too-many-attempts": 40}
    with Session(database) as session:
        row = session.scalars(select(WrongCodes)).one()
        assert (row.kind, row.blocked_until is not None) == (kind, True)


def test_of_twenty_guesses_at_once_on_one_sign_in_five_are_looked_at(somebody: Somebody) -> None:
    [browser] = somebody.browsers(1)
    wrong = somebody.phone.wrong_code()

    outcomes = Counter(at_once(lambda _: somebody.prove(browser, wrong), list(range(20))))

    assert outcomes == {"code-wrong": 5, "sign-in-expired": 15}


def test_one_sign_in_entered_from_twenty_tabs_begins_one_session(somebody: Somebody, database: Engine) -> None:
    [browser] = somebody.browsers(1)
    code = somebody.phone.code()

    outcomes = Counter(at_once(lambda _: somebody.prove(browser, code), list(range(20))))

    assert outcomes == {"entered": 1, "sign-in-expired": 19}
    assert counted(database, BrowserSession) == 1


def test_turning_it_off_with_one_recovery_code_fifty_times_is_done_once(somebody: Somebody, database: Engine) -> None:
    def deactivate(_: int) -> str:
        try:
            with transaction() as session:
                person = queries.person_for_update(session, somebody.id)
                refusal = two_factor.deactivate(
                    session, person=person, code=RECOVERY[0], parts=somebody.joined, now=now()
                )
        except DomainError as refused:
            return refused.type
        return refusal.type if refusal is not None else "off"

    outcomes = Counter(at_once(deactivate, list(range(50))))

    assert outcomes == {"off": 1, "two-factor-inactive": 49}
    assert counted(database, SecondFactor) == 0


def test_turned_on_in_twenty_tabs_at_once_it_has_one_secret_and_ten_codes(database: Engine, joined: Parts) -> None:
    with transaction() as session:
        person_id = make_person(session, joined).id

    def locked(act: Callable[[Session, Person], object]) -> object:
        try:
            with transaction() as session:
                return act(session, queries.person_for_update(session, person_id))
        except DomainError as refused:
            return refused.type

    def enrol(session: Session, person: Person) -> str:
        made = two_factor.enrol(
            session, person=person, by=b"tab", code=None, secret=pyotp.random_base32(), parts=joined, now=now()
        )
        assert isinstance(made, two_factor.Enrolment)
        return made.secret

    secrets = set(at_once(lambda _: locked(enrol), list(range(20))))
    [secret] = [str(secret) for secret in secrets]
    code = Authenticator(secret).code()

    def activate(number: int) -> object:
        codes = [f"{number:02d}{place}0-0000-0000-0000" for place in range(10)]
        return locked(
            lambda session, person: two_factor.activate(
                session, person=person, by=b"tab", code=code, recovery_codes=codes, parts=joined, now=now()
            )
        )

    outcomes = Counter(at_once(activate, list(range(20))))

    assert outcomes == {None: 1, "enrolment-needed": 19}
    assert counted(database, RecoveryCode) == 10
