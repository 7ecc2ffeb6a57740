"""Processes of a suite, also those whose supervisor was killed: found by the mark in their environment."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from runner.suite import MARK, Suite

STOP_SECONDS = 10


def detach(command: Sequence[str], log: Path, *, environment: Mapping[str, str], told: str = "") -> None:
    """Start a program that outlives us, in a session of its own; `told` is its standard input."""
    with log.open("a") as out:
        subprocess.run(
            ["setsid", "--fork", *command],
            check=True,
            cwd=log.parent,
            env=environment,
            input=told.encode(),
            stdout=out,
            stderr=out,
        )


def find(suite: Suite) -> dict[int, str]:
    """Process id → command line."""
    mark = f"{MARK}={suite.id}".encode()
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0") and alive(int(folder.name)):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:
            continue  # gone meanwhile, or somebody else's
    return found


def alive(pid: int) -> bool:
    """A zombie is not: it only waits to be counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end_all(pids: Iterable[int], *, kindly_seconds: float = STOP_SECONDS) -> None:
    """Asked kindly for some seconds, then not."""
    ending = list(pids)
    for number, seconds in ((signal.SIGTERM, kindly_seconds), (signal.SIGKILL, STOP_SECONDS)):
        ending = [pid for pid in ending if alive(pid)]
        for pid in ending:
            send(pid, number)
        deadline = time.monotonic() + seconds
        while any(alive(pid) for pid in ending) and time.monotonic() < deadline:
            time.sleep(0.05)


def send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
