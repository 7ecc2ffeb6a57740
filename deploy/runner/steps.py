"""Progress for people: one line a step, with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stop(Exception):
    """What went wrong and what to do now; printed without a traceback."""


@contextmanager
def step(title: str) -> Iterator[None]:
    started = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"✗ {title} ({time.monotonic() - started:.1f} s)")
        raise
    say(f"✓ {title} ({time.monotonic() - started:.1f} s)")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
