"""The gateway before played services: everything over real sockets."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from gateway_process import Gateway, eventually
from played_services import Suite


@pytest.fixture(scope="session")
def _suite() -> Iterator[Suite]:
    suite = Suite()
    yield suite
    suite.close()


@pytest.fixture
def suite(_suite: Suite) -> Suite:
    _suite.reset()
    return _suite


@pytest.fixture(scope="session")
def _gateway(_suite: Suite) -> Iterator[Gateway]:
    gateway = Gateway(
        _suite,
        answer_seconds="1",
        exchange_seconds="2",
        hook_seconds="0.5",
        connect_seconds="0.5",
        max_body_bytes="5000",
        max_hook_bytes="20000",
        max_upload_bytes="3000000",
    )
    eventually(gateway.listens)
    yield gateway
    gateway.stop()


@pytest.fixture
def gateway(suite: Suite, _gateway: Gateway) -> Gateway:
    return _gateway


@pytest.fixture
def start(suite: Suite) -> Iterator[Callable[..., Gateway]]:
    """Another gateway with settings of its own."""
    started: list[Gateway] = []

    def begin(**settings: str) -> Gateway:
        started.append(Gateway(suite, **settings))
        return started[-1]

    yield begin
    for each in started:
        each.stop()


@pytest.fixture
def session(suite: Suite) -> str:
    return suite.sessions.open()
