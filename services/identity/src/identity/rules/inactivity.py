"""When an account that nobody uses is warned about, and goes (O3)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Patience:
    """`notices`: how long before the end each warning is given, the longest first."""

    months: int
    never_activated_months: int
    notices: tuple[timedelta, ...]


@dataclass(frozen=True)
class Step:
    """What is due for accounts that were warned `warnings` times: another warning, or, after the last, the end.

    `unused_since` and `warned_before` are inclusive. A warning that came late is followed by as many days as if it had
    not: nobody loses an account sooner after it than the mail has said.
    """

    warnings: int
    unused_since: datetime
    warned_before: datetime | None
    notice: timedelta | None

    @property
    def is_last(self) -> bool:
        return self.notice is None


def steps(now: datetime, patience: Patience) -> list[Step]:
    """The end first: whoever waits for it waits longest."""
    notices = (*patience.notices, timedelta(0))
    found = []
    for warnings, notice in enumerate(notices):
        since_last = notices[warnings - 1] - notice if warnings else None
        found.append(
            Step(
                warnings=warnings,
                unused_since=months_before(now + notice, patience.months),
                warned_before=now - since_last if since_last is not None else None,
                notice=notice if warnings < len(patience.notices) else None,
            )
        )
    return found[::-1]


def ends_at(last_active_at: datetime, notice: timedelta, now: datetime, patience: Patience) -> datetime:
    """What a warning promises: not sooner than the months say, nor than the notice."""
    return max(_months_after(last_active_at, patience.months), now + notice)


def months_before(moment: datetime, months: int) -> datetime:
    return _months_after(moment, -months)


def _months_after(moment: datetime, months: int) -> datetime:
    """The same day of another month, or its last one."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
