"""Callers with sessions of their own, and things to ask about."""

from collections.abc import Iterator

import pytest

from chassis import contracts
from chassis.settings import find_contracts
from tests.contract import existing
from tests.contract.callers import Caller
from tests.contract.existing import Existing
from tests.journeys.outside import Outside
from tests.journeys.test_main_job import activated
from tests.journeys.visitor import Addresses, Visitor

SESSIONS = 4  # one takes 1 200 requests a minute


def signed_in(at: Addresses, persona: str, sessions: int = SESSIONS) -> list[Visitor]:
    visitors = [Visitor(at) for _ in range(sessions)]
    for visitor in visitors:
        visitor.sign_in(persona)
    return visitors


@pytest.fixture(scope="session", autouse=True)
def _real_contracts() -> None:
    """The chassis' own tests, in the same run, read others."""
    contracts.use(find_contracts())


@pytest.fixture(scope="session")
def planner(at: Addresses) -> Caller:
    return Caller("coordinator", signed_in(at, "institution-coordinator-1"))


@pytest.fixture(scope="session")
def person(at: Addresses) -> Caller:
    activated(at, Outside(at.sandbox), "user-1")
    return Caller("user", signed_in(at, "user-1"))


@pytest.fixture(scope="session")
def administrator(at: Addresses) -> Caller:
    visitor = Visitor(at)
    visitor.sign_in_as_administrator()
    return Caller("administrator", [visitor])


@pytest.fixture(scope="session")
def newcomer(at: Addresses) -> Caller:
    """Signed in, but not yet through the activation."""
    return Caller("newcomer", signed_in(at, "user-unknown-body", 1))


@pytest.fixture(scope="session")
def stranger() -> Caller:
    return Caller("anonymous")


@pytest.fixture(scope="session")
def there(at: Addresses) -> Iterator[Existing]:
    [coordinator] = signed_in(at, "institution-coordinator-1", 1)
    made = existing.make(coordinator, Outside(at.sandbox))
    yield made
    made.remove()
