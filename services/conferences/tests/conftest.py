"""What all tests of conferences share: the service, keys made for the run, and people to act."""

import base64
import json
import os
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

from . import factories

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
        append_only=["audit"],
        env={
            "ZOOM_API_URL": "http://127.0.0.1:9/v2",
            "ZOOM_OAUTH_URL": "http://127.0.0.1:9/oauth/token",
            "ZOOM_ACCOUNT_ID": "account",
            "ZOOM_CLIENT_ID": "client",
            "ZOOM_CLIENT_SECRET": "secret",
            "ZOOM_WEBHOOK_SECRET": "example-secret-token",
            "ZOOM_ALIAS_DOMAIN": "alias.example",
            "ZOOM_CALLS_PER_SECOND": "200",
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
