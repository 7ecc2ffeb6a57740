"""The supervisor with real processes: what dies comes back, what is stopped stays away."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.leftovers import alive
from runner.processes import Process
from runner.supervisor import Supervisor


def eventually(seen: Callable[[], object], within: float = 10) -> None:
    deadline = time.monotonic() + within
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def supervised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Supervisor]]:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # only the main thread may; here stop() is called instead
    running: list[tuple[Supervisor, threading.Thread]] = []

    def start(code: str) -> Supervisor:
        process = Process("it", (sys.executable, "-u", "-c", code), dict(os.environ))
        supervisor = Supervisor([process], tmp_path, tmp_path / "processes.json")
        thread = threading.Thread(target=supervisor.run)
        thread.start()
        running.append((supervisor, thread))
        return supervisor

    yield start
    for supervisor, thread in running:
        supervisor.stop()
        thread.join(timeout=20)
        assert not thread.is_alive()
        for handler in supervisor.watched["it"].log.handlers:
            handler.close()


def test_a_killed_process_is_started_again(supervised: Callable[[str], Supervisor]) -> None:
    it = supervised("import time; time.sleep(60)").watched["it"]
    eventually(lambda: it.pid)
    first = it.pid
    assert first

    os.kill(first, signal.SIGKILL)

    eventually(lambda: it.pid and it.pid != first)
    assert it.starts == 2


def test_one_that_keeps_dying_is_started_ever_more_slowly(supervised: Callable[[str], Supervisor]) -> None:
    it = supervised("raise SystemExit(3)").watched["it"]

    eventually(lambda: it.failures >= 2 and it.start_at is not None)

    assert it.start_at is not None
    assert it.start_at - time.monotonic() > 0.5


def test_what_it_says_is_kept_in_a_log_of_its_own(supervised: Callable[[str], Supervisor], tmp_path: Path) -> None:
    supervised("print('καλημέρα'); import time; time.sleep(60)")

    eventually(lambda: "καλημέρα\n" in (tmp_path / "it.log").read_text())


def test_a_stopped_process_stays_away(supervised: Callable[[str], Supervisor]) -> None:
    supervisor = supervised("import time; time.sleep(60)")
    it = supervisor.watched["it"]
    eventually(lambda: it.pid)
    pid = it.pid
    assert pid

    supervisor.stop()

    eventually(lambda: not alive(pid))
    assert it.starts == 1
