"""A suite with one service, really started, killed and started again."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from runner import leftovers, ports
from runner.places import PYTHON, ROOT
from runner.running import Running, answers_200
from runner.steps import Stop
from runner.suite import PORTS
from runner.testing import own_slot, suite_of


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with own_slot() as slot:
        started = Running(suite_of(slot), only=("orgs",))
        try:
            started.up()
            yield started
        finally:
            started.down(wipe=True)


def test_kill_everything_and_start_again(running: Running) -> None:
    killed = leftovers.find(running.suite)
    for pid in killed:
        leftovers.send(pid, signal.SIGKILL)

    running.up()

    assert running.is_ready()
    assert not killed.keys() & leftovers.find(running.suite).keys()


def test_a_killed_supervisor_leaves_no_second_generation(running: Running) -> None:
    (supervisor,) = (pid for pid, line in leftovers.find(running.suite).items() if "runner.supervisor" in line)
    orphans = {seen["pid"] for seen in running.state().values()}
    os.kill(supervisor, signal.SIGKILL)
    while leftovers.alive(supervisor):
        time.sleep(0.01)

    running.up()

    assert running.is_ready()
    assert not any(leftovers.alive(pid) for pid in orphans)


def test_starting_what_runs_changes_nothing(running: Running) -> None:
    before = leftovers.find(running.suite)

    running.up()

    assert leftovers.find(running.suite) == before


def test_a_taken_port_is_named_with_its_holder(running: Running) -> None:
    port = running.suite.port("orgs.web")

    with pytest.raises(Stop, match=rf"{port} \(orgs.web\): process \d+, .*python"):
        ports.ensure_free({"orgs.web": port})


def test_nothing_is_left_when_it_is_down(running: Running) -> None:
    running.down()

    assert not leftovers.find(running.suite)
    assert not any(ports.is_busy(running.suite.port(name)) for name in PORTS)
    assert not answers_200(running.suite.url("orgs.web") + "/health/live")


@pytest.mark.parametrize("said", ["✓ migrations", "Ready in"], ids=["while it starts", "while it runs"])
def test_ctrl_c_leaves_nothing_behind(said: str) -> None:
    with own_slot() as slot:
        suite = suite_of(slot)
        told = {"EPRESENCE_HOME": str(suite.home), "EPRESENCE_OFFSET": str(suite.offset), "PYTHONUNBUFFERED": "1"}
        command = [str(PYTHON), "-m", "runner", "up", "--foreground", "--only", "orgs"]
        try:
            with subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | told | {"PYTHONPATH": str(ROOT / "deploy")},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as typed:
                assert typed.stdout
                assert any(said in line for line in typed.stdout), "it ended by itself"
                typed.send_signal(signal.SIGINT)
                typed.communicate(timeout=90)

            assert typed.returncode == 130
            assert not leftovers.find(suite)
            assert not [name for name in PORTS if ports.is_busy(suite.port(name))]
        finally:
            Running(suite).down(wipe=True)
