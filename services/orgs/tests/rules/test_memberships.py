from uuid import UUID

import pytest

from orgs.rules.memberships import Role, Standing, first_institution, with_platform_administration, with_role

HERE, ELSEWHERE, CLOSED = (UUID(int=number) for number in (1, 2, 3))
UNIT, OTHER_UNIT = UUID(int=11), UUID(int=12)


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([HERE, ELSEWHERE], HERE),
        ([CLOSED, ELSEWHERE], ELSEWHERE),
        ([CLOSED], None),
        ([], None),
    ],
)
def test_first_institution_is_the_first_that_takes_members(candidates: list[UUID], expected: UUID | None) -> None:
    assert first_institution(candidates, active={HERE, ELSEWHERE}) == expected


@pytest.mark.parametrize(
    ("role", "offered", "institution_id", "moves"),
    [
        (Role.user, Role.unit_coordinator, HERE, True),
        (Role.user, Role.institution_coordinator, HERE, True),
        (Role.unit_coordinator, Role.institution_coordinator, HERE, True),
        (Role.unit_coordinator, Role.unit_coordinator, HERE, False),
        (Role.institution_coordinator, Role.unit_coordinator, HERE, False),
        (Role.institution_coordinator, Role.unit_coordinator, ELSEWHERE, True),
    ],
)
def test_an_offer_moves_elsewhere_and_never_demotes_at_home(
    role: Role, offered: Role, institution_id: UUID, moves: bool
) -> None:
    current = Standing(HERE, UNIT, role, platform_administrator=True)

    after = with_role(current, role=offered, institution_id=institution_id, unit_id=OTHER_UNIT)

    assert after == (Standing(institution_id, OTHER_UNIT, offered, True) if moves else current)


def test_running_the_platform_is_added_to_what_one_is() -> None:
    current = Standing(HERE, UNIT, Role.unit_coordinator)

    assert with_platform_administration(current) == Standing(HERE, UNIT, Role.unit_coordinator, True)
