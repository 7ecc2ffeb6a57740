"""One message to all coordinators of an institution (S15): a few a day, and what of its mails is told."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from notifications.errors import DailyLimit, NoRecipients
from notifications.rules.messages import State

ATHENS = ZoneInfo("Europe/Athens")  # whose midnight ends the day of the people who write

PROGRESS: Mapping[str, frozenset[State]] = MappingProxyType(
    {
        "queued": frozenset({State.queued, State.sending}),
        "sent": frozenset({State.sent}),
        "failed": frozenset({State.failed}),
        "dropped": frozenset({State.superseded}),  # erased, disabled or no coordinator any more when its turn came
    }
)
PROGRESS_OF: Mapping[State, str] = MappingProxyType(
    {state: word for word, states in PROGRESS.items() for state in states}
)


def day_of(moment: datetime) -> date:
    return moment.astimezone(ATHENS).date()


def next_day(moment: datetime) -> datetime:
    """The midnight in Athens that gives the allowance back."""
    tomorrow = day_of(moment) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ATHENS)


def ensure_allowed(*, already: int, limit: int, now: datetime) -> None:
    if already >= limit:
        wait = next_day(now).timestamp() - now.timestamp()  # both as instants: a day may have 23 or 25 hours
        raise DailyLimit(limit=limit, retry_after_seconds=int(wait) + 1)


def ensure_somebody(recipients: int) -> None:
    if not recipients:
        raise NoRecipients
