"""The portal before a played gateway: real HTTP between them, a browser without script in front."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

sys.path.insert(0, str(Path(__file__).parent))

import examples
from pages import Visitor
from played_gateway import PlayedGateway

from portal.app import create_app
from portal.settings import Settings


@pytest.fixture(scope="session")
def _played() -> Iterator[PlayedGateway]:
    played = PlayedGateway()
    yield played
    played.close()


@pytest.fixture
def gateway(_played: PlayedGateway) -> Iterator[PlayedGateway]:
    _played.reset()
    yield _played
    assert not _played.broken, _played.broken


@pytest.fixture(scope="session")
def portal(_played: PlayedGateway) -> Flask:
    return create_app(
        Settings(
            gateway_internal_url=_played.address,
            public_url="http://localhost",
            form_key="0123456789abcdef0123456789abcdef",
            read_timeout_seconds=1,
        )
    )


@pytest.fixture
def visitor(portal: Flask, gateway: PlayedGateway) -> Visitor:
    return Visitor(portal.test_client())


@pytest.fixture
def coordinator(visitor: Visitor, gateway: PlayedGateway) -> Visitor:
    """Signed in as the coordinator of a unit."""
    visitor.sign_in()
    gateway.on("GET", "/api/v1/session", examples.session())
    gateway.on("GET", "/api/v1/membership", examples.membership())
    gateway.on(
        "GET",
        f"/api/v1/institutions/{examples.INSTITUTION}",
        examples.of("orgs", "Institution", id=examples.INSTITUTION),
    )
    gateway.on("GET", f"/api/v1/institutions/{examples.INSTITUTION}/units", examples.units())
    for unit in examples.units()["items"]:
        gateway.on("GET", f"/api/v1/units/{unit['id']}", unit)
    gateway.on("GET", "/api/v1/groups", examples.page())
    return visitor
