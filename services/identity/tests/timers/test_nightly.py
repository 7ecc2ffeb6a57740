"""The register is asked about everybody, a few people each night (O4)."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.db import transaction
from chassis.timers import TimerRow
from identity import parts
from identity.clients.hrms import Finding
from identity.models import Person
from identity.parts import Parts
from identity.rules.accounts import DisabledReason, Status
from identity.rules.employment import Answer, Employment
from identity.rules.invitations import Role
from identity.settings import Settings
from identity.usecases import rechecks

from ..factories import make_membership, make_person, make_tax_id
from ..world import PERSONAS, Sandbox

EVERY = timedelta(days=30)
YES, NO, AWAY = Finding(Answer.employed, ("2047",)), Finding(Answer.not_employed), Finding(Answer.unavailable)


@dataclass
class Register:
    """A file in place of the register: people, or away altogether."""

    path: Path

    def says(self, bodies: dict[str, list[str]]) -> None:
        self.path.write_text(json.dumps(bodies), "utf-8")

    def is_away(self) -> None:
        self.path.write_text("<html>503</html>", "utf-8")


@pytest.fixture
def register(settings: Settings, tmp_path: Path) -> Register:
    return Register(tmp_path / "register.json")


@pytest.fixture
def night(settings: Settings, register: Register) -> Callable[..., Parts]:
    """The service with this register, three people a portion."""

    def configured(**changes: Any) -> Parts:
        given = {"hrms_file": register.path, "recheck_portion": 3, **changes}
        return parts.configure(settings.model_copy(update=given))

    return configured


def timer(session: Session) -> TimerRow:
    return session.get_one(TimerRow, ("employment.nightly", "everybody"), populate_existing=True)


def checked(session: Session) -> int:
    return session.scalar(select(func.count()).where(Person.employment_checked_at.is_not(None))) or 0


def test_a_portion_asks_about_a_few_and_the_next_goes_on_behind_them(
    session: Session, night: Callable[..., Parts], register: Register, run_timer: Callable
) -> None:
    joined = night()
    tax_ids = [make_tax_id() for _ in range(5)]
    for tax_id in tax_ids:
        make_person(session, joined, tax_id=tax_id)
    register.says({tax_id: ["1310"] for tax_id in tax_ids})

    run_timer("employment.nightly", "everybody")
    after_one = (checked(session), timer(session).due_at - now() < timedelta(seconds=1))
    run_timer("employment.nightly", "everybody")

    assert after_one == (3, True)
    assert checked(session) == 5
    assert {tuple(person.employment_bodies) for person in session.scalars(select(Person))} == {("1310",)}
    assert timer(session).due_at == joined.settings.recheck_hours.next_begin(now()), "the rest of the night is free"


def test_nobody_is_asked_about_more_often_than_the_setting_says(
    session: Session, night: Callable[..., Parts], register: Register, run_timer: Callable
) -> None:
    joined = night()
    recent, old = now() - timedelta(days=29), now() - timedelta(days=31)
    fresh = make_person(session, joined, employment_checked_at=recent)
    stale = make_person(session, joined, employment_checked_at=old)
    register.says({})

    run_timer("employment.nightly", "everybody")

    assert (fresh.employment, fresh.employment_checked_at) == (Employment.employed, recent)
    assert stale.employment == Employment.none
    assert stale.employment_checked_at > old


@pytest.mark.parametrize(
    "facts",
    [
        {"employment": Employment.pending},
        {"status": Status.awaiting_activation},
        {"status": Status.disabled, "disabled_reason": DisabledReason.administrator},
        {"status": Status.disabled, "disabled_reason": DisabledReason.not_employed, "employment": Employment.none},
    ],
)
def test_who_waits_for_a_first_answer_or_is_not_in_is_not_asked_about_at_night(
    session: Session, night: Callable[..., Parts], facts: dict[str, Any]
) -> None:
    make_person(session, night(), **facts)

    assert rechecks.claim(session, every=EVERY, now=now()) is None


@pytest.mark.parametrize(
    ("role", "flagged"), [(None, False), (Role.user, False), (Role.unit_coordinator, True)], ids=str
)
@pytest.mark.parametrize("kept", [Employment.employed, Employment.none])
@pytest.mark.parametrize("answer", ["employed", "not employed", "unavailable"])
def test_each_cell_at_night(
    session: Session,
    night: Callable[..., Parts],
    register: Register,
    run_timer: Callable,
    published: Callable,
    answer: str,
    kept: Employment,
    role: Role | None,
    flagged: bool,
) -> None:
    tax_id = make_tax_id()
    bodies = ["2047"] if answer == "employed" else []
    person = make_person(session, night(), tax_id=tax_id, employment=kept, employment_bodies=bodies)
    if role is not None:
        make_membership(session, person.id, role)
    register.says({tax_id: ["2047"]} if answer == "employed" else {})
    if answer == "unavailable":
        register.is_away()

    run_timer("employment.nightly", "everybody")

    after = {"employed": Employment.employed, "not employed": Employment.none, "unavailable": kept}[answer]
    is_flagged = flagged and (kept, answer) == (Employment.employed, "not employed")
    assert (person.status, person.employment) == (Status.active, after)
    assert (person.employment_flagged_at is not None) is is_flagged
    assert len(published(session, "identity.person.employment_flagged.v1")) == is_flagged
    assert (person.employment_checked_at is None) is (answer == "unavailable")
    assert len(published(session, "identity.person.changed.v1")) == (kept != after)


def test_an_answer_that_changes_nothing_leaves_the_version_alone(
    session: Session, night: Callable[..., Parts], register: Register, run_timer: Callable
) -> None:
    """Somebody may be filling in the form of their account, at night too."""
    tax_id = make_tax_id()
    person = make_person(session, night(), tax_id=tax_id, employment_bodies=["2047"])
    register.says({tax_id: ["2047"]})
    version = person.version

    run_timer("employment.nightly", "everybody")

    assert person.employment_checked_at is not None
    assert person.version == version


def test_an_outage_stops_the_portion_and_the_pauses_grow_until_it_ends(
    session: Session, night: Callable[..., Parts], register: Register, run_timer: Callable
) -> None:
    joined = night(recheck_portion=50)
    tax_ids = [make_tax_id() for _ in range(20)]
    for tax_id in tax_ids:
        make_person(session, joined, tax_id=tax_id)
    register.is_away()
    pauses = []
    for _ in range(3):
        run_timer("employment.nightly", "everybody")
        pauses.append(round((timer(session).due_at - now()).total_seconds() / 60))
    asked = session.scalar(select(func.count()).where(Person.employment_asked_until.is_not(None)))
    kept = {(person.employment, person.status, person.version) for person in session.scalars(select(Person))}

    register.says({tax_id: ["2047"] for tax_id in tax_ids})
    run_timer("employment.nightly", "everybody")

    assert pauses == [1, 2, 4]
    assert asked == 9, "three questions each time, then no more"
    assert kept == {(Employment.employed, Status.active, 1)}, "an outage changes nothing"
    assert checked(session) == 11, "those of the outage wait for another night"
    assert timer(session).payload == {"pauses": 0}


def test_one_person_for_whom_there_is_never_an_answer_holds_up_nobody(
    session: Session, joined: Parts, sandbox: Sandbox, run_timer: Callable
) -> None:
    sandbox.employ("user-1", "unavailable")
    broken = make_person(session, joined, tax_id=PERSONAS["user-1"]["taxid"])
    others = [make_person(session, joined, tax_id=PERSONAS[f"user-{n}"]["taxid"]) for n in (2, 3)]

    run_timer("employment.nightly", "everybody")

    assert broken.employment_checked_at is None
    assert all(other.employment_checked_at is not None for other in others)
    assert rechecks.claim(session, every=EVERY, now=now()) is None, "until another night"
    assert rechecks.claim(session, every=EVERY, now=now() + timedelta(hours=21)) is not None


def test_by_day_nothing_is_asked(session: Session, night: Callable[..., Parts], run_timer: Callable) -> None:
    hour = now().astimezone().hour
    joined = night(recheck_from_hour=(hour + 10) % 24, recheck_until_hour=(hour + 11) % 24 or 24)
    make_person(session, joined)

    run_timer("employment.nightly", "everybody")

    assert rechecks.claim(session, every=EVERY, now=now()) is not None, "nobody has been asked about"
    assert timer(session).due_at == joined.settings.recheck_hours.next_begin(now())


def test_an_answer_is_dropped_when_a_sign_in_has_got_a_newer_one_meanwhile(session: Session, joined: Parts) -> None:
    person = make_person(session, joined)
    make_membership(session, person.id, Role.unit_coordinator)
    question = rechecks.claim(session, every=EVERY, now=now())
    assert question is not None
    signed_in = update(Person).values(employment_checked_at=now(), employment_asked_until=None)
    session.execute(signed_in)

    settled = rechecks.settle(session, question, NO, parts=joined, now=now())

    session.refresh(person)
    assert settled is False
    assert (person.employment, person.employment_flagged_at) == (Employment.employed, None)


def test_who_was_erased_between_question_and_answer_is_left_alone(session: Session, joined: Parts) -> None:
    person = make_person(session, joined)
    question = rechecks.claim(session, every=EVERY, now=now())
    session.delete(person)
    session.flush()

    assert question is not None
    assert rechecks.settle(session, question, NO, parts=joined, now=now()) is False


def test_two_workers_never_ask_about_the_same_person(database: Engine, joined: Parts) -> None:
    with transaction() as session:
        people = {make_person(session, joined).id for _ in range(40)}

    def work(_: int) -> list[Any]:
        asked = []
        while True:
            with transaction() as session:
                question = rechecks.claim(session, every=EVERY, now=now())
            if question is None:
                return asked
            asked.append(question.person_id)
            with transaction() as session:
                rechecks.settle(session, question, YES, parts=joined, now=now())

    with ThreadPoolExecutor(4) as pool:
        asked = [id_ for part in pool.map(work, range(4)) for id_ in part]

    assert sorted(asked) == sorted(people), "everybody, and nobody twice"


def test_whoever_was_being_asked_about_when_the_worker_died_is_asked_about_again(
    session: Session, joined: Parts
) -> None:
    person = make_person(session, joined)
    first = rechecks.claim(session, every=EVERY, now=now())

    meanwhile = rechecks.claim(session, every=EVERY, now=now())
    later = rechecks.claim(session, every=EVERY, now=now() + timedelta(minutes=6))

    assert (first is not None, meanwhile) == (True, None)
    assert later is not None
    assert later.person_id == person.id
