"""Each cell of the section `group` in contracts/rights.yaml, and how much fits."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
import yaml

from chassis.errors import DomainError, Forbidden, NotFound
from conferences.errors import GroupFull, GroupNotFound, TooManyGroups
from conferences.rules import groups
from conferences.rules.permissions import Viewer

MATRIX = yaml.safe_load((Path(__file__).parents[4] / "contracts" / "rights.yaml").read_text("utf-8"))["group"]
ME, OTHER, HERE = UUID(int=1), UUID(int=2), UUID(int=10)
CELLS = [(act, relation, word) for act, row in MATRIX["acts"].items() for relation, word in row.items()]

VIEWERS = {
    "owner": Viewer(ME, role="unit_coordinator", institution_id=HERE),
    "former": Viewer(ME, role="user", institution_id=HERE),
    "coordinator": Viewer(ME, role="institution_coordinator", institution_id=HERE),
    "administrator": Viewer(ME, institution_id=HERE, administrator=True),
    "user": Viewer(ME, institution_id=HERE),
}


def owner_of(name: str) -> UUID:
    return ME if name in ("owner", "former") else OTHER


def use(viewer: Viewer, owner_id: UUID) -> None:
    groups.ensure_all_found([UUID(int=5)], [UUID(int=5)] if groups.may(viewer, owner_id) else [])


def test_the_matrix_is_complete() -> None:
    assert set(MATRIX["acts"]) == {"read", "edit", "delete", "members", "use"}
    assert all(set(row) == set(VIEWERS) == set(MATRIX["relations"]) for row in MATRIX["acts"].values())
    assert set(MATRIX["lists"]) == set(VIEWERS)


@pytest.mark.parametrize(("act", "name", "word"), CELLS)
def test_each_cell(act: str, name: str, word: str) -> None:
    asked: Callable[[Viewer, UUID], None] = use if act == "use" else groups.ensure_may
    said = "+"
    try:
        asked(VIEWERS[name], owner_of(name))
    except (NotFound, GroupNotFound):
        said = "hidden"

    assert said == word


@pytest.mark.parametrize(("name", "word"), MATRIX["lists"].items())
def test_who_has_groups(name: str, word: str) -> None:
    said = "own"
    try:
        groups.ensure_may_have(VIEWERS[name])
    except Forbidden as refusal:
        said = refusal.facts["reason"]

    assert said == word


@pytest.mark.parametrize(
    ("asked", "number", "refusal"),
    [
        (groups.ensure_room_for_one_more, groups.MOST_GROUPS - 1, None),
        (groups.ensure_room_for_one_more, groups.MOST_GROUPS, TooManyGroups),
        (groups.ensure_fit, groups.MOST_MEMBERS, None),
        (groups.ensure_fit, groups.MOST_MEMBERS + 1, GroupFull),
    ],
)
def test_how_much_fits(asked: Callable[[int], None], number: int, refusal: type[DomainError] | None) -> None:
    if refusal is None:
        asked(number)
    else:
        with pytest.raises(refusal):
            asked(number)


def test_the_groups_that_are_missing_are_named_by_their_place() -> None:
    one, gone = UUID(int=1), UUID(int=2)

    with pytest.raises(GroupNotFound) as refusal:
        groups.ensure_all_found([one, gone], {one})

    assert refusal.value.facts["errors"] == [{"pointer": "/group_ids/1", "detail": "group-not-found"}]
