"""Whether somebody works for the public sector: three answers, and what each means for whom (S2)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Answer(StrEnum):
    """What the register says this time."""

    employed = "employed"
    not_employed = "not_employed"
    unavailable = "unavailable"


class Employment(StrEnum):
    """What we keep about a person."""

    employed = "employed"
    pending = "pending"
    none = "none"


class Standing(StrEnum):
    """A column of the table."""

    unknown = "unknown"
    invited = "invited"
    user = "user"
    coordinator = "coordinator"


@dataclass(frozen=True)
class Outcome:
    """`employment` and `flagged` None: what is kept stays. An account that no longer enters is closed."""

    enters: bool = True
    employment: Employment | None = None
    flagged: bool | None = None
    retried: bool = False


@dataclass(frozen=True)
class Kept:
    """What an account says about employment. `flagged_at`: since when a coordinator has been told to settle it."""

    employment: Employment
    flagged_at: datetime | None = None


REFUSED = Outcome(enters=False)
ENTERS_EMPLOYED = Outcome(employment=Employment.employed, flagged=False)
ENTERS_MARKED = Outcome(employment=Employment.none)
ENTERS_PENDING = Outcome(employment=Employment.pending, retried=True)
ENTERS_AS_BEFORE = Outcome(retried=True)

TABLE = {
    (Answer.employed, Standing.unknown): ENTERS_EMPLOYED,
    (Answer.employed, Standing.invited): ENTERS_EMPLOYED,
    (Answer.employed, Standing.user): ENTERS_EMPLOYED,
    (Answer.employed, Standing.coordinator): ENTERS_EMPLOYED,
    (Answer.not_employed, Standing.unknown): REFUSED,
    (Answer.not_employed, Standing.invited): ENTERS_MARKED,
    (Answer.not_employed, Standing.user): ENTERS_MARKED,
    (Answer.not_employed, Standing.coordinator): Outcome(employment=Employment.none, flagged=True),
    (Answer.unavailable, Standing.unknown): ENTERS_PENDING,
    (Answer.unavailable, Standing.invited): ENTERS_PENDING,
    (Answer.unavailable, Standing.user): ENTERS_AS_BEFORE,
    (Answer.unavailable, Standing.coordinator): ENTERS_AS_BEFORE,
}

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)


def standing_of(kept: Employment | None, *, invited: bool, coordinator: bool) -> Standing:
    """Until the register has settled it, somebody who entered while it was away stands where they stood at the door."""
    if kept is None or kept == Employment.pending:
        if invited:
            return Standing.invited
        return Standing.coordinator if coordinator else Standing.unknown
    return Standing.coordinator if coordinator else Standing.user


def outcome(answer: Answer, kept: Employment | None, *, invited: bool, coordinator: bool) -> Outcome:
    """The cell for this person. A coordinator who never was employed (invited from outside) is not flagged for it."""
    cell = TABLE[answer, standing_of(kept, invited=invited, coordinator=coordinator)]
    return ENTERS_MARKED if cell.flagged and kept == Employment.none else cell


def kept_after(kept: Kept, outcome: Outcome, *, has_role_to_lose: bool, now: datetime) -> Kept:
    """What is kept once the outcome is. A flag stands since its first day, however often the answer is repeated."""
    employment = outcome.employment or kept.employment
    if outcome.flagged is False:
        return Kept(employment)
    if outcome.flagged and has_role_to_lose and kept.flagged_at is None:
        return Kept(employment, now)
    return replace(kept, employment=employment)


def next_retry(attempts: int) -> timedelta:
    """Doubling from a minute to an hour: an outage ends soon or lasts."""
    return min(FIRST_RETRY * (1 << min(attempts, 10)), LONGEST_RETRY)
