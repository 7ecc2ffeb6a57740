"""The whole suite for tests that cross services: the tests' own, beside whatever else runs on this machine.

With EPRESENCE_USE_RUNNING=1 the one that `./dev up` started is used instead: quicker while a test is being written.
With EPRESENCE_GATEWAY_URL and EPRESENCE_SANDBOX_URL one that runs elsewhere is, such as in containers; what reaches
behind its doors (databases, broker, processes) cannot be tested there.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest

from runner.running import Running
from runner.suite import chosen
from runner.testing import suite_for_tests
from tests.journeys.outside import Outside
from tests.journeys.visitor import Addresses, Visitor

ATHENS = ZoneInfo("Europe/Athens")
COORDINATORS = (  # institution coordinators first: they may cancel what unit coordinators of their institution left
    "institution-coordinator-1",
    "institution-coordinator-2",
    "institution-coordinator-other",
    "unit-coordinator-1",
    "unit-coordinator-2",
    "unit-coordinator-3",
)


def is_elsewhere() -> bool:
    return "EPRESENCE_GATEWAY_URL" in os.environ


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    """The suite itself: its processes and databases, which one that runs elsewhere keeps to itself."""
    if is_elsewhere():
        pytest.skip("looks into the suite, which runs elsewhere")
    if os.environ.get("EPRESENCE_USE_RUNNING"):
        yield Running(chosen())
        return
    with suite_for_tests() as started:
        yield started


@pytest.fixture(scope="session")
def at(request: pytest.FixtureRequest) -> Addresses:
    """Where the suite listens."""
    if is_elsewhere():
        return Addresses(gateway=os.environ["EPRESENCE_GATEWAY_URL"], sandbox=os.environ["EPRESENCE_SANDBOX_URL"])
    running: Running = request.getfixturevalue("running")
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


@pytest.fixture(scope="module")
def free_hosts(request: pytest.FixtureRequest, at: Addresses) -> None:
    """There are twenty hosts: what earlier modules left running is cancelled, what has ended keeps no host."""
    for persona in COORDINATORS:
        person = Visitor(at)
        person.sign_in(persona)
        today = datetime.now(ATHENS).date()
        for conference in person.get(f"/api/v1/conferences?scope=day&as=manager&date={today}&limit=200")["items"]:
            if "cancel" in conference["may"]:
                person.call("DELETE", f"/api/v1/conferences/{conference['id']}", expect=(204, 409))
    if is_elsewhere():
        return
    running: Running = request.getfixturevalue("running")
    address = running.processes.service("conferences", "web").environment["DATABASE_URL"]
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        connection.execute(
            """
            UPDATE booking SET released = true
            WHERE room = 'closed' AND conference_id IN (SELECT id FROM conference WHERE state = 'ended')
            """
        )


@pytest.fixture
def coordinator(at: Addresses, free_hosts: None) -> Visitor:
    """A unit coordinator, signed in."""
    person = Visitor(at)
    assert person.sign_in("unit-coordinator-1") == "done"
    return person
