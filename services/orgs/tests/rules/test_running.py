"""Who runs institutions and units: each cell of the matrix in contracts/rights.yaml; and when one is closed."""

from pathlib import Path
from uuid import UUID

import pytest
import yaml

from chassis.errors import DomainError, Forbidden
from orgs.errors import GeneralUnitFixed, InstitutionClosed, InstitutionInUse, InstitutionNeeded, UnitClosed, UnitInUse
from orgs.rules import institutions, running
from orgs.rules.institutions import CATCH_ALL_ID, State
from orgs.rules.memberships import Role
from orgs.rules.permissions import Viewer

RIGHTS = yaml.safe_load((Path(__file__).parents[4] / "contracts" / "rights.yaml").read_text("utf-8"))
ME, HERE, ELSEWHERE = UUID(int=1), UUID(int=10), UUID(int=11)
OBJECTS = {
    "institution": (running.MAY, running.ensure_may),
    "unit": (running.MAY_WITH_UNIT, running.ensure_may_with_unit),
}
CELLS = [
    (thing, act, relation, word)
    for thing in OBJECTS
    for act, row in RIGHTS[thing]["acts"].items()
    for relation, word in row.items()
]
VIEWERS = {
    "lead": Viewer(ME, Role.institution_coordinator, HERE),
    "lead_elsewhere": Viewer(ME, Role.institution_coordinator, ELSEWHERE),
    "unit_coordinator": Viewer(ME, Role.unit_coordinator, HERE),
    "user": Viewer(ME, institution_id=HERE),
    "administrator": Viewer(ME, institution_id=ELSEWHERE, administrator=True),
    "one_factor": Viewer(ME, institution_id=HERE),
}


@pytest.mark.parametrize("thing", OBJECTS)
def test_the_matrix_is_complete(thing: str) -> None:
    may, _ = OBJECTS[thing]

    assert set(RIGHTS[thing]["acts"]) == set(may)
    assert all(set(row) == set(VIEWERS) == set(RIGHTS[thing]["relations"]) for row in RIGHTS[thing]["acts"].values())


@pytest.mark.parametrize(("thing", "act", "name", "word"), CELLS)
def test_each_cell(thing: str, act: str, name: str, word: str) -> None:
    _, ensure = OBJECTS[thing]
    said: str = "+"
    try:
        ensure(VIEWERS[name], act, HERE)
    except Forbidden as refusal:
        said = refusal.facts["reason"]

    assert said == word


@pytest.mark.parametrize(
    ("name", "state", "expected"),
    [
        ("lead", State.active, ["inspect", "add_unit"]),
        ("lead", State.closed, ["inspect"]),
        ("administrator", State.active, ["inspect", "add_unit", "edit", "close"]),
        ("administrator", State.closed, ["inspect", "reopen"]),
        ("unit_coordinator", State.active, []),
    ],
)
def test_may_lists_what_right_and_state_allow(name: str, state: State, expected: list[str]) -> None:
    assert running.acts(VIEWERS[name], HERE, state) == expected


@pytest.mark.parametrize(("name", "expected"), [("lead", ["rename", "close"]), ("user", [])])
def test_may_with_a_unit_lists_what_right_and_state_allow(name: str, expected: list[str]) -> None:
    assert running.acts_with_unit(VIEWERS[name], HERE, changeable=True) == expected
    assert running.acts_with_unit(VIEWERS[name], HERE, changeable=False) == []


@pytest.mark.parametrize(
    ("institution_id", "uses", "refusal"),
    [
        (HERE, {}, None),
        (HERE, {"people": 1}, InstitutionInUse),
        (CATCH_ALL_ID, {}, InstitutionNeeded),
        (CATCH_ALL_ID, {"people": 1}, InstitutionNeeded),
    ],
)
def test_which_institution_may_be_closed(institution_id: UUID, uses, refusal: type[DomainError] | None) -> None:
    assert refused(lambda: institutions.ensure_may_be_closed(institution_id, uses)) is refusal


@pytest.mark.parametrize(
    ("state", "general", "refusal"),
    [
        (State.active, False, None),
        (State.closed, False, UnitClosed),
        (State.active, True, GeneralUnitFixed),
    ],
)
def test_which_unit_may_change(state: State, general: bool, refusal: type[DomainError] | None) -> None:
    assert refused(lambda: institutions.ensure_unit_changeable(state, general=general)) is refusal


def test_a_refusal_counts_by_what_a_unit_is_used() -> None:
    institutions.ensure_unit_unused({})
    with pytest.raises(UnitInUse) as refusal:
        institutions.ensure_unit_unused({"people": 2, "conferences": 1})

    assert refusal.value.facts["uses"] == {"people": 2, "conferences": 1}


def test_a_closed_institution_is_not_changed() -> None:
    assert refused(lambda: institutions.ensure_open(State.active)) is None
    assert refused(lambda: institutions.ensure_open(State.closed)) is InstitutionClosed


def refused(rule) -> type[DomainError] | None:
    try:
        rule()
    except DomainError as refusal:
        return type(refusal)
    return None
