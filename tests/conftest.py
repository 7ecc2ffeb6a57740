"""The whole suite for tests that cross services: the tests' own, beside whatever else runs on this machine.

With EPRESENCE_USE_RUNNING=1 the one that `./dev up` started is used instead: quicker while a test is being written.
"""

import os
from collections.abc import Iterator

import pytest

from runner.running import Running
from runner.suite import chosen
from runner.testing import suite_for_tests
from tests.journeys.outside import Outside
from tests.journeys.visitor import Addresses, Visitor


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    if os.environ.get("EPRESENCE_USE_RUNNING"):
        yield Running(chosen())
        return
    with suite_for_tests() as started:
        yield started


@pytest.fixture(scope="session")
def at(running: Running) -> Addresses:
    """Where the suite listens."""
    return Addresses(gateway=running.suite.url("gateway"), sandbox=running.suite.url("sandbox"))


@pytest.fixture
def outside(at: Addresses) -> Outside:
    """The sandbox, with no fault left over from the test before."""
    sandbox = Outside(at.sandbox)
    for system in ("taxisnet", "hrms", "zoom", "mail"):
        sandbox.put(f"/faults/{system}", mode="off")
    return sandbox


@pytest.fixture
def visitor(at: Addresses) -> Visitor:
    return Visitor(at)


@pytest.fixture
def coordinator(at: Addresses) -> Visitor:
    """A unit coordinator, signed in."""
    person = Visitor(at)
    assert person.sign_in("unit-coordinator-1") == "done"
    return person
