"""A coordinator whom the register no longer knows: warned once, thirty days to settle it, then a user (S2)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.audit import AuditRow
from chassis.clock import now
from chassis.timers import TimerRow
from identity.models import Membership, Person
from identity.parts import Parts
from identity.rules.employment import Employment
from identity.rules.invitations import Role
from identity.usecases import sessions

from ..browser import Browser
from ..factories import make_membership, make_person
from ..world import PERSONAS, Sandbox

TAX_ID = PERSONAS["user-1"]["taxid"]
LAPSED, FLAGGED = "identity.person.employment_lapsed.v1", "identity.person.employment_flagged.v1"
MEMBERSHIP = "orgs.membership.changed.v1"


@pytest.fixture
def flagged(session: Session, joined: Parts, sandbox: Sandbox, run_timer: Callable) -> Callable[..., Person]:
    """A unit coordinator the register has just denied."""

    def make(days_ago: int = 0) -> Person:
        person = make_person(session, joined, tax_id=TAX_ID)
        make_membership(session, person.id, Role.unit_coordinator)
        sandbox.employ("user-1", "none")
        run_timer("employment.nightly", "everybody")
        assert person.employment_flagged_at is not None
        person.employment_flagged_at -= timedelta(days=days_ago)
        session.flush()
        return person

    return make


def timer(session: Session, person: Person) -> TimerRow | None:
    return session.get(TimerRow, ("employment.lapse", str(person.id)), populate_existing=True)


def test_the_warning_names_the_day_and_is_kept_in_the_trail(
    session: Session, flagged: Callable[..., Person], published: Callable
) -> None:
    person = flagged()

    (told,) = published(session, FLAGGED)
    until = person.employment_flagged_at + timedelta(days=30)
    assert told.data == {"person_id": str(person.id), "until": until.isoformat(), "language": "el"}
    assert timer(session, person).due_at == until
    audit.write(session)
    assert session.scalars(select(AuditRow.act)).all() == ["employment.flagged"]


def test_after_the_days_of_grace_a_fresh_no_ends_the_role(
    session: Session, flagged: Callable[..., Person], run_timer: Callable, published: Callable
) -> None:
    person = flagged(days_ago=30)

    run_timer("employment.lapse", person.id)

    assert [fact.subject for fact in published(session, LAPSED)] == [str(person.id)]
    assert (person.employment, person.employment_flagged_at) == (Employment.none, None)
    assert timer(session, person) is None
    assert published(session, "identity.person.changed.v1")[-1].data["employment_flagged_at"] is None
    audit.write(session)
    assert session.scalars(select(AuditRow.act)).all() == ["employment.flagged", "employment.lapsed"]


def test_run_before_its_time_it_waits(
    session: Session, flagged: Callable[..., Person], run_timer: Callable, published: Callable
) -> None:
    person = flagged(days_ago=29)

    run_timer("employment.lapse", person.id)

    assert published(session, LAPSED) == []
    assert timer(session, person).due_at == person.employment_flagged_at + timedelta(days=30)


@pytest.mark.parametrize("mode", ["error", "malformed", "rate_limited", "timeout"])
def test_an_outage_never_demotes_it_is_asked_again(
    session: Session,
    sandbox: Sandbox,
    flagged: Callable[..., Person],
    run_timer: Callable,
    published: Callable,
    mode: str,
) -> None:
    person = flagged(days_ago=45)
    sandbox.fault("hrms", mode)

    run_timer("employment.lapse", person.id)
    put_off = timer(session, person)
    sandbox.fault("hrms", "off")

    assert published(session, LAPSED) == []
    assert person.employment_flagged_at is not None
    assert timedelta(0) < put_off.due_at - now() <= timedelta(hours=1)

    run_timer("employment.lapse", person.id)

    assert len(published(session, LAPSED)) == 1


def test_employed_again_at_the_last_question_the_role_stays(
    session: Session, sandbox: Sandbox, flagged: Callable[..., Person], run_timer: Callable, published: Callable
) -> None:
    person = flagged(days_ago=30)
    sandbox.employ("user-1", ["2047"])

    run_timer("employment.lapse", person.id)

    assert published(session, LAPSED) == []
    assert (person.employment, person.employment_flagged_at) == (Employment.employed, None)
    assert timer(session, person) is None


def test_employed_again_at_a_sign_in_the_flag_and_its_day_are_gone(
    session: Session, sandbox: Sandbox, flagged: Callable[..., Person], browser: Callable[[], Browser]
) -> None:
    person = flagged()
    sandbox.employ("user-1", ["2047"])

    visitor = browser()
    visitor.through_taxisnet(sandbox, "user-1")
    visitor.confirm()

    session.refresh(person)
    assert person.employment_flagged_at is None
    assert timer(session, person) is None


def test_a_flagged_coordinator_reads_the_day_in_the_session(
    session: Session, flagged: Callable[..., Person], client: Any, as_person: Callable
) -> None:
    person = flagged()
    signed_in = sessions.begin(session, person, token="s" * 43, now=now())

    answer = client.get("/api/v1/session", headers=as_person(person.id, sid=str(signed_in.id))).json()

    until = person.employment_flagged_at + timedelta(days=30)
    assert datetime.fromisoformat(answer["employment_settle_by"]) == until


def test_denied_again_at_a_sign_in_nobody_is_warned_twice(
    session: Session,
    sandbox: Sandbox,
    flagged: Callable[..., Person],
    browser: Callable[[], Browser],
    published: Callable,
) -> None:
    person = flagged(days_ago=3)
    since = person.employment_flagged_at

    visitor = browser()
    visitor.through_taxisnet(sandbox, "user-1")
    visitor.confirm()

    session.refresh(person)
    assert person.employment_flagged_at == since
    assert len(published(session, FLAGGED)) == 1


def test_who_has_no_role_to_lose_is_not_demoted(
    session: Session, flagged: Callable[..., Person], run_timer: Callable, published: Callable
) -> None:
    person = flagged(days_ago=30)
    session.get_one(Membership, person.id).role = Role.user

    run_timer("employment.lapse", person.id)

    assert published(session, LAPSED) == []
    assert person.employment_flagged_at is None


def test_stepping_down_lowers_the_flag(session: Session, flagged: Callable[..., Person], deliver: Callable) -> None:
    person = flagged()
    found = session.get_one(Membership, person.id)
    data = {
        "person_id": str(person.id),
        "institution_id": str(found.institution_id),
        "unit_id": str(found.unit_id),
        "role": "user",
        "platform_administrator": False,
    }

    deliver(MEMBERSHIP, data, subject=person.id, sequence=2)

    assert person.employment_flagged_at is None
    assert timer(session, person) is None


def test_a_platform_administrator_without_another_role_is_marked_not_flagged(
    session: Session, joined: Parts, sandbox: Sandbox, run_timer: Callable
) -> None:
    person = make_person(session, joined, tax_id=TAX_ID)
    make_membership(session, person.id, Role.user, platform_administrator=True)
    sandbox.employ("user-1", "none")

    run_timer("employment.nightly", "everybody")

    assert (person.employment, person.employment_flagged_at) == (Employment.none, None)
