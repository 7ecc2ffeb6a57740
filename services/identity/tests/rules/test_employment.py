"""Every cell of the employment table in the requirements, in its words."""

from datetime import timedelta

import pytest

from identity.rules.employment import Answer, Employment, Outcome, Standing, next_retry, outcome, standing_of

EMPLOYED = Outcome(employment=Employment.employed, flagged=False)
AS_NONE = Outcome(employment=Employment.none)
FLAGGED = Outcome(employment=Employment.none, flagged=True)
AS_PENDING = Outcome(employment=Employment.pending, retried=True)
AS_BEFORE = Outcome(retried=True)
REFUSED = Outcome(enters=False)

UNKNOWN = {"kept": None, "invited": False, "coordinator": False}
INVITED = {"kept": None, "invited": True, "coordinator": False}
USER = {"kept": Employment.employed, "invited": False, "coordinator": False}
COORDINATOR = {"kept": Employment.employed, "invited": False, "coordinator": True}


@pytest.mark.parametrize(
    ("answer", "who", "expected"),
    [
        (Answer.employed, UNKNOWN, EMPLOYED),
        (Answer.employed, INVITED, EMPLOYED),
        (Answer.employed, USER, EMPLOYED),
        (Answer.employed, COORDINATOR, EMPLOYED),
        (Answer.not_employed, UNKNOWN, REFUSED),
        (Answer.not_employed, INVITED, AS_NONE),
        (Answer.not_employed, USER, AS_NONE),
        (Answer.not_employed, COORDINATOR, FLAGGED),
        (Answer.unavailable, UNKNOWN, AS_PENDING),
        (Answer.unavailable, INVITED, AS_PENDING),
        (Answer.unavailable, USER, AS_BEFORE),
        (Answer.unavailable, COORDINATOR, AS_BEFORE),
    ],
)
def test_each_cell_at_sign_in(answer: Answer, who: dict, expected: Outcome) -> None:
    assert outcome(answer, who["kept"], invited=who["invited"], coordinator=who["coordinator"]) == expected


PENDING = {"kept": Employment.pending, "coordinator": False}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ({**PENDING, "invited": False}, REFUSED),  # «sign-in closed»
        ({**PENDING, "invited": True}, AS_NONE),
        (USER, AS_NONE),
        (COORDINATOR, FLAGGED),
    ],
)
def test_each_cell_of_the_later_no(who: dict, expected: Outcome) -> None:
    assert outcome(Answer.not_employed, who["kept"], invited=who["invited"], coordinator=who["coordinator"]) == expected


def test_a_coordinator_from_outside_is_not_flagged_for_never_having_been_employed() -> None:
    assert outcome(Answer.not_employed, Employment.none, invited=True, coordinator=True) == AS_NONE


@pytest.mark.parametrize(
    ("kept", "invited", "coordinator", "standing"),
    [
        (None, False, False, Standing.unknown),
        (None, True, False, Standing.invited),
        (Employment.pending, False, False, Standing.unknown),
        (Employment.pending, True, True, Standing.invited),
        (Employment.pending, False, True, Standing.coordinator),
        (Employment.none, True, False, Standing.user),
        (Employment.employed, False, True, Standing.coordinator),
    ],
)
def test_in_which_column_somebody_stands(
    kept: Employment | None, invited: bool, coordinator: bool, standing: Standing
) -> None:
    assert standing_of(kept, invited=invited, coordinator=coordinator) == standing


def test_retries_double_up_to_an_hour() -> None:
    pauses = [next_retry(attempt) for attempt in (0, 1, 5, 6, 500)]

    assert pauses == [timedelta(minutes=minutes) for minutes in (1, 2, 32, 60, 60)]
