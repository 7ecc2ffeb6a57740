"""When a conference may take place, what it occupies, and which other times are free (S20, O9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from conferences.errors import PeriodNotPossible

ATHENS = ZoneInfo("Europe/Athens")
SHORTEST = timedelta(minutes=15)
LONGEST = timedelta(hours=24)
LATEST_START = timedelta(minutes=15)
JOIN_LEAD = timedelta(minutes=10)
QUARTER = timedelta(minutes=15)
SEARCH_WINDOWS = (timedelta(days=14), timedelta(days=60))
ALTERNATIVES = 3
# A database's last day, beyond which arithmetic on times fails.
FARTHEST = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Padding:
    """How much longer than the conference its host is booked: people enter early and leave late."""

    before: timedelta = JOIN_LEAD
    after: timedelta = timedelta(minutes=5)

    @property
    def whole(self) -> timedelta:
        return self.before + self.after


@dataclass(frozen=True, order=True)
class Period:
    """Half-open, as everywhere: the end is the first moment after it."""

    starts_at: datetime
    ends_at: datetime

    @property
    def elapsed(self) -> timedelta:
        # Subtracting two times of one zone would count clock hands, not time: wrong by an hour when the clocks change.
        return self.ends_at.astimezone(UTC) - self.starts_at.astimezone(UTC)

    def occupied(self, padding: Padding) -> "Period":
        """What a host is booked for."""
        return Period(self.starts_at - padding.before, self.ends_at + padding.after)


def ensure_possible(period: Period, now: datetime) -> None:
    """S20: to the minute; 15 minutes to 24 hours elapsed; ends in the future; started at most 15 minutes ago."""
    faults = [("/starts_at", "to-the-minute")] if not _to_the_minute(period.starts_at) else []
    faults += [("/ends_at", "to-the-minute")] if not _to_the_minute(period.ends_at) else []
    if not now - LATEST_START <= period.starts_at < FARTHEST:
        faults.append(("/starts_at", "not-in-the-past"))
    if period.ends_at <= now:
        faults.append(("/ends_at", "in-the-future"))
    if not SHORTEST <= period.elapsed <= LONGEST:
        faults.append(("/ends_at", "15-minutes-to-24-hours"))
    if faults:
        raise PeriodNotPossible(errors=[{"pointer": pointer, "detail": detail} for pointer, detail in faults])


def _to_the_minute(moment: datetime) -> bool:
    return moment.second == 0 and moment.microsecond == 0


def athens_day(day: date) -> Period:
    """That day in Athens; 23 or 25 hours long when the clocks change."""
    start = datetime.combine(day, time.min, ATHENS)
    end = datetime.combine(day + timedelta(days=1), time.min, ATHENS)
    return Period(start.astimezone(UTC), end.astimezone(UTC))


def athens_date(moment: datetime) -> date:
    return moment.astimezone(ATHENS).date()


def next_quarter(moment: datetime) -> datetime:
    """The first quarter hour not before this moment."""
    whole = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return whole + -(-(moment - whole) // QUARTER) * QUARTER


def previous_quarter(moment: datetime) -> datetime:
    whole = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return whole + (moment - whole) // QUARTER * QUARTER


def nearest_starts(gaps: Iterable[Period], wanted: Period, padding: Padding, now: datetime) -> list[Period]:
    """The three quarter hours nearest to the wanted start at which a conference as long fits into one host's gap.

    `gaps` are free stretches of hosts (padding not taken off). Never past; the earlier wins when two are equally near.
    """
    found: set[datetime] = set()
    for gap in gaps:
        found |= _starts_in(gap, wanted, padding, now)
    return [Period(start, start + wanted.elapsed) for start in _nearest(found, wanted.starts_at)]


def _nearest(starts: Iterable[datetime], wanted: datetime) -> list[datetime]:
    return sorted(starts, key=lambda start: (abs(start - wanted), start))[:ALTERNATIVES]


def _starts_in(gap: Period, wanted: Period, padding: Padding, now: datetime) -> set[datetime]:
    """Only the few that can be among the nearest: those on either side of the wanted start, or the gap's near edge."""
    first = next_quarter(max(gap.starts_at + padding.before, now))
    last = previous_quarter(gap.ends_at - padding.after - wanted.elapsed)
    if first > last:
        return set()
    middle = min(max(previous_quarter(wanted.starts_at), first), last)
    near = [middle + step * QUARTER for step in range(-ALTERNATIVES, ALTERNATIVES + 1)]
    return {start for start in near if first <= start <= last}
