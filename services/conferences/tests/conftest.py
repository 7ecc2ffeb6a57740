"""What all tests of conferences share: the service, keys made for the run, and people to act."""

import base64
import json
import os
from collections.abc import Iterator
from uuid import UUID

import pytest
from joserfc.jwk import OKPKey
from sqlalchemy.orm import Session

from chassis.testing import ServiceUnderTest
from conferences import settings as configuration
from conferences.app import create_app
from conferences.reactions import REACTIONS
from conferences.settings import Settings
from conferences.timers import TIMERS
from sandbox.server import Server

from . import factories
from . import provider as provider_process
from .provider import Provider

NOTIFICATIONS_KEY = OKPKey.generate_key("X25519", {"kid": "notifications"}, private=True)
IDENTITY_KEY = OKPKey.generate_key("X25519", {"kid": "identity"}, private=True)


def public(key: OKPKey) -> str:
    return json.dumps(key.as_dict(private=False))


@pytest.fixture(scope="session")
def service_under_test() -> ServiceUnderTest:
    return ServiceUnderTest(
        name="conferences",
        settings=Settings,
        create_app=create_app,
        reactions=REACTIONS,
        timers=TIMERS,
        env={
            **provider_process.ENVIRONMENT,
            "GUESSING_FAILURES": "20",
            "TICKET_KEYS": f"t1:{base64.urlsafe_b64encode(os.urandom(32)).decode()}",
            "SEALING_PUBLIC_KEY": public(NOTIFICATIONS_KEY),
            "IDENTITY_SEALING_PUBLIC_KEY": public(IDENTITY_KEY),
        },
    )


@pytest.fixture(autouse=True)
def _configured(request: pytest.FixtureRequest) -> None:
    """The worker reads its settings from the environment; here they are the test's."""
    if {"provision", "settings", "session", "database", "client"} & set(request.fixturenames):
        configuration.use(request.getfixturevalue("settings"))


@pytest.fixture
def institutions(session: Session) -> None:
    factories.make_institutions(session)


@pytest.fixture
def coordinator(session: Session, institutions: None) -> UUID:
    """A unit coordinator of the institution HERE."""
    return factories.make_person(session, role="unit_coordinator", surname="ΠΑΠΑΔΟΠΟΥΛΟΥ", name="ΜΑΡΙΑ")


@pytest.fixture
def lead(session: Session, institutions: None) -> UUID:
    """An institution coordinator of the institution HERE."""
    return factories.make_person(session, role="institution_coordinator", surname="ΓΕΩΡΓΙΟΥ", name="ΔΗΜΗΤΡΙΟΣ")


@pytest.fixture
def user(session: Session, institutions: None) -> UUID:
    return factories.make_person(session, surname="ΝΙΚΟΛΑΟΥ", name="ΝΙΚΟΣ")


@pytest.fixture
def hosts(session: Session) -> None:
    for _ in range(3):
        factories.make_host(session)


@pytest.fixture(scope="session")
def _provider_server() -> Iterator[Server]:
    server = provider_process.start()
    yield server
    server.stop()


@pytest.fixture
def provider(_provider_server: Server) -> Iterator[Provider]:
    """The meeting provider, having forgotten everything but its licensed users."""
    with Provider(_provider_server) as provider:
        provider.ask("POST", "/reset")
        yield provider
