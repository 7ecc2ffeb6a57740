"""Keeps the processes of a suite running; `./dev up` starts it in the background with the plan on its input.

honcho's Process starts each and hands over its output; honcho's Manager ends all when one ends, so what to do about an
end is decided here: start it again, later each time it keeps ending (deploy/decisions/010-supervision.md).
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import shlex
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from honcho.process import Process as HonchoProcess

from runner.processes import Process

LOG_BYTES, LOG_FILES = 10_000_000, 3
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 30.0
STEADY_SECONDS = 60  # whoever ran so long starts again at once
STOP_SECONDS = 25


@dataclass
class Watched:
    process: Process
    log: logging.Logger
    pid: int | None = None
    starts: int = 0
    failures: int = 0
    started_at: float = 0.0
    start_at: float | None = 0.0  # when to start it; None while it runs
    thread: threading.Thread | None = field(default=None, repr=False)


class Supervisor:
    def __init__(self, processes: list[Process], logs: Path, state: Path) -> None:
        self.watched = {process.name: Watched(process, log_of(process.name, logs)) for process in processes}
        self.state = state
        self.events: queue.Queue[Any] = queue.Queue()
        self.stop_before: float | None = None

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        while self.stop_before is None or any(watched.pid for watched in self.watched.values()):
            self.start_due()
            with contextlib.suppress(queue.Empty):
                self.receive(self.events.get(timeout=0.1))
            if self.stop_before is not None and time.monotonic() > self.stop_before:
                self.send(signal.SIGKILL)

    def start_due(self) -> None:
        if self.stop_before is not None:
            return
        for watched in self.watched.values():
            if watched.start_at is not None and time.monotonic() >= watched.start_at:
                self.start(watched)

    def start(self, watched: Watched) -> None:
        process = watched.process
        # honcho runs a shell line; `exec` lets the signals reach the program itself.
        line = f"exec {shlex.join(process.command)} </dev/null"
        child = HonchoProcess(line, name=process.name, env=process.environment)
        watched.start_at, watched.started_at = None, time.monotonic()
        watched.starts += 1
        watched.thread = threading.Thread(target=child.run, args=(self.events,), daemon=True)
        watched.thread.start()

    def receive(self, message: Any) -> None:
        watched = self.watched[message.name]
        if message.type == "line":
            watched.log.info(message.data.decode(errors="replace").rstrip("\n"))
            return
        if message.type == "start":
            watched.pid = message.data["pid"]
            if self.stop_before is not None:  # asked to stop while it was starting
                self.send(signal.SIGTERM)
        else:
            watched.pid = None
            steady = time.monotonic() - watched.started_at > STEADY_SECONDS
            watched.failures = 1 if steady else watched.failures + 1
            wait = min(FIRST_WAIT_SECONDS * 2 ** (watched.failures - 1), LONGEST_WAIT_SECONDS)
            watched.start_at = time.monotonic() + wait
            watched.log.info("supervisor: ended with %s", message.data["returncode"])
        self.write_state()

    def stop(self) -> None:
        if self.stop_before is None:
            self.stop_before = time.monotonic() + STOP_SECONDS
            self.send(signal.SIGTERM)

    def send(self, number: signal.Signals) -> None:
        """To the program alone when asked kindly, as it stops its own workers; to its whole group when not."""
        for watched in self.watched.values():
            if watched.pid:
                with contextlib.suppress(ProcessLookupError):
                    (os.killpg if number == signal.SIGKILL else os.kill)(watched.pid, number)

    def write_state(self) -> None:
        seen = {name: {"pid": watched.pid, "starts": watched.starts} for name, watched in self.watched.items()}
        partial = self.state.with_suffix(".partial")
        partial.write_text(json.dumps(seen, indent=1))
        partial.replace(self.state)


def log_of(name: str, folder: Path) -> logging.Logger:
    log = logging.getLogger(f"suite.{name}")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.handlers = [RotatingFileHandler(folder / f"{name}.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES)]
    return log


def main(home: Path) -> None:
    """The plan holds secrets: it comes through a pipe and is never written down."""
    plan = json.load(sys.stdin)
    processes = [Process(entry["name"], tuple(entry["command"]), entry["environment"]) for entry in plan]
    Supervisor(processes, home / "logs", home / "processes.json").run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
