"""How much Zoom allows: a second, a day, a host's day, a registrant's day. Days are UTC days of the sandbox's clock."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sandbox.clock import Clock, stamp
from sandbox.zoom.errors import ZoomError
from sandbox.zoom.model import Registrant
from sandbox.zoom.operations import HEAVY, LIGHT, MEDIUM

PER_SECOND = {
    "free": {LIGHT: 4, MEDIUM: 2, HEAVY: 1},
    "pro": {LIGHT: 30, MEDIUM: 20, HEAVY: 10},
    "business": {LIGHT: 80, MEDIUM: 60, HEAVY: 40},
}
PER_DAY = {
    "free": {LIGHT: 6_000, MEDIUM: 2_000, HEAVY: 1_000},
    "pro": {HEAVY: 30_000},
    "business": {HEAVY: 60_000},
}
WRITES_PER_HOST = 100
ADDS_PER_REGISTRANT = 3
DECISIONS_PER_REGISTRANT = 10


class UnlabelledRefusalError(ZoomError):
    """Of a host's or a registrant's day: neither `X-RateLimit-Type` nor `Retry-After` says so, only the text."""


@dataclass
class Bucket:
    tokens: float
    filled_at: datetime


@dataclass
class Limits:
    clock: Clock
    plan: str
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _days: Counter[tuple[str, date]] = field(default_factory=Counter)

    def forget(self) -> None:
        with self._lock:
            self._buckets.clear()
            self._days.clear()

    def spend(self, category: str) -> dict[str, str]:
        """One call of the account: the headers of its answer, or 429."""
        now, rate = self.clock.now(), PER_SECOND[self.plan][category]
        with self._lock:
            bucket = self._buckets.setdefault(category, Bucket(rate, now))
            elapsed = (now - bucket.filled_at).total_seconds()
            bucket.tokens, bucket.filled_at = min(rate, bucket.tokens + max(elapsed, 0) * rate), now
            if bucket.tokens < 1:
                raise per_second(category, rate, now)
            self._spend_day(category, now)
            bucket.tokens -= 1
            return _headers(category, "QPS", rate, int(bucket.tokens))

    def _spend_day(self, category: str, now: datetime) -> None:
        most = PER_DAY[self.plan].get(category)
        if most is None:
            return
        if self._days[category, now.date()] >= most:
            text = "You have reached the maximum daily rate limit for this API. Refer to the response header."
            headers = _headers(category, "Daily-limit", most, 0) | {"Retry-After": stamp(_midnight(now))}
            raise ZoomError(429, 429, text, headers=headers)
        self._days[category, now.date()] += 1

    def spend_host(self, host_id: str) -> None:
        """Creates and updates together. The trap: the refusal has the account's headers, as if nothing were spent."""
        key = (host_id, self.clock.now().date())
        with self._lock:
            if self._days[key] >= WRITES_PER_HOST:
                raise UnlabelledRefusalError(
                    429,
                    429,
                    f"You have exceeded the daily rate limit ({WRITES_PER_HOST}) of Meeting Create/Update API requests "
                    f"permitted for this user: {host_id}. You may resume these requests at GMT 00:00:00.",
                )
            self._days[key] += 1

    def spend_add(self, registrant: Registrant) -> None:
        self._spend_registrant(registrant.added_on, ADDS_PER_REGISTRANT, "registration")

    def spend_decision(self, registrant: Registrant) -> None:
        self._spend_registrant(registrant.decided_on, DECISIONS_PER_REGISTRANT, "status change")

    def _spend_registrant(self, days: list[date], most: int, act: str) -> None:
        today = self.clock.now().date()
        if days.count(today) >= most:
            raise UnlabelledRefusalError(
                429,
                429,
                f"You have exceeded the daily rate limit ({most}) of {act} requests permitted for this registrant. "
                "You may resume these requests at GMT 00:00:00.",
                headers={"X-RateLimit-Limit": str(most)},
            )
        days.append(today)


def per_second(category: str, rate: int, now: datetime) -> ZoomError:
    headers = _headers(category, "QPS", rate, 0) | {"X-RateLimit-Reset": str(int(now.timestamp()) + 1)}
    return ZoomError(429, 429, "You have reached the maximum per-second rate limit for this API.", headers=headers)


def _headers(category: str, kind: str, limit: int, remaining: int) -> dict[str, str]:
    return {
        "X-RateLimit-Category": category,
        "X-RateLimit-Type": kind,
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
    }


def _midnight(now: datetime) -> datetime:
    return datetime.combine(now.date() + timedelta(days=1), time(), UTC)
