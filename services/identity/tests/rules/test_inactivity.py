from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.rules.inactivity import Patience, Step, ends_at, months_before, steps

DAY = timedelta(days=1)
PATIENCE = Patience(months=14, never_activated_months=4, notices=(30 * DAY, 7 * DAY))
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "months", "before"),
    [
        (NOON, 14, datetime(2025, 9, 25, 12, tzinfo=UTC)),
        (datetime(2026, 3, 31, tzinfo=UTC), 1, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), 12, datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2026, 1, 15, tzinfo=UTC), 14, datetime(2024, 11, 15, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_the_calendar(moment: datetime, months: int, before: datetime) -> None:
    assert months_before(moment, months) == before


def test_the_steps_are_two_warnings_and_the_end() -> None:
    end, second, first = steps(NOON, PATIENCE)

    assert first == Step(0, months_before(NOON + 30 * DAY, 14), None, 30 * DAY)
    assert second == Step(1, months_before(NOON + 7 * DAY, 14), NOON - 23 * DAY, 7 * DAY)
    assert end == Step(2, months_before(NOON, 14), NOON - 7 * DAY, None)
    assert end.is_last


def live(looks: list[int], last_active_at: datetime) -> list[tuple[str, datetime, datetime | None]]:
    """What happens to somebody who never comes back, when the service looks after so many days each."""
    told, warnings, warned_at, moment = [], 0, None, last_active_at
    for days in looks:
        moment += days * DAY
        for step in steps(moment, PATIENCE):
            if step.warnings != warnings or last_active_at > step.unused_since:
                continue
            if step.warned_before is not None and (warned_at is None or warned_at > step.warned_before):
                continue
            if step.is_last:
                return [*told, ("end", moment, None)]
            told.append(("warned", moment, ends_at(last_active_at, step.notice or 0 * DAY, moment, PATIENCE)))
            warnings, warned_at = warnings + 1, moment
            break
    return told


@given(st.lists(st.integers(1, 90), min_size=20, max_size=60), st.integers(0, 1000))
def test_however_rarely_the_service_looks_nobody_goes_unwarned_or_sooner_than_told(looks: list[int], day: int) -> None:
    """Workers may have stood still for months: a warning that came late is followed by its days all the same."""
    last_active_at = datetime(2024, 1, 1, tzinfo=UTC) + day * DAY

    told = live(looks, last_active_at)

    ends = [moment for what, moment, _ in told if what == "end"]
    promises = [until for what, _, until in told if what == "warned" and until is not None]
    assert len(promises) <= 2
    if ends:
        assert len(promises) == 2
        assert last_active_at <= months_before(ends[0], 14)
        assert all(ends[0] >= until - DAY * 3 for until in promises), "months differ by up to three days"
        assert all(ends[0] >= moment + 7 * DAY for what, moment, _ in told if what == "warned")
