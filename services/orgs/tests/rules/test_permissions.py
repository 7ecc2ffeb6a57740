"""Each cell of the matrix in contracts/rights.yaml."""

from pathlib import Path
from uuid import UUID

import pytest
import yaml

from chassis.errors import Forbidden, NotFound
from orgs.rules.memberships import Role
from orgs.rules.permissions import (
    MAY,
    MAY_WITH_COLLABORATION,
    Asked,
    Between,
    Viewer,
    ensure_coordinates,
    ensure_may,
    ensure_may_list,
    ensure_may_with_collaboration,
)

RIGHTS = yaml.safe_load((Path(__file__).parents[4] / "contracts" / "rights.yaml").read_text("utf-8"))
MATRIX, COLLABORATION = RIGHTS["role_request"], RIGHTS["collaboration"]
ME, OTHER, HERE, ELSEWHERE = UUID(int=1), UUID(int=2), UUID(int=10), UUID(int=11)
CELLS = [(act, relation, word) for act, row in MATRIX["acts"].items() for relation, word in row.items()]

VIEWERS = {
    "applicant": Viewer(ME, institution_id=ELSEWHERE),
    "lead": Viewer(ME, Role.institution_coordinator, HERE),
    "lead_elsewhere": Viewer(ME, Role.institution_coordinator, ELSEWHERE),
    "unit_coordinator": Viewer(ME, Role.unit_coordinator, HERE),
    "user": Viewer(ME, institution_id=HERE),
    "administrator": Viewer(ME, institution_id=ELSEWHERE, administrator=True),
    "one_factor": Viewer(ME, institution_id=HERE),
}


def test_the_matrix_is_complete() -> None:
    assert set(MATRIX["acts"]) == set(MAY)
    assert all(set(row) == set(VIEWERS) == set(MATRIX["relations"]) for row in MATRIX["acts"].values())


@pytest.mark.parametrize(("act", "name", "word"), CELLS)
def test_each_cell(act: str, name: str, word: str) -> None:
    said: str = "+"
    try:
        ensure_may(VIEWERS[name], act, Asked(ME if name == "applicant" else OTHER, HERE))
    except NotFound:
        said = "hidden"
    except Forbidden as refusal:
        said = refusal.facts["reason"]

    assert said == word


@pytest.mark.parametrize(("name", "word"), MATRIX["lists"].items())
def test_who_lists_whose(name: str, word: str) -> None:
    try:
        institution_id = ensure_may_list(VIEWERS[name])
    except Forbidden as refusal:
        said = refusal.facts["reason"]
    else:
        said = "all" if institution_id is None else "institution"
        assert institution_id in (None, VIEWERS[name].institution_id)

    assert said == word


COLLABORATORS = {
    "owner": Viewer(ME, Role.unit_coordinator, HERE),
    "collaborator": Viewer(ME, Role.unit_coordinator, HERE),
    "lead": Viewer(ME, Role.institution_coordinator, HERE),
    "user": Viewer(ME, institution_id=HERE),
    "administrator": Viewer(ME, institution_id=HERE, administrator=True),
}


def test_the_matrix_of_collaborations_is_complete() -> None:
    assert set(COLLABORATION["acts"]) == set(MAY_WITH_COLLABORATION)
    rows = [*COLLABORATION["acts"].values(), COLLABORATION["relations"]]
    assert all(set(row) == set(COLLABORATORS) for row in rows)


@pytest.mark.parametrize(
    ("act", "name", "word"),
    [(act, relation, word) for act, row in COLLABORATION["acts"].items() for relation, word in row.items()],
)
def test_each_cell_of_collaborations(act: str, name: str, word: str) -> None:
    between = Between(ME if name == "owner" else OTHER, ME if name == "collaborator" else UUID(int=3))
    said: str = "+"
    try:
        ensure_may_with_collaboration(COLLABORATORS[name], act, between)
    except NotFound:
        said = "hidden"
    except Forbidden as refusal:
        said = refusal.facts["reason"]

    assert said == word


@pytest.mark.parametrize(("name", "word"), COLLABORATION["lists"].items())
def test_who_lists_and_asks_collaborators(name: str, word: str) -> None:
    try:
        said = {HERE: "institution"}[ensure_coordinates(COLLABORATORS[name])]
    except Forbidden as refusal:
        said = refusal.facts["reason"]

    assert said == word
