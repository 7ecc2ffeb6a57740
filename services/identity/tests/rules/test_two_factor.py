"""Codes by their time, their kinds, and the count of wrong ones."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.rules.two_factor import (
    BLOCKED_FOR,
    RECOVERY_SIGNS,
    SKEW_STEPS,
    WINDOW_STEPS,
    WRONG_MOST,
    WRONG_WITHIN,
    Judged,
    Kind,
    Verdict,
    Wrongs,
    judge,
    kind_of,
    plain_recovery_code,
    recovery_code_of,
    step_at,
    still_ahead,
)

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
STEP = 1_000_000
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(step: int) -> str:
    """One code for each step, so that a test sees which it was."""
    return f"{step % 1_000_000:06d}"


def verdict(offset: int, **facts: object) -> Verdict:
    known = {"now_step": STEP, "last_step": 0, **facts}
    return judge(code_of(STEP + offset), code_of, **known).verdict  # type: ignore[arg-type]


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_step_to_either_side_is_accepted(offset: int) -> None:
    assert judge(code_of(STEP + offset), code_of, now_step=STEP, last_step=0) == Judged(Verdict.accepted, STEP + offset)


@given(st.integers(-100, 100), st.integers(-100, 100))
def test_the_window_is_one_step_the_skew_ten_minutes_and_no_step_counts_twice(offset: int, last: int) -> None:
    found = verdict(offset, last_step=STEP + last)

    if abs(offset) > WINDOW_STEPS + SKEW_STEPS:
        assert found == Verdict.wrong
    elif offset <= last:
        assert found == Verdict.spent
    else:
        assert found == (Verdict.accepted if abs(offset) <= WINDOW_STEPS else Verdict.skewed)


@given(st.sets(st.integers(-30, 30), min_size=1), st.integers(-25, 25))
def test_a_step_that_was_told_is_never_accepted(told: set[int], offset: int) -> None:
    found = verdict(offset, told_steps=[STEP + step for step in told])

    if offset in told and abs(offset) <= WINDOW_STEPS + SKEW_STEPS:
        assert found == Verdict.spent


@pytest.mark.parametrize(("offset", "minutes"), [(2, 1), (6, 3), (21, 10), (-2, -1), (-21, -10)])
def test_a_clock_that_is_off_is_told_by_how_much(offset: int, minutes: int) -> None:
    judged = judge(code_of(STEP + offset), code_of, now_step=STEP, last_step=0)

    assert (judged.verdict, judged.minutes_off) == (Verdict.skewed, minutes)


def test_where_two_steps_share_a_code_the_one_that_counts_is_taken() -> None:
    shared = {STEP - 5: "777777", STEP + 1: "777777"}

    judged = judge("777777", lambda step: shared.get(step, "000000"), now_step=STEP, last_step=STEP - 5)

    assert judged == Judged(Verdict.accepted, STEP + 1)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "ΑΒΓΔΕΖ", "١٢٣٤٥٦", "12 34 56 7"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert judge(code, code_of, now_step=STEP, last_step=0) == Judged(Verdict.wrong)


def test_codes_are_those_of_rfc_6238() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the RFC's «12345678901234567890»
    moment = datetime.fromtimestamp(1111111109, UTC)

    judged = judge("081804", pyotp.TOTP(secret).generate_otp, now_step=step_at(moment), last_step=0)

    assert judged == Judged(Verdict.accepted, 1111111109 // 30)


def test_told_steps_are_kept_while_their_code_could_come() -> None:
    assert still_ahead([STEP - 2, STEP - 1, STEP, STEP + 5], STEP) == [STEP - 1, STEP, STEP + 5]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("123456", Kind.totp),
        (" 123 456 ", Kind.totp),
        ("123-456", Kind.totp),
        ("12345", Kind.recovery),
        ("١٢٣٤٥٦", Kind.recovery),
        ("5QRM-0C2K-ZP7H-N4XA", Kind.recovery),
    ],
)
def test_six_digits_are_of_the_authenticator(code: str, kind: Kind) -> None:
    assert kind_of(code) == kind


@pytest.mark.parametrize(
    "typed",
    ["5QRM-0C2K-ZP7H-N4XA", "5qrm0c2kzp7hn4xa", "5QRM OC2K ZP7H N4XA", " 5qrm–oc2k–zp7h–n4xa ", "5QRΜ-0C2Κ-ΖΡ7Η-Ν4ΧΑ"],
)
def test_a_recovery_code_is_read_however_it_was_typed(typed: str) -> None:
    assert plain_recovery_code(typed) == "5QRM0C2KZP7HN4XA"


@given(st.lists(st.integers(0, 31), min_size=16, max_size=16))
def test_a_recovery_code_keeps_all_its_signs(signs: list[int]) -> None:
    assert plain_recovery_code(recovery_code_of(signs)) == "".join(RECOVERY_SIGNS[sign] for sign in signs)


def test_the_tenth_wrong_code_closes_the_door_for_fifteen_minutes() -> None:
    wrongs = Wrongs()
    for _ in range(WRONG_MOST - 1):
        wrongs = wrongs.and_one_more(NOON)
    assert wrongs.block_at(NOON) is None

    wrongs = wrongs.and_one_more(NOON)

    assert wrongs.block_at(NOON) == NOON + BLOCKED_FOR
    assert wrongs.block_at(NOON + BLOCKED_FOR - timedelta(seconds=1)) == NOON + BLOCKED_FOR
    assert wrongs.block_at(NOON + BLOCKED_FOR) is None


@given(st.lists(st.integers(0, 3600), min_size=1, max_size=40))
def test_no_fifteen_minutes_ever_hold_more_than_ten_wrong_codes(seconds: list[int]) -> None:
    wrongs, looked_at = Wrongs(), []
    for moment in (NOON + timedelta(seconds=second) for second in sorted(seconds)):
        if wrongs.block_at(moment) is None:
            wrongs = wrongs.and_one_more(moment)
            looked_at.append(moment)

    for first in looked_at:
        assert sum(first <= moment < first + WRONG_WITHIN for moment in looked_at) <= WRONG_MOST
