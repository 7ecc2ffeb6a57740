"""Which code counts as a second factor, which only looks like one, and how often one may be wrong (S10)."""

import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STEP_SECONDS = 30
WINDOW_STEPS = 1
SKEW_STEPS = 20  # ten minutes: a phone's clock that is further off is seldom merely off
ENROLLING_FOR = timedelta(minutes=30)

WRONG_MOST_PER_SIGN_IN = 5
WRONG_MOST = 10
WRONG_WITHIN = timedelta(minutes=15)
BLOCKED_FOR = timedelta(minutes=15)

RECOVERY_CODES = 10
RECOVERY_LENGTH = 16  # of 32 signs: 80 bits
RECOVERY_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that reads as something else
# What hands write instead: the letters left out, and Greek capitals that look the same on paper.
READ_AS = str.maketrans("OILΟΙΑΒΕΖΗΚΜΝΡΤΥΧ", "0110" + "1" + "ABEZHKMNPTYX")


class Kind(StrEnum):
    """Of a code. Each has a counter of its own: who is locked out of one still has the other."""

    totp = "totp"
    recovery = "recovery"


class Verdict(StrEnum):
    accepted = "accepted"
    wrong = "wrong"
    skewed = "skewed"
    spent = "spent"


class Step(StrEnum):
    """What a sign-in waits for: the words of `next`, and «Είσοδος» before them."""

    confirmation = "confirmation"
    two_factor = "two_factor"
    two_factor_setup = "two_factor_setup"


class Change(StrEnum):
    """What the person is told by mail."""

    activated = "activated"
    replaced = "replaced"
    deactivated = "deactivated"
    reset = "reset"
    recovery_code_used = "recovery_code_used"


@dataclass(frozen=True)
class Judged:
    verdict: Verdict
    step: int = 0
    minutes_off: int = 0  # of the phone's clock; positive: ahead


@dataclass(frozen=True)
class Wrongs:
    """Wrong codes of one kind of late, and until when no further one is looked at."""

    at: tuple[datetime, ...] = ()
    blocked_until: datetime | None = None

    def block_at(self, now: datetime) -> datetime | None:
        return self.blocked_until if self.blocked_until is not None and self.blocked_until > now else None

    def and_one_more(self, now: datetime) -> "Wrongs":
        """The tenth within fifteen minutes, whichever fifteen they are, closes the door for fifteen more."""
        late = (*(at for at in self.at if at > now - WRONG_WITHIN), now)
        return Wrongs(blocked_until=now + BLOCKED_FOR) if len(late) >= WRONG_MOST else Wrongs(late)


def kind_of(code: str) -> Kind:
    return Kind.totp if re.fullmatch(r"[0-9]{6}", digits_of(code)) else Kind.recovery


def digits_of(code: str) -> str:
    """Apps show «123 456»."""
    return re.sub(r"[\s-]", "", code)


def step_at(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def judge(
    code: str, code_of: Callable[[int], str], *, now_step: int, last_step: int, told_steps: Iterable[int] = ()
) -> Judged:
    """RFC 6238 with one step to either side; each step's code once, and none older than the last accepted (§5.2).

    A code from further away tells that the phone's clock is off. Saying so to a guesser would name a code that will be
    valid in some minutes: therefore a step that was told is spent, and the try counts as wrong.
    """
    spoiled = frozenset(told_steps)
    fitting = [
        step
        for step in range(now_step - WINDOW_STEPS - SKEW_STEPS, now_step + WINDOW_STEPS + SKEW_STEPS + 1)
        if hmac.compare_digest(code_of(step).encode(), code.encode())
    ]
    fitting.sort(key=lambda step: abs(step - now_step))
    fresh = [step for step in fitting if step > last_step and step not in spoiled]
    for step in fresh:
        if abs(step - now_step) <= WINDOW_STEPS:
            return Judged(Verdict.accepted, step)
    if len(fresh) < len(fitting):
        return Judged(Verdict.spent)
    if fresh:
        steps_off = fresh[0] - now_step
        minutes = max(1, round(abs(steps_off) * STEP_SECONDS / 60))
        return Judged(Verdict.skewed, fresh[0], minutes if steps_off > 0 else -minutes)
    return Judged(Verdict.wrong)


def still_ahead(steps: Iterable[int], now_step: int) -> list[int]:
    """Of the steps that were told, those whose code would still be looked at."""
    return [step for step in steps if step >= now_step - WINDOW_STEPS]


def recovery_code_of(signs: Sequence[int]) -> str:
    """Random numbers as a code that one can copy by hand."""
    text = "".join(RECOVERY_SIGNS[sign % len(RECOVERY_SIGNS)] for sign in signs[:RECOVERY_LENGTH])
    return "-".join(text[start : start + 4] for start in range(0, RECOVERY_LENGTH, 4))


def plain_recovery_code(code: str) -> str:
    """However it was typed: case, blanks, hyphens, lookalikes."""
    return re.sub(r"[^0-9A-Z]", "", code.upper().translate(READ_AS))
