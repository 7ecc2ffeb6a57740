"""The employment table over a whole life: any answers, in any order, for anybody (S2, O4)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from identity.rules.employment import Answer, Employment, Kept, kept_after, outcome

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
STEPS = st.lists(st.tuples(st.sampled_from(Answer), st.booleans()), min_size=1, max_size=12)  # answer, holds a role
EMPLOYMENTS = st.sampled_from(Employment)


def live(kept: Kept | None, invited: bool, steps: list[tuple[Answer, bool]]) -> list[tuple[Answer, Kept | None, bool]]:
    """After each answer: what is kept, and whether the person is in. Whoever is out stands at the door again."""
    told, is_in = [], kept is not None
    for day, (answer, coordinator) in enumerate(steps):
        found = outcome(
            answer, kept.employment if kept is not None and is_in else None, invited=invited, coordinator=coordinator
        )
        is_in = found.enters
        if is_in:
            before = kept or Kept(Employment.pending)
            kept = kept_after(before, found, has_role_to_lose=coordinator, now=BEGIN + day * DAY)
        elif kept is not None:
            kept = Kept(Employment.none)
        told.append((answer, kept, is_in))
    return told


@given(EMPLOYMENTS, st.booleans(), STEPS)
def test_an_outage_never_refuses_nor_changes_what_a_settled_person_has(
    employment: Employment, invited: bool, steps: list[tuple[Answer, bool]]
) -> None:
    before: Kept | None = Kept(employment)
    for answer, kept, is_in in live(before, invited, steps):
        if answer == Answer.unavailable:
            assert is_in
            assert kept is not None
            if before is not None and before.employment != Employment.pending and kept.employment != Employment.pending:
                assert kept == before
        before = kept


@given(st.one_of(st.none(), st.builds(Kept, EMPLOYMENTS)), st.booleans(), STEPS)
def test_a_yes_always_lets_in_and_clears_the_flag(
    kept: Kept | None, invited: bool, steps: list[tuple[Answer, bool]]
) -> None:
    for answer, after, is_in in live(kept, invited, steps):
        if answer == Answer.employed:
            assert is_in
            assert after == Kept(Employment.employed)


@given(st.builds(Kept, EMPLOYMENTS), st.booleans(), STEPS)
def test_a_no_leaves_nobody_employed_and_only_a_first_no_raises_a_flag(
    kept: Kept, invited: bool, steps: list[tuple[Answer, bool]]
) -> None:
    before, was_in = kept, True
    for (answer, coordinator), (_, after, is_in) in zip(steps, live(kept, invited, steps), strict=True):
        assert after is not None
        if answer == Answer.not_employed:
            assert after.employment == Employment.none
        if after.flagged_at is not None and before.flagged_at is None:
            assert answer == Answer.not_employed
            assert coordinator
            assert before.employment != Employment.none or not was_in, "at the door again one is who one was"
        if after.flagged_at is not None and before.flagged_at is not None:
            assert after.flagged_at == before.flagged_at, "the days of grace count from the first"
        before, was_in = after, is_in


@given(st.lists(st.sampled_from([Answer.unavailable, Answer.not_employed]), min_size=1, max_size=10))
def test_however_often_the_no_is_repeated_a_coordinator_is_flagged_once(answers: list[Answer]) -> None:
    lives = live(Kept(Employment.employed), False, [(answer, True) for answer in answers])

    flags = {kept.flagged_at for _, kept, _ in lives if kept is not None and kept.flagged_at is not None}
    assert len(flags) == int(Answer.not_employed in answers)


@given(STEPS)
def test_only_who_never_was_confirmed_nor_invited_is_ever_put_out(steps: list[tuple[Answer, bool]]) -> None:
    for _, _, is_in in live(Kept(Employment.employed), False, steps):
        assert is_in
    for _, _, is_in in live(Kept(Employment.pending), True, steps):
        assert is_in
