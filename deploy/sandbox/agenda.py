"""What falls due later, on the sandbox's clock: moving the clock forward makes it happen at once."""

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.clock import Clock

log = logging.getLogger(__name__)

Action = Callable[[], None]


class Agenda:
    """Runs each action once when its time has come, one after the other; an action must be quick."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: list[tuple[datetime, int, Action]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="agenda", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()

    def after(self, delay: timedelta, action: Action) -> None:
        with self._changed:
            heapq.heappush(self._due, (self._clock.now() + delay, next(self._order), action))
            self._changed.notify()

    def move_clock(self, offset: timedelta) -> None:
        with self._changed:
            self._clock.offset = offset
            self._changed.notify()

    def forget(self) -> None:
        with self._changed:
            self._due.clear()

    def _run(self) -> None:
        while (action := self._wait_for_next()) is not None:
            try:
                action()
            except Exception:  # one broken action must not silence all later ones
                log.exception("an action of the agenda failed")

    def _wait_for_next(self) -> Action | None:
        with self._changed:
            while not self._stopped:
                if not self._due:
                    self._changed.wait()
                    continue
                seconds = (self._due[0][0] - self._clock.now()).total_seconds()
                if seconds <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(seconds)
            return None
