"""Each cell of the employment table, walked from TaxisNet to the row (S2)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.timers import TimerRow
from identity.models import BrowserSession, Person
from identity.parts import Parts
from identity.rules.accounts import Status
from identity.rules.employment import Employment
from identity.rules.invitations import Role

from ..browser import Browser
from ..factories import make_email, make_invitation, make_membership, make_person
from ..world import PERSONAS, Sandbox

Browsers = Callable[[], Browser]
PERSONA = "user-1"
TAX_ID = PERSONAS[PERSONA]["taxid"]
ANSWERS = {"employed": ["1310", "5012"], "not employed": "none", "unavailable": "unavailable"}
SECRET = "an-invitation-secret"


@pytest.fixture
def known(session: Session, joined: Parts) -> Callable[..., Person]:
    def make(role: Role, **facts: object) -> Person:
        person = make_person(session, joined, tax_id=TAX_ID, **{"employment_bodies": ["2047"], **facts})
        make_membership(session, person.id, role)
        return person

    return make


def enter(visitor: Browser, sandbox: Sandbox, answer: str, **query: str) -> bool:
    sandbox.employ(PERSONA, ANSWERS[answer])
    if not visitor.through_taxisnet(sandbox, PERSONA, **query).headers["location"].endswith("/sign-in"):
        return False
    assert visitor.confirm().status_code == 200
    return True


def the_person(session: Session) -> Person:
    return session.scalars(select(Person)).one()


def is_retried(session: Session, person: Person) -> bool:
    return session.get(TimerRow, ("employment.recheck", str(person.id))) is not None


@pytest.mark.parametrize(
    ("answer", "enters", "employment", "retried"),
    [
        ("employed", True, Employment.employed, False),
        ("not employed", False, None, False),
        ("unavailable", True, Employment.pending, True),
    ],
)
def test_an_unknown_person(
    browser: Browsers, sandbox: Sandbox, session: Session, answer: str, enters: bool, employment: object, retried: bool
) -> None:
    assert enter(browser(), sandbox, answer) is enters

    if not enters:
        assert session.scalar(select(func.count()).select_from(Person)) == 0
        return
    person = the_person(session)
    assert (person.employment, is_retried(session, person)) == (employment, retried)


@pytest.mark.parametrize(
    ("answer", "employment", "retried"),
    [
        ("employed", Employment.employed, False),
        ("not employed", Employment.none, False),
        ("unavailable", Employment.pending, True),
    ],
)
def test_an_unknown_person_with_an_invitation(
    browser: Browsers, sandbox: Sandbox, session: Session, answer: str, employment: Employment, retried: bool
) -> None:
    make_invitation(session, SECRET)

    assert enter(browser(), sandbox, answer, invitation=SECRET)

    person = the_person(session)
    assert (person.employment, is_retried(session, person)) == (employment, retried)


@pytest.mark.parametrize(
    ("answer", "employment", "bodies", "retried"),
    [
        ("employed", Employment.employed, ["1310", "5012"], False),
        ("not employed", Employment.none, [], False),
        ("unavailable", Employment.employed, ["2047"], True),
    ],
)
def test_a_known_user(
    browser: Browsers,
    sandbox: Sandbox,
    session: Session,
    known: Callable[..., Person],
    answer: str,
    employment: Employment,
    bodies: list[str],
    retried: bool,
) -> None:
    known(Role.user)

    assert enter(browser(), sandbox, answer)

    person = the_person(session)
    assert (person.employment, person.employment_bodies) == (employment, bodies)
    assert is_retried(session, person) is retried
    assert person.employment_flagged_at is None
    assert person.status == Status.active


@pytest.mark.parametrize(
    ("answer", "employment", "flagged", "retried"),
    [
        ("employed", Employment.employed, False, False),
        ("not employed", Employment.none, True, False),
        ("unavailable", Employment.employed, False, True),
    ],
)
def test_a_known_coordinator(
    browser: Browsers,
    sandbox: Sandbox,
    session: Session,
    known: Callable[..., Person],
    answer: str,
    employment: Employment,
    flagged: bool,
    retried: bool,
) -> None:
    known(Role.unit_coordinator)

    assert enter(browser(), sandbox, answer)

    person = the_person(session)
    assert person.employment == employment
    assert (person.employment_flagged_at is not None) is flagged
    assert is_retried(session, person) is retried


def test_a_coordinator_is_flagged_once_and_cleared_by_a_yes(
    browser: Browsers, sandbox: Sandbox, session: Session, known: Callable[..., Person], published: Callable
) -> None:
    long_ago = now() - timedelta(days=3)
    known(Role.unit_coordinator, employment=Employment.none, employment_bodies=[], employment_flagged_at=long_ago)

    enter(browser(), sandbox, "not employed")
    still_flagged_at = the_person(session).employment_flagged_at
    enter(browser(), sandbox, "employed")

    assert still_flagged_at == long_ago
    assert the_person(session).employment_flagged_at is None
    told = published(session, "identity.person.changed.v1")
    assert [(fact.data["employment"], fact.data["employment_flagged_at"]) for fact in told] == [("employed", None)]


def test_later_not_employed_closes_an_uninvited_persons_sign_in(
    browser: Browsers, sandbox: Sandbox, session: Session, run_timer: Callable, published: Callable
) -> None:
    enter(browser(), sandbox, "unavailable")
    person = the_person(session)
    make_email(person, "sofia@example.org")
    sandbox.employ(PERSONA, ANSWERS["not employed"])

    assert run_timer("employment.recheck", person.id)

    person = the_person(session)
    assert (person.status, person.employment) == (Status.disabled, Employment.none)
    assert session.scalar(select(func.count()).select_from(BrowserSession)) == 0
    assert not is_retried(session, person)
    told = {fact.type: fact.data for fact in published(session)}
    assert told["identity.session.revoked.v1"]["reason"] == "not-employed"
    assert told["identity.person.sign_in_closed.v1"]["person_id"] == str(person.id)
    changed = told["identity.person.changed.v1"]
    assert (changed["status"], changed["disabled_reason"]) == ("disabled", "not_employed")
    assert not enter(browser(), sandbox, "not employed")


def test_whoever_gave_no_address_is_not_written_to(
    browser: Browsers, sandbox: Sandbox, session: Session, run_timer: Callable, published: Callable
) -> None:
    enter(browser(), sandbox, "unavailable")
    sandbox.employ(PERSONA, ANSWERS["not employed"])

    run_timer("employment.recheck", the_person(session).id)

    assert the_person(session).status == Status.disabled
    assert published(session, "identity.person.sign_in_closed.v1") == []


@pytest.mark.parametrize(("answer", "employment"), [("employed", "employed"), ("unavailable", "pending")])
def test_a_closed_sign_in_opens_when_the_register_no_longer_says_no(
    browser: Browsers, sandbox: Sandbox, session: Session, run_timer: Callable, answer: str, employment: str
) -> None:
    enter(browser(), sandbox, "unavailable")
    sandbox.employ(PERSONA, ANSWERS["not employed"])
    run_timer("employment.recheck", the_person(session).id)

    assert enter(browser(), sandbox, answer)

    person = the_person(session)
    assert (person.status, person.employment) == (Status.awaiting_activation, employment)


def test_a_closed_sign_in_opens_by_an_invitation(
    browser: Browsers, sandbox: Sandbox, session: Session, run_timer: Callable
) -> None:
    enter(browser(), sandbox, "unavailable")
    sandbox.employ(PERSONA, ANSWERS["not employed"])
    run_timer("employment.recheck", the_person(session).id)
    make_invitation(session, SECRET)

    assert enter(browser(), sandbox, "not employed", invitation=SECRET)

    person = the_person(session)
    assert (person.status, person.employment) == (Status.awaiting_activation, Employment.none)


def test_later_not_employed_leaves_the_invited_in(
    browser: Browsers, sandbox: Sandbox, session: Session, run_timer: Callable
) -> None:
    make_invitation(session, SECRET)
    enter(browser(), sandbox, "unavailable", invitation=SECRET)
    sandbox.employ(PERSONA, ANSWERS["not employed"])

    run_timer("employment.recheck", the_person(session).id)

    person = the_person(session)
    assert (person.status, person.employment) == (Status.awaiting_activation, Employment.none)
    assert session.scalar(select(func.count()).select_from(BrowserSession)) == 1


@pytest.mark.parametrize(("role", "flagged"), [(Role.user, False), (Role.unit_coordinator, True)])
def test_later_not_employed_marks_users_and_flags_coordinators(
    browser: Browsers,
    sandbox: Sandbox,
    session: Session,
    known: Callable[..., Person],
    run_timer: Callable,
    role: Role,
    flagged: bool,
) -> None:
    known(role)
    enter(browser(), sandbox, "unavailable")
    sandbox.employ(PERSONA, ANSWERS["not employed"])

    run_timer("employment.recheck", the_person(session).id)

    person = the_person(session)
    assert (person.status, person.employment) == (Status.active, Employment.none)
    assert (person.employment_flagged_at is not None) is flagged


def test_an_outage_is_asked_again_with_growing_pauses_until_it_ends(
    browser: Browsers, sandbox: Sandbox, session: Session, run_timer: Callable
) -> None:
    enter(browser(), sandbox, "unavailable")
    person = the_person(session)
    pauses = []
    for _ in range(3):
        run_timer("employment.recheck", person.id)
        pauses.append(session.get_one(TimerRow, ("employment.recheck", str(person.id))).due_at - now())
    sandbox.employ(PERSONA, ANSWERS["employed"])

    run_timer("employment.recheck", person.id)

    assert [round(pause.total_seconds() / 60) for pause in pauses] == [2, 4, 8]
    assert the_person(session).employment == Employment.employed
    assert not is_retried(session, person)


@pytest.mark.parametrize("mode", ["error", "malformed", "rate_limited", "timeout"])
def test_an_outage_never_refuses_nor_demotes(
    browser: Browsers, sandbox: Sandbox, session: Session, known: Callable[..., Person], mode: str
) -> None:
    known(Role.unit_coordinator)
    sandbox.fault("hrms", mode)
    visitor = browser()

    visitor.through_taxisnet(sandbox, PERSONA)
    visitor.confirm()

    person = the_person(session)
    assert (person.employment, person.employment_bodies) == (Employment.employed, ["2047"])
    assert person.employment_flagged_at is None
