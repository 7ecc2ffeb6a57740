import json

import pytest
from joserfc.jwk import OKPKey

from chassis.testing import ServiceUnderTest
from orgs import settings as surroundings
from orgs.app import create_app
from orgs.reactions import REACTIONS
from orgs.settings import Settings
from orgs.timers import TIMERS

NOTIFICATIONS_KEY = OKPKey.generate_key("X25519", {"kid": "notifications"}, private=True)
IDENTITY_KEY = OKPKey.generate_key("X25519", {"kid": "identity"}, private=True)


@pytest.fixture(scope="session")
def service_under_test() -> ServiceUnderTest:
    return ServiceUnderTest(
        name="orgs",
        settings=Settings,
        create_app=create_app,
        reactions=REACTIONS,
        timers=TIMERS,
        env={
            "SEALING_PUBLIC_KEY": json.dumps(NOTIFICATIONS_KEY.as_dict(private=False)),
            "IDENTITY_SEALING_PUBLIC_KEY": json.dumps(IDENTITY_KEY.as_dict(private=False)),
        },
    )


@pytest.fixture(autouse=True)
def _surroundings(request: pytest.FixtureRequest) -> None:
    """Use cases, reactions and timers find this service's settings, in tests that have a database at all."""
    if "provision" in request.fixturenames:
        surroundings.use(request.getfixturevalue("settings"))
