import json
from collections.abc import Iterator

import pytest

from chassis.testing import ServiceUnderTest
from notifications import settings as surroundings
from notifications.app import create_app
from notifications.reactions import REACTIONS
from notifications.settings import Settings
from notifications.timers import TIMERS

from .facts import PRIVATE_KEY
from .mailbox import Mailbox


@pytest.fixture(scope="session")
def _mail_server() -> Iterator[Mailbox]:
    server = Mailbox()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mailbox(_mail_server: Mailbox) -> Mailbox:
    _mail_server.reset()
    return _mail_server


@pytest.fixture(scope="session")
def service_under_test(_mail_server: Mailbox) -> ServiceUnderTest:
    return ServiceUnderTest(
        name="notifications",
        settings=Settings,
        create_app=create_app,
        reactions=REACTIONS,
        timers=TIMERS,
        env={
            "SMTP_URL": _mail_server.url,
            "MAIL_FROM": "e:Presence <no-reply@epresence.example>",
            "MAIL_REPLY_TO": "Υποστήριξη <support@epresence.example>",
            "PUBLIC_URL": "https://epresence.example",
            "SEALING_PRIVATE_KEY": json.dumps(PRIVATE_KEY.as_dict(private=True)),
        },
    )


@pytest.fixture(autouse=True)
def _surroundings(request: pytest.FixtureRequest) -> None:
    """Reactions and timers find this service's settings, in tests that have a database at all."""
    if "provision" in request.fixturenames:
        surroundings.use(request.getfixturevalue("settings"))
