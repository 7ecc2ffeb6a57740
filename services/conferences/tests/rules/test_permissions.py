"""Each cell of the matrix in contracts/rights.yaml."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import yaml

from chassis.errors import DomainError, Forbidden, NotFound
from conferences.rules.permissions import MAY, Relation, Viewer, acts, ensure_may, ensure_may_plan, may_choose_unit
from conferences.rules.states import State

MATRIX = yaml.safe_load((Path(__file__).parents[4] / "contracts" / "rights.yaml").read_text("utf-8"))["conference"]
ME, OWNER, HERE, ELSEWHERE, UNIT = UUID(int=1), UUID(int=2), UUID(int=10), UUID(int=11), UUID(int=20)
START = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
CELLS = [(act, relation, word) for act, row in MATRIX["acts"].items() for relation, word in row.items()]

VIEWERS = {
    "owner": Viewer(ME, role="unit_coordinator", institution_id=HERE, unit_id=UNIT),
    "collaborator": Viewer(
        ME, role="unit_coordinator", institution_id=HERE, unit_id=UUID(int=21), helps=frozenset({OWNER})
    ),
    "former": Viewer(ME, role="user", institution_id=HERE),
    "moved": Viewer(ME, role="unit_coordinator", institution_id=ELSEWHERE, unit_id=UNIT),
    "lead": Viewer(ME, role="institution_coordinator", institution_id=HERE),
    "fellow": Viewer(ME, role="institution_coordinator", institution_id=HERE),
    "lead_elsewhere": Viewer(ME, role="institution_coordinator", institution_id=ELSEWHERE),
    "other_unit": Viewer(ME, role="unit_coordinator", institution_id=HERE, unit_id=UNIT),
    "administrator": Viewer(ME, institution_id=ELSEWHERE, administrator=True),
    "one_factor": Viewer(ME, institution_id=ELSEWHERE),
    "participant": Viewer(ME),
    "stranger": Viewer(ME),
}


def relation_of(name: str, state: State = State.scheduled) -> Relation:
    return Relation(
        coordinator_id=ME if name in ("owner", "former", "moved") else OWNER,
        institution_id=HERE,
        coordinator_leads_institution=name == "fellow",
        coordinator_acts=name not in ("former", "moved"),
        participates=name == "participant",
        state=state,
        starts_at=START,
    )


def test_the_matrix_is_complete() -> None:
    assert set(MATRIX["acts"]) == set(MAY)
    assert all(set(row) == set(VIEWERS) == set(MATRIX["relations"]) for row in MATRIX["acts"].values())


@pytest.mark.parametrize(("act", "name", "word"), CELLS)
def test_each_cell(act: str, name: str, word: str) -> None:
    said: str = "+"
    try:
        ensure_may(VIEWERS[name], act, relation_of(name))
    except NotFound:
        said = "hidden"
    except Forbidden as refusal:
        said = refusal.facts["reason"]

    assert said == word


@pytest.mark.parametrize(
    ("state", "before_start", "expected"),
    [
        (State.scheduled, timedelta(minutes=11), ["edit", "cancel", "handover", "participants", "invite"]),
        (
            State.scheduled,
            timedelta(minutes=10),
            ["edit", "cancel", "handover", "participants", "invite", "live", "join", "host_start"],
        ),
        (
            State.open,
            timedelta(),
            ["edit", "cancel", "handover", "participants", "invite", "live", "end", "join", "host_start"],
        ),
        (State.ended, timedelta(hours=-1), ["report"]),
        (State.cancelled, timedelta(), []),
    ],
)
def test_may_lists_what_right_and_state_allow(state: State, before_start: timedelta, expected: list[str]) -> None:
    assert acts(VIEWERS["owner"], relation_of("owner", state), START - before_start) == expected


def test_a_participant_may_only_join() -> None:
    relation = relation_of("participant", State.open)

    assert acts(VIEWERS["participant"], relation, START) == ["join"]


def test_a_collaborator_may_all_but_decide_whether_it_takes_place() -> None:
    mine, theirs = (acts(VIEWERS[name], relation_of(name, State.open), START) for name in ("owner", "collaborator"))

    assert set(mine) - set(theirs) == {"cancel", "handover"}


def test_who_coordinates_nothing_any_more_is_no_collaborator_whatever_the_copy_says() -> None:
    relation = relation_of("collaborator")

    assert not MAY["edit"](replace(VIEWERS["collaborator"], role="user"), relation)
    assert not MAY["edit"](replace(VIEWERS["collaborator"], institution_id=ELSEWHERE), relation)


@pytest.mark.parametrize("name", ["owner", "lead", "administrator"])
def test_coordinators_plan(name: str) -> None:
    assert ensure_may_plan(VIEWERS[name]) == VIEWERS[name].institution_id


@pytest.mark.parametrize("name", ["former", "one_factor", "stranger"])
def test_others_do_not_plan(name: str) -> None:
    with pytest.raises(DomainError):
        ensure_may_plan(VIEWERS[name])


@pytest.mark.parametrize(
    ("name", "unit_id", "owner_of_unit", "allowed"),
    [
        ("owner", None, None, True),
        ("owner", UNIT, HERE, True),
        ("owner", UUID(int=21), HERE, False),
        ("owner", UNIT, ELSEWHERE, False),
        ("owner", UNIT, None, False),
        ("lead", UUID(int=21), HERE, True),
        ("lead", UUID(int=30), ELSEWHERE, False),
    ],
)
def test_which_unit_a_conference_may_belong_to(
    name: str, unit_id: UUID | None, owner_of_unit: UUID | None, allowed: bool
) -> None:
    assert may_choose_unit(VIEWERS[name], HERE, unit_id, owner_of_unit) is allowed
