"""Durations are the union of stays, whatever the provider's messages do on their way (S28)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from conferences.rules.attendance import Interval, Row, Stay, closed, reconciled, seconds, stays, union

BASE = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # an hour later the clocks in Athens go back


def at(second: float) -> datetime:
    return BASE + timedelta(seconds=second)


def _walk(steps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stays one after the other: a pause, then some time inside."""
    walked, cursor = [], 0
    for pause, inside in steps:
        walked.append((cursor + pause, cursor + pause + inside))
        cursor += pause + inside
    return walked


ordered_stays = st.lists(st.tuples(st.integers(1, 500), st.integers(1, 500)), min_size=1, max_size=6).map(_walk)


@given(ordered_stays, st.randoms(use_true_random=False))
def test_order_and_repetition_of_messages_do_not_matter(walked: list[tuple[int, int]], random) -> None:  # type: ignore[no-untyped-def]
    joins, leaves = [at(a) for a, _ in walked] * 2, [at(b) for _, b in walked] * 3
    random.shuffle(joins)
    random.shuffle(leaves)

    assert stays(joins, leaves) == [Stay(at(a), at(b)) for a, b in walked]


def test_a_late_departure_of_an_older_stay_does_not_end_the_newer() -> None:
    assert stays([at(0), at(100)], [at(60)]) == [Stay(at(0), at(60)), Stay(at(100), None)]


def test_a_lost_departure_ends_with_the_next_entrance_or_with_the_meeting() -> None:
    first, second = stays([at(0), at(100)], [])

    assert first == Stay(at(0), at(100))
    assert closed(second, at(300)) == Interval(at(100), at(300))


def test_a_departure_whose_entrance_was_lost_says_nothing() -> None:
    assert stays([], [at(60)]) == []


def test_several_devices_count_once_across_the_change_of_the_clock() -> None:
    phone, laptop = Interval(at(0), at(7200)), Interval(at(3600), at(9000))

    assert seconds(union([laptop, phone])) == 9000


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 300)), max_size=15))
def test_union_counts_each_second_once(parts: list[tuple[int, int]]) -> None:
    intervals = [Interval(at(start), at(start + length)) for start, length in parts]

    inside = {second for start, length in parts for second in range(start, start + length)}
    assert seconds(union(intervals)) == len(inside)


def test_the_providers_list_corrects_what_messages_told() -> None:
    told = [
        Row("1", "r1", Stay(at(0), None)),  # its departure was lost
        Row("2", "r2", Stay(at(10), at(20))),  # listed under another device number
        Row("3", "r3", Stay(at(30), at(40))),  # not listed at all
    ]
    listed = [Row("1", "r1", Stay(at(0), at(70))), Row("9", "r2", Stay(at(11), at(21)))]

    assert reconciled(told, listed) == [*listed, told[2]]
