import pytest

from chassis.testing import ServiceUnderTest
from orgs.app import create_app
from orgs.reactions import REACTIONS
from orgs.settings import Settings
from orgs.timers import TIMERS


@pytest.fixture(scope="session")
def service_under_test() -> ServiceUnderTest:
    return ServiceUnderTest(name="orgs", settings=Settings, create_app=create_app, reactions=REACTIONS, timers=TIMERS)
