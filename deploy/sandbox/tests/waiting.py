"""Waiting for what happens in another thread."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], within: float = 5.0) -> T:
    end = time.monotonic() + within
    while not (seen := look()):
        assert time.monotonic() < end, f"not within {within} s; last seen: {seen!r}"
        time.sleep(0.02)
    return seen
