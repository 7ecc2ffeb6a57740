"""Failures on request: scripts say what goes wrong, how often and how many times."""

import secrets
import threading
from dataclasses import dataclass, replace

COMMON = {"slow", "error", "timeout", "rate_limited", "malformed", "drop", "lost_answer"}
WEBHOOKS = {"drop_webhooks", "duplicate_webhooks", "reorder_webhooks"}
MODES = {
    "taxisnet": COMMON | {"json_error", "truncated"},
    "hrms": COMMON,
    "zoom": COMMON | WEBHOOKS,
    "mail": COMMON | {"rejected"},
}

SLOW_SECONDS = 2.0
TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class Fault:
    mode: str
    rate: float = 1.0
    count: int | None = None  # None: until switched off
    operation: str | None = None  # None: wherever the target's callers would meet it
    delay_seconds: float | None = None


class Faults:
    def __init__(self) -> None:
        self._set: dict[str, Fault] = {}
        self._changed = threading.Condition()
        self._chance = secrets.SystemRandom()

    def put(self, target: str, fault: Fault) -> None:
        """Webhook mischief and failing calls are apart: a test may want both of Zoom at once; `off` ends both."""
        with self._changed:
            if fault.mode == "off":
                self._set.pop(target, None)
                self._set.pop(f"{target}:webhooks", None)
            else:
                self._set[f"{target}:webhooks" if fault.mode in WEBHOOKS else target] = fault
            self._changed.notify_all()

    def forget(self) -> None:
        with self._changed:
            self._set.clear()
            self._changed.notify_all()

    def current(self) -> dict[str, Fault]:
        with self._changed:
            return dict(self._set)

    def take(self, target: str, operation: str, only_if_named: bool = False) -> Fault | None:
        """The fault this call meets, if any: one of `count` is used up."""
        with self._changed:
            fault = self._set.get(target)
            if fault is None or (fault.operation is None and only_if_named):
                return None
            if fault.operation not in (None, operation) or self._chance.random() >= fault.rate:
                return None
            if fault.count is not None:
                if fault.count <= 1:
                    del self._set[target]
                else:
                    self._set[target] = replace(fault, count=fault.count - 1)
            return fault

    def hang(self, fault: Fault) -> None:
        """Keep the caller waiting; switching faults frees everybody who hangs."""
        with self._changed:
            self._changed.wait(fault.delay_seconds or TIMEOUT_SECONDS)
