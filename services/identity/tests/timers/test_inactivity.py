"""Accounts that nobody uses: warned 30 and 7 days before, then deleted; a sign of life calls it off (O3)."""

import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.db import transaction
from chassis.ids import new_id
from chassis.outbox import OutboxRow
from chassis.timers import TimerRow
from identity.models import OwnedConference, Person
from identity.parts import Parts
from identity.rules.accounts import DisabledReason, Status
from identity.rules.invitations import Role
from identity.usecases import activity, inactivity, sessions

from ..factories import make_membership, make_person

WARNED, ERASED = "identity.person.inactivity_warned.v1", "identity.person.erased.v1"
ATTENDED = "conferences.conference.attended.v1"
DAY = timedelta(days=1)
PEOPLE = 100_000


@pytest.fixture
def make(session: Session, joined: Parts) -> Callable[..., Person]:
    """Somebody who was last active so many days ago."""

    def made(days_ago: float, **facts: Any) -> Person:
        at = now() - days_ago * DAY
        return make_person(session, joined, **{"last_active_at": at, "created_at": at, "activated_at": at, **facts})

    return made


@pytest.fixture
def look(session: Session, joined: Parts) -> Callable[..., dict[str, int]]:
    """All that is due so many days from now, portion after portion."""

    def done(days: float = 0, limit: int = 100) -> dict[str, int]:
        total: dict[str, int] = {}
        while found := inactivity.warn_or_erase(
            session, patience=joined.settings.patience, limit=limit, now=now() + days * DAY
        ):
            for what, count in found.items():
                total[what] = total.get(what, 0) + count
        session.expire_all()
        return total

    return done


def there(session: Session, person_id: UUID) -> bool:
    return session.scalar(select(func.count()).where(Person.id == person_id)) == 1


def test_who_is_away_is_warned_twice_and_then_deleted(
    session: Session, make: Callable[..., Person], look: Callable, published: Callable
) -> None:
    person_id = make(300).id
    happened = {days: look(days) for days in (0, 80, 94, 95, 116, 117, 118, 123, 124, 130)}

    days_of = {what: days for days, done in happened.items() for what in done}
    assert set(days_of) == {"warned_1", "warned_2", "inactive"}
    assert days_of["warned_1"] + 23 <= days_of["warned_2"] <= days_of["inactive"] - 7
    assert len(published(session, WARNED)) == 2
    assert [(fact.subject, fact.data["reason"]) for fact in published(session, ERASED)] == [
        (str(person_id), "inactive")
    ]
    assert not there(session, person_id)


def test_the_mail_says_not_before_when(
    session: Session, make: Callable[..., Person], look: Callable, published: Callable
) -> None:
    person = make(14 * 31 + 60)

    look()

    (told,) = published(session, WARNED)
    until = datetime.fromisoformat(told.data["until"])
    assert timedelta(days=29.9) < until - now() <= timedelta(days=30)
    assert told.data == {"person_id": str(person.id), "language": "el", "until": told.data["until"]}


def test_a_warning_is_given_once_however_often_one_looks(
    session: Session, make: Callable[..., Person], look: Callable, published: Callable
) -> None:
    make(14 * 31 + 60)

    assert [look(), look(), look(1), look(22)] == [{"warned_1": 1}, {}, {}, {}]
    assert look(23.1) == {"warned_2": 1}
    assert look(29) == {}, "the promised days are kept although the months are long over"
    assert look(30.2) == {"inactive": 1}


def test_signing_in_after_the_warning_calls_it_off(
    session: Session, make: Callable[..., Person], look: Callable
) -> None:
    person = make(14 * 31 + 60)
    look()

    sessions.begin(session, person, token="s" * 43, now=now() + 5 * DAY)

    session.refresh(person)
    assert (person.inactivity_warnings, person.inactivity_warned_at) == (0, None)
    assert look(60) == {}
    assert there(session, person.id)


def test_having_been_in_a_conference_after_the_warning_calls_it_off(
    session: Session, make: Callable[..., Person], look: Callable, deliver: Callable
) -> None:
    """Told days later: what counts is when it was."""
    person, other = make(14 * 31 + 60), make(14 * 31 + 60)
    look()
    data = {"conference_id": str(new_id()), "at": now().isoformat(), "person_ids": [str(person.id), str(new_id())]}

    deliver(ATTENDED, data)

    assert look(23.1) == {"warned_2": 1}
    assert (person.inactivity_warnings, other.inactivity_warnings) == (0, 2)


def test_what_was_before_is_no_sign_of_life(
    session: Session, make: Callable[..., Person], look: Callable, deliver: Callable
) -> None:
    person = make(14 * 31 + 60)
    look()
    at = person.last_active_at - 10 * DAY

    deliver(ATTENDED, {"conference_id": str(new_id()), "at": at.isoformat(), "person_ids": [str(person.id)]})

    assert person.inactivity_warnings == 1
    assert person.last_active_at > at


def test_activity_is_written_at_most_once_a_day_and_leaves_the_version_alone(
    session: Session, make: Callable[..., Person]
) -> None:
    person = make(3)
    version, moment = person.version, now()
    written = []
    for at in (moment, moment + timedelta(hours=5), moment + timedelta(hours=23), moment + timedelta(hours=25)):
        activity.note(session, [person.id], at)
        session.refresh(person)
        written.append(person.last_active_at == at)

    assert written == [True, False, False, True]
    assert person.version == version


@pytest.mark.parametrize("exempt", ["runs the platform", "has conferences to come", "was shut out", "is unused less"])
def test_who_is_left_alone(session: Session, make: Callable[..., Person], look: Callable, exempt: str) -> None:
    facts = {"status": Status.disabled, "disabled_reason": DisabledReason.administrator, "email": "n@example.org"}
    person = make(390 if exempt == "is unused less" else 3000, **(facts if exempt == "was shut out" else {}))
    make_membership(session, person.id, Role.user, platform_administrator=exempt == "runs the platform")
    if exempt == "has conferences to come":
        soon = now() + DAY
        session.add(
            OwnedConference(
                conference_id=new_id(),
                owner_id=person.id,
                number=1,
                title=None,
                starts_at=soon,
                ends_at=soon,
                state="scheduled",
                sequence=1,
            )
        )
        session.flush()

    assert look() == {}


def test_who_has_no_address_has_as_long_as_the_others_and_no_mail(
    session: Session, make: Callable[..., Person], look: Callable, published: Callable
) -> None:
    closed = {"status": Status.disabled, "disabled_reason": DisabledReason.not_employed}
    make(3000, **closed)

    assert [look(), look(23.1), look(30.2)] == [{"warned_1": 1}, {"warned_2": 1}, {"inactive": 1}]
    assert published(session, WARNED) == []


@pytest.mark.parametrize(("days", "removed"), [(100, False), (4 * 31 + 1, True)])
def test_an_account_that_was_never_finished_is_removed_without_a_warning(
    session: Session, make: Callable[..., Person], look: Callable, published: Callable, days: int, removed: bool
) -> None:
    person_id = make(days, status=Status.awaiting_activation, activated_at=None).id

    assert look() == ({"never_activated": 1} if removed else {})
    assert there(session, person_id) is not removed
    assert published(session, WARNED) == []
    assert [fact.data["reason"] for fact in published(session, ERASED)] == ["never-activated"] * removed


def test_the_timer_takes_a_portion_and_goes_on_until_all_is_done(
    session: Session, make: Callable[..., Person], run_timer: Callable, joined: Parts
) -> None:
    joined.settings = joined.settings.model_copy(update={"inactivity_portion": 2})
    for _ in range(5):
        make(3000)
    pauses = []
    for _ in range(4):
        run_timer("inactivity.clean_up", "everybody")
        timer = session.get_one(TimerRow, ("inactivity.clean_up", "everybody"), populate_existing=True)
        pauses.append(round((timer.due_at - now()).total_seconds() / 3600))

    assert pauses == [0, 0, 0, 1]
    assert session.scalar(select(func.count()).where(Person.inactivity_warnings == 1)) == 5


def test_killed_in_the_middle_nothing_is_half_done(database: Engine, joined: Parts) -> None:
    """The step and its mail are one commit: the next worker begins the portion anew, and nobody hears twice."""
    with transaction() as session:
        at = now() - 3000 * DAY
        for _ in range(10):
            make_person(session, joined, last_active_at=at, activated_at=at)

    class Killed(Exception):
        pass

    def warn_and_die() -> None:
        with transaction() as session:
            inactivity.warn_or_erase(session, patience=joined.settings.patience, limit=10, now=now())
            raise Killed

    with pytest.raises(Killed):
        warn_and_die()
    with transaction() as session:
        again = inactivity.warn_or_erase(session, patience=joined.settings.patience, limit=10, now=now())

    assert again == {"warned_1": 10}
    with transaction() as session:
        assert session.scalar(select(func.count()).where(OutboxRow.type == WARNED)) == 10


def test_two_workers_warn_each_person_once(database: Engine, joined: Parts) -> None:
    with transaction() as session:
        at = now() - 3000 * DAY
        for _ in range(40):
            make_person(session, joined, last_active_at=at, activated_at=at)

    def work(_: int) -> int:
        count = 0
        for _ in range(20):
            with transaction() as session:
                done = inactivity.warn_or_erase(session, patience=joined.settings.patience, limit=5, now=now())
            count += sum(done.values())
        return count

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 40
    with transaction() as session:
        subjects = session.scalars(select(OutboxRow.subject).where(OutboxRow.type == WARNED)).all()
    assert len(subjects) == len(set(subjects)) == 40


def test_whoever_signs_in_while_the_portion_runs_is_left_to_it(database: Engine, joined: Parts) -> None:
    with transaction() as session:
        at = now() - 3000 * DAY
        person = make_person(session, joined, last_active_at=at, activated_at=at)
        person_id = person.id

    with transaction() as signing_in:
        found = signing_in.get_one(Person, person_id, with_for_update=True)
        with transaction() as session:
            meanwhile = inactivity.warn_or_erase(session, patience=joined.settings.patience, limit=5, now=now())
        sessions.begin(signing_in, found, token="s" * 43, now=now())
    with transaction() as session:
        afterwards = inactivity.warn_or_erase(session, patience=joined.settings.patience, limit=5, now=now())

    assert (meanwhile, afterwards) == ({}, {})


@pytest.mark.long
def test_a_hundred_thousand_unused_accounts_are_warned_about_in_bounded_memory(database: Engine, joined: Parts) -> None:
    with transaction() as session:
        model = make_person(session, joined)
        columns = {column.name for column in Person.__table__.columns} - {"id", "number", "tax_lookup"}
        kept = ", ".join(sorted(columns - {"last_active_at", "activated_at"}))
        session.execute(
            text(
                f"INSERT INTO person (id, tax_lookup, last_active_at, activated_at, {kept})"
                f" SELECT gen_random_uuid(), decode(md5(n::text), 'hex'), now() - interval '3000 days', now(), {kept}"
                " FROM person, generate_series(1, :people) n WHERE id = :model"
            ),
            {"people": PEOPLE, "model": model.id},
        )
        session.execute(
            text(
                'INSERT INTO person_email (id, person_id, email, address_key, "primary", proof, proven_at, created_at)'
                " SELECT gen_random_uuid(), id, id || '@example.org', id || '@example.org', true, 'link', now(), now()"
                " FROM person WHERE id <> :model"
            ),
            {"model": model.id},
        )
    started, warned, slowest, portions = time.perf_counter(), 0, 0.0, 0
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while True:
        began = time.perf_counter()
        with transaction() as session:
            done = inactivity.warn_or_erase(session, patience=joined.settings.patience, limit=200, now=now())
        slowest, portions = max(slowest, time.perf_counter() - began), portions + 1
        warned += sum(done.values())
        if not done:
            break
    took = time.perf_counter() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024
    slow = f"slowest {slowest * 1000:.0f} ms"
    print(f"\n{warned} warned in {took:.0f} s, {portions} portions, {slow}, +{grown} MiB")  # noqa: T201 - a measurement

    assert warned == PEOPLE
    assert grown < 100
    with transaction() as session:
        assert session.scalar(select(func.count()).where(OutboxRow.type == WARNED)) == PEOPLE
