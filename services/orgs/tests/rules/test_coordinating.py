"""Each cell of the sections `coordinators`, `coordinator_invitation` and `coordinator` of contracts/rights.yaml."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from chassis.errors import Forbidden, NotFound
from orgs.errors import CoordinatorInvitationClosed, SentAMomentAgo
from orgs.rules import coordinating, coordinators
from orgs.rules.coordinating import Coordinator
from orgs.rules.coordinators import State
from orgs.rules.memberships import Role
from orgs.rules.permissions import Viewer

RIGHTS = yaml.safe_load((Path(__file__).parents[4] / "contracts" / "rights.yaml").read_text("utf-8"))
ME, OTHER, HERE, ELSEWHERE = UUID(int=1), UUID(int=2), UUID(int=10), UUID(int=11)
LEAD, UNIT = Role.institution_coordinator, Role.unit_coordinator
VIEWERS = {
    **dict.fromkeys(("lead", "lead_of_higher", "fellow", "self"), Viewer(ME, LEAD, HERE)),
    "lead_elsewhere": Viewer(ME, LEAD, ELSEWHERE),
    "unit_coordinator": Viewer(ME, UNIT, HERE),
    "user": Viewer(ME, institution_id=HERE),
    "administrator": Viewer(ME, institution_id=ELSEWHERE, administrator=True),
    "one_factor": Viewer(ME, institution_id=HERE),
}
LISTS: dict[str, Callable[[Viewer], None]] = {
    "list": lambda viewer: coordinating.ensure_may_list(viewer, HERE),
    "invite_unit_coordinator": lambda viewer: coordinating.ensure_may_invite(viewer, HERE, UNIT),
    "invite_institution_coordinator": lambda viewer: coordinating.ensure_may_invite(viewer, HERE, LEAD),
}
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def cells(section: str) -> list[Any]:
    return [(act, name, word) for act, row in RIGHTS[section]["acts"].items() for name, word in row.items()]


def said(question: Callable[[], None]) -> str:
    try:
        question()
    except NotFound:
        return "hidden"
    except Forbidden as refusal:
        return str(refusal.facts["reason"])
    return "+"


@pytest.mark.parametrize("section", ["coordinators", "coordinator_invitation", "coordinator"])
def test_the_sections_are_complete(section: str) -> None:
    relations = set(RIGHTS[section]["relations"])

    assert relations <= set(VIEWERS)
    assert all(set(row) == relations for row in RIGHTS[section]["acts"].values())


@pytest.mark.parametrize(("act", "name", "word"), cells("coordinators"))
def test_who_lists_and_invites(act: str, name: str, word: str) -> None:
    assert said(lambda: LISTS[act](VIEWERS[name])) == word


@pytest.mark.parametrize(("act", "name", "word"), cells("coordinator_invitation"))
def test_who_manages_invitations(act: str, name: str, word: str) -> None:
    viewer, role = VIEWERS[name], LEAD if name == "lead_of_higher" else UNIT

    assert said(lambda: coordinating.ensure_may_manage_invitation(viewer, HERE, role)) == word, act
    assert coordinating.may_manage_invitation(viewer, HERE, role) is (word == "+")


@pytest.mark.parametrize(("act", "name", "word"), cells("coordinator"))
def test_who_reads_and_demotes(act: str, name: str, word: str) -> None:
    role = LEAD if name in ("fellow", "self") else UNIT
    viewer, other = VIEWERS[name], Coordinator(ME if name == "self" else OTHER, HERE, role)
    ask = {"read": coordinating.ensure_may_read, "demote": coordinating.ensure_may_demote}[act]

    assert said(lambda: ask(viewer, other)) == word
    if act == "demote":
        assert coordinating.may_demote(viewer, other) is (word == "+")


def test_an_administrator_demotes_institution_coordinators_too() -> None:
    assert coordinating.may_demote(VIEWERS["administrator"], Coordinator(OTHER, HERE, LEAD))


def test_a_plain_user_is_demoted_no_further() -> None:
    assert not coordinating.may_demote(VIEWERS["lead"], Coordinator(OTHER, HERE, Role.user))


@pytest.mark.parametrize(
    ("invited", "known", "same"),
    [
        ("Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ", True),
        ("Παπαδοπούλου-Νικολάου", "ΠΑΠΑΔΟΠΟΥΛΟΥ ΝΙΚΟΛΑΟΥ", True),
        ("Παπαδοπούλου", "ΠΑΠΑΔΟΠΟΥΛΟΥ ΝΙΚΟΛΑΟΥ", False),
        ("Papadopoulos", "ΠΑΠΑΔΟΠΟΥΛΟΣ", False),
        ("Νικολάου", "ΝΙΚΟΛΑΪΔΗΣ", False),
    ],
)
def test_when_two_surnames_are_one(invited: str, known: str, same: bool) -> None:
    assert coordinators.same_surname(invited, known) is same


def test_an_invitation_expires_and_is_not_sent_twice_in_a_minute() -> None:
    expires_at = NOW + timedelta(days=30)

    assert coordinators.shown_state(State.pending, expires_at, NOW) == "pending"
    assert coordinators.shown_state(State.pending, expires_at, expires_at) == "expired"
    assert coordinators.shown_state(State.surname_differs, expires_at, expires_at) == "surname_differs"
    coordinators.ensure_may_be_sent(State.pending, NOW - timedelta(minutes=1), NOW)
    with pytest.raises(SentAMomentAgo) as refusal:
        coordinators.ensure_may_be_sent(State.pending, NOW - timedelta(seconds=20), NOW)
    assert 40 <= refusal.value.retry_after_seconds <= 41
    with pytest.raises(CoordinatorInvitationClosed):
        coordinators.ensure_may_be_sent(State.surname_differs, NOW - timedelta(hours=1), NOW)
