"""Two clocks: the wall's, which stamps what others read, and the sandbox's, which scripts may move."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ATHENS = ZoneInfo("Europe/Athens")


def wall() -> datetime:
    """What time it is for everybody: stamps in events and answers, signatures."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Zoom's way of writing a time: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def athens(moment: datetime) -> str:
    """A time as the pages show it."""
    return moment.astimezone(ATHENS).strftime("%d/%m/%Y %H:%M:%S")


class Clock:
    """What time it is for quotas, report delays, expiries and webhook retries."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return wall() + self.offset
