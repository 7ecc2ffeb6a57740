"""Flood limits in this replica's memory: a bucket per session or client address, named by a digest."""

import time
from collections.abc import Callable


class Buckets:
    """The generic cell rate algorithm: one number per bucket, the moment at which it would be empty again."""

    def __init__(
        self, *, per_minute: int, burst: int, clock: Callable[[], float] = time.monotonic, sweep_at: int = 50_000
    ) -> None:
        self._interval = 60 / per_minute
        self._tolerance = self._interval * burst
        self._clock = clock
        self._sweep_at = sweep_at
        self._empty_at: dict[bytes, float] = {}

    def wait(self, name: bytes) -> float:
        """Take one request from the bucket: zero, or the seconds after which there is room (and nothing is taken)."""
        now = self._clock()
        empty_at = max(self._empty_at.get(name, now), now) + self._interval
        excess = empty_at - now - self._tolerance
        if excess > 1e-9:
            return excess
        if len(self._empty_at) >= self._sweep_at:
            self._sweep(now)
        self._empty_at[name] = empty_at
        return 0.0

    def _sweep(self, now: float) -> None:
        self._empty_at = {name: moment for name, moment in self._empty_at.items() if moment > now}
        # Still full: so many callers are active at once that sweeping at every request would be the flood itself.
        self._sweep_at = max(self._sweep_at, 2 * len(self._empty_at))
