"""Each cell of the matrix in contracts/rights.yaml."""

from pathlib import Path
from uuid import UUID

import pytest
import yaml

from chassis.errors import Forbidden, NotFound
from notifications.rules.permissions import Role, Viewer, ensure_may_read, ensure_may_write_to

RIGHTS = yaml.safe_load((Path(__file__).parents[4] / "contracts" / "rights.yaml").read_text("utf-8"))
MATRIX = RIGHTS["coordinator_message"]
ME, HERE, ELSEWHERE = UUID(int=1), UUID(int=10), UUID(int=11)
CELLS = [(act, relation, word) for act, row in MATRIX["acts"].items() for relation, word in row.items()]
ENSURE = {"send": ensure_may_write_to, "list": ensure_may_write_to, "read": ensure_may_read}

VIEWERS = {
    "lead": Viewer(ME, Role.institution_coordinator, HERE),
    "lead_elsewhere": Viewer(ME, Role.institution_coordinator, ELSEWHERE),
    "unit_coordinator": Viewer(ME, Role.unit_coordinator, HERE),
    "user": Viewer(ME, Role.user, HERE),
    "administrator": Viewer(ME, Role.user, ELSEWHERE, platform_administrator=True, mfa=True),
    "one_factor": Viewer(ME, Role.user, HERE, platform_administrator=True),
}


def test_the_matrix_is_complete() -> None:
    assert set(MATRIX["acts"]) == set(ENSURE)
    assert all(set(row) == set(VIEWERS) == set(MATRIX["relations"]) for row in MATRIX["acts"].values())


@pytest.mark.parametrize(("act", "name", "word"), CELLS)
def test_each_cell(act: str, name: str, word: str) -> None:
    said: str = "+"
    try:
        ENSURE[act](VIEWERS[name], HERE)
    except NotFound:
        said = "hidden"
    except Forbidden as refusal:
        said = refusal.facts["reason"]

    assert said == word


def test_an_administrator_who_leads_here_needs_no_second_factor_for_it() -> None:
    ensure_may_write_to(Viewer(ME, Role.institution_coordinator, HERE, platform_administrator=True), HERE)
