"""Athens times at the edge: what people read and write, and the instants the API speaks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, get_locale
from flask_babel import gettext as _

ATHENS = ZoneInfo("Europe/Athens")
QUARTER = timedelta(minutes=15)


class NoSuchTime(Exception):
    """The clock jumps over this time (last Sunday of March)."""

    def __init__(self, next_time: datetime) -> None:
        super().__init__()
        self.next_time = next_time


class TimeHappensTwice(Exception):
    """The clock shows this time twice (last Sunday of October)."""


def instant(day: date, at: time, *, second: bool | None = None) -> datetime:
    """The moment Athens clocks show `at` on `day`; `second` chooses between the two of an autumn night."""
    first = datetime.combine(day, at, ATHENS)
    again = first.replace(fold=1)
    if first.utcoffset() == again.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(ATHENS).time() != at:
        # In the gap `fold=0` reads the clock as before the jump: its round trip is the time after it.
        raise NoSuchTime(first.astimezone(UTC).astimezone(ATHENS))
    if second is None:
        raise TimeHappensTwice
    return again if second else first


def happens_twice(day: date, at: time) -> bool:
    """Whether Athens clocks show this time two times."""
    try:
        instant(day, at)
    except TimeHappensTwice:
        return True
    return False


def parse(text: str) -> datetime:
    """An RFC 3339 time of the API as Athens time."""
    return datetime.fromisoformat(text).astimezone(ATHENS)


def rfc3339(moment: datetime) -> str:
    """A moment with its Athens offset, to the second."""
    return moment.astimezone(ATHENS).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Span:
    """A start and an end."""

    starts_at: datetime
    ends_at: datetime


def next_slot(now: datetime) -> Span:
    """What a new conference proposes: the next minute, to the first quarter that leaves at least 15 minutes."""
    start = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    earliest = start + QUARTER
    seconds_over = earliest.timestamp() % QUARTER.total_seconds()
    end = earliest if not seconds_over else earliest + QUARTER - timedelta(seconds=seconds_over)
    return Span(start.astimezone(ATHENS), end.astimezone(ATHENS))


def today() -> date:
    """The Athens day."""
    return datetime.now(ATHENS).date()


def as_moment(value: datetime | str) -> datetime:
    return parse(value) if isinstance(value, str) else value.astimezone(ATHENS)


def day_numeric(value: datetime | str) -> str:
    """28-04-2026, as the tables people know."""
    return f"{as_moment(value):%d-%m-%Y}"


def clock(value: datetime | str) -> str:
    """09:45, always 24 hours."""
    return f"{as_moment(value):%H:%M}"


def day_long(value: datetime | date | str) -> str:
    """28 Απριλίου 2026 (Babel's long form has the genitive)."""
    if isinstance(value, (datetime, str)):
        value = as_moment(value).date()
    return str(format_date(value, "d MMMM yyyy", rebase=False))


def weekday_long(value: datetime | date | str) -> str:
    """Τρίτη 28 Απριλίου 2026."""
    if isinstance(value, (datetime, str)):
        value = as_moment(value).date()
    return str(format_date(value, "EEEE d MMMM yyyy", rebase=False))


def when(starts_at: str, ends_at: str) -> str:
    """«Τρίτη 28 Απριλίου 2026, 09:45 – 17:00», with the second day only when it differs."""
    start, end = parse(starts_at), parse(ends_at)
    last = clock(end) if start.date() == end.date() else f"{day_long(end)}, {clock(end)}"
    return f"{weekday_long(start)}, {clock(start)} – {last}"


def duration(seconds: int) -> str:
    """HH:MM:SS, as the usage report shows it."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}"


def time_left(until: str, now: datetime | None = None) -> str:
    """How long until a moment, in words and whole minutes («2 ημέρες, 3 ώρες»)."""
    left = parse(until) - (now or datetime.now(ATHENS))
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = []
    if days:
        parts.append(_("1 ημέρα") if days == 1 else _("%(n)s ημέρες", n=days))
    if hours:
        parts.append(_("1 ώρα") if hours == 1 else _("%(n)s ώρες", n=hours))
    if minutes and not days:
        parts.append(_("1 λεπτό") if minutes == 1 else _("%(n)s λεπτά", n=minutes))
    return ", ".join(parts)


def language() -> str:
    """`el` or `en`."""
    return str(get_locale())
