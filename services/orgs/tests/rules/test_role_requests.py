"""Who may ask for which role: role × employment × relation, a row a cell (S8)."""

from uuid import UUID

import pytest

from chassis.errors import DomainError
from orgs.rules.memberships import RANK, Role, Standing
from orgs.rules.role_requests import (
    Applicant,
    Because,
    ensure_below,
    ensure_may_ask,
    places_to_ask,
    roles_below,
    why_nothing,
    why_withdrawn,
)

OWN, NAMED, FOREIGN, UNIT = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=9)
USER, UNIT_COORDINATOR, INSTITUTION_COORDINATOR = Role.user, Role.unit_coordinator, Role.institution_coordinator


def applicant(role: Role = USER, *, employment: str = "employed", **values) -> Applicant:
    known = {"status": "active", "institutions": frozenset({OWN, NAMED})}
    return Applicant(standing=Standing(OWN, UNIT, role), employment=employment, **{**known, **values})


def said(person: Applicant, role: Role, institution_id: UUID, unit_id: UUID | None = UNIT) -> str:
    if obstacle := why_nothing(person, None):
        return obstacle.type
    try:
        ensure_may_ask(person, role, institution_id, unit_id)
    except DomainError as refusal:
        return refusal.type
    return "+"


@pytest.mark.parametrize(
    ("role", "wanted", "where", "expected"),
    [
        (USER, UNIT_COORDINATOR, OWN, "+"),
        (USER, INSTITUTION_COORDINATOR, OWN, "+"),
        (USER, UNIT_COORDINATOR, NAMED, "+"),
        (USER, INSTITUTION_COORDINATOR, NAMED, "+"),
        (USER, UNIT_COORDINATOR, FOREIGN, "institution-not-allowed"),
        (USER, INSTITUTION_COORDINATOR, FOREIGN, "institution-not-allowed"),
        (UNIT_COORDINATOR, UNIT_COORDINATOR, OWN, "role-not-higher"),
        (UNIT_COORDINATOR, INSTITUTION_COORDINATOR, OWN, "+"),
        (UNIT_COORDINATOR, UNIT_COORDINATOR, NAMED, "+"),
        (UNIT_COORDINATOR, INSTITUTION_COORDINATOR, NAMED, "+"),
        (UNIT_COORDINATOR, INSTITUTION_COORDINATOR, FOREIGN, "institution-not-allowed"),
        (INSTITUTION_COORDINATOR, UNIT_COORDINATOR, OWN, "role-not-higher"),
        (INSTITUTION_COORDINATOR, INSTITUTION_COORDINATOR, OWN, "role-not-higher"),
        (INSTITUTION_COORDINATOR, UNIT_COORDINATOR, NAMED, "+"),
        (INSTITUTION_COORDINATOR, INSTITUTION_COORDINATOR, NAMED, "+"),
        (INSTITUTION_COORDINATOR, INSTITUTION_COORDINATOR, FOREIGN, "institution-not-allowed"),
    ],
)
def test_a_higher_role_at_home_or_either_where_the_register_names_one(
    role: Role, wanted: Role, where: UUID, expected: str
) -> None:
    assert said(applicant(role), wanted, where) == expected


@pytest.mark.parametrize("role", [USER, UNIT_COORDINATOR])
@pytest.mark.parametrize(
    ("employment", "invited", "expected"),
    [
        ("employed", False, "+"),
        ("pending", False, "employment-pending"),
        ("none", False, "not-employed"),
        ("employed", True, "+"),
        ("pending", True, "+"),
        ("none", True, "+"),
    ],
)
def test_only_employed_people_ask_or_whom_an_invitation_made_a_coordinator(
    role: Role, employment: str, invited: bool, expected: str
) -> None:
    person = applicant(role, employment=employment, invited_as_coordinator=invited)

    assert said(person, INSTITUTION_COORDINATOR, OWN) == expected


def test_a_unit_coordinator_names_the_unit_an_institution_coordinator_may() -> None:
    assert said(applicant(), UNIT_COORDINATOR, OWN, None) == "unit-required"
    assert said(applicant(), INSTITUTION_COORDINATOR, OWN, None) == "+"


def test_who_has_the_highest_role_and_no_other_body_has_nothing_to_ask_for() -> None:
    leader = applicant(INSTITUTION_COORDINATOR, institutions=frozenset({OWN}))

    assert places_to_ask(leader) == frozenset()
    assert said(leader, INSTITUTION_COORDINATOR, OWN) == "role-not-higher"


def test_an_open_request_stands_in_the_way_of_another() -> None:
    refusal = why_nothing(applicant(), UUID(int=7))

    assert refusal is not None
    assert (refusal.type, refusal.facts) == ("role-request-open", {"role_request_id": str(UUID(int=7))})


@pytest.mark.parametrize(
    ("person", "wanted", "where", "because"),
    [
        (applicant(), UNIT_COORDINATOR, OWN, None),
        (applicant(), INSTITUTION_COORDINATOR, NAMED, None),
        (applicant(employment="pending"), UNIT_COORDINATOR, OWN, None),
        (applicant(employment="none"), UNIT_COORDINATOR, OWN, Because.employment_ended),
        (applicant(employment="none", invited_as_coordinator=True), UNIT_COORDINATOR, OWN, None),
        (applicant(status="disabled"), UNIT_COORDINATOR, OWN, Because.account_closed),
        (applicant(), UNIT_COORDINATOR, FOREIGN, Because.institution_left),
        (applicant(UNIT_COORDINATOR), UNIT_COORDINATOR, OWN, Because.role_held),
        (applicant(INSTITUTION_COORDINATOR), UNIT_COORDINATOR, OWN, Because.role_held),
        (applicant(UNIT_COORDINATOR), INSTITUTION_COORDINATOR, OWN, None),
    ],
)
def test_a_request_stands_while_it_could_be_made(
    person: Applicant, wanted: Role, where: UUID, because: Because | None
) -> None:
    assert why_withdrawn(person, wanted, where) == because


@pytest.mark.parametrize("present", list(Role))
@pytest.mark.parametrize("wanted", list(Role))
def test_one_steps_down_to_any_lower_role_and_no_other(present: Role, wanted: Role) -> None:
    possible = RANK[wanted] < RANK[present]

    assert (wanted in roles_below(present)) is possible
    if not possible:
        with pytest.raises(DomainError) as refusal:
            ensure_below(present, wanted)
        assert (refusal.value.type, refusal.value.facts) == ("not-a-step-down", {"role": present})
