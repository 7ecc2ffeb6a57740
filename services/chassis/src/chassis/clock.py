"""The only place that asks the operating system for the time; entry points call it and hand the answer down."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
