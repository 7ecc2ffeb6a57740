import pytest

from tests.journeys.outside import Outside
from tests.journeys.visitor import Addresses, Visitor


@pytest.fixture(scope="session")
def at(suite: Addresses) -> Addresses:
    return suite


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
