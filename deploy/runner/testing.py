"""`./dev test` and `./dev bench`: servers of their own, then pytest over everything or what was asked for, or figures.

PostgreSQL and RabbitMQ come from containers where a Docker engine answers, else they are private instances made for
this run. Tests that need the whole suite ask the fixture `running` of tests/conftest.py for it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import IO

from docker.errors import DockerException

from runner import containers, extras, ports
from runner.places import PYTHON, ROOT
from runner.rabbitmq import OPERATOR
from runner.running import Running
from runner.steps import Stop, say
from runner.suite import PORTS, Suite

# Test runs of one checkout do not disturb each other: each takes a slot, with a folder and ports of its own.
SLOTS = 10
SLOT = "EPRESENCE_TEST_SLOT"


# All of it is several runs beside each other, each with a suite of its own: journeys and walks mostly wait.
APART = ("tests/journeys", "tests/browser")
RUNS = (
    ["services", "gateway", "deploy", "tests", *(f"--ignore={path}" for path in APART)],
    *([path] for path in APART),
)
_starting = threading.Lock()  # servers may have to be installed first, and that is done once


def test(arguments: list[str]) -> int:
    extras.provide(extras.BROWSER)
    return with_servers(pytest(arguments)) if arguments else beside_each_other()


def beside_each_other() -> int:
    """The first run is shown as it goes, what the others said when all are done."""
    shown, *kept = RUNS
    say(f"beside each other: {'; '.join(' '.join(run) for run in RUNS)}; the first is shown now, the others at the end")
    with ExitStack() as stack:
        said = [stack.enter_context(tempfile.TemporaryFile()) for _ in kept]
        pool = stack.enter_context(ThreadPoolExecutor(len(kept)))
        others = [pool.submit(with_servers, pytest(run), words) for run, words in zip(kept, said, strict=True)]
        codes = [with_servers(pytest(shown)), *(other.result() for other in others)]
        for words in said:
            words.seek(0)
            shutil.copyfileobj(words, sys.stdout.buffer)
        sys.stdout.flush()
    return max(codes)


def pytest(arguments: list[str]) -> list[str]:
    return [str(PYTHON), "-m", "pytest", *arguments]


def bench() -> int:
    extras.provide(extras.NGINX)
    return with_servers([str(PYTHON), "-m", "tests.performance.bench"])


def with_servers(command: list[str], words: IO[bytes] | None = None) -> int:
    with own_slot() as slot, servers(slot) as environment:
        told = os.environ | environment | extras.environment() | {SLOT: str(slot)}
        return subprocess.run(command, check=False, cwd=ROOT, env=told, stdout=words, stderr=words).returncode


@contextmanager
def own_slot() -> Iterator[int]:
    """Held until the end of the run, however it ends; what a killed run left in it is cleared away."""
    (ROOT / ".run").mkdir(exist_ok=True)
    for slot in range(SLOTS):
        with (ROOT / ".run" / f"test-{slot}.taken").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            suite = suite_of(slot)
            if suite.home.exists():
                Running(suite).down(wipe=True)
            if not any(ports.is_busy(suite.port(name)) for name in PORTS):
                yield slot
                return
    raise Stop("no free ports for the tests' own suite")


def suite_of(slot: int) -> Suite:
    return Suite(ROOT / ".run" / f"test-{slot}", offset=10_000 + 1_000 * slot, fast=True)


@contextmanager
def servers(slot: int) -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        with _starting:
            environment = in_containers(stack) or stack.enter_context(private_servers(slot))
        yield environment


def in_containers(stack: ExitStack) -> dict[str, str] | None:
    """None where no engine answers, or one that has no images and cannot fetch any."""
    if not containers.engine_answers():
        return None
    try:
        return stack.enter_context(containers.servers())
    except DockerException as error:
        say(f"the Docker engine could not start them ({type(error).__name__}): private instances instead")
        return None


@contextmanager
def private_servers(slot: int) -> Iterator[dict[str, str]]:
    running = Running(suite_of(slot))
    try:
        running.start_servers()
        yield {"TEST_POSTGRES_URL": running.postgres.url, "TEST_AMQP_URL": running.private_rabbitmq.url(OPERATOR)}
    finally:
        running.down()


@contextmanager
def suite_for_tests() -> Iterator[Running]:
    """The suite of the fixture, on the servers of this run; when pytest was started by hand, on servers of its own."""
    if SLOT in os.environ:
        running = Running(suite_of(int(os.environ[SLOT])), servers=containers.for_suite())
        running.up()
        try:
            yield running
        finally:
            running.stop_processes()
        return
    with own_slot() as slot:
        running = Running(suite_of(slot))
        running.up()
        try:
            yield running
        finally:
            running.down()
