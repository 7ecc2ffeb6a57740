"""The service under test, and the outside world it signs people in with: the sandbox, as a process of its own."""

import base64
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from joserfc.jwk import OKPKey

from chassis.testing import ServiceUnderTest
from identity import parts
from identity.app import create_app
from identity.parts import Parts
from identity.reactions import REACTIONS
from identity.settings import Settings
from identity.timers import TIMERS

from .browser import Browser
from .world import Sandbox

ROOT = Path(__file__).parents[3]
PUBLIC_URL = "http://127.0.0.1:8080"
GUESSING_FAILURES = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def key_ring() -> str:
    return f"a:{base64.urlsafe_b64encode(os.urandom(32)).decode()}"


def key_pair(curve: str, kid: str) -> OKPKey:
    return OKPKey.generate_key(curve, {"kid": kid}, private=True)


HTTP_PORT, SMTP_PORT = free_port(), free_port()
SANDBOX_URL = f"http://127.0.0.1:{HTTP_PORT}"
NOTIFICATIONS_KEY, OUR_KEY, SIGNING_KEY = key_pair("X25519", "n"), key_pair("X25519", "i"), key_pair("Ed25519", "s")
OUTSIDE = {
    "TAXISNET_CLIENT_ID": "epresence",
    "TAXISNET_CLIENT_SECRET": "taxisnet-secret",
    "HRMS_USERNAME": "epresence",
    "HRMS_PASSWORD": "hrms-secret",
}


@pytest.fixture(scope="session")
def service_under_test() -> ServiceUnderTest:
    return ServiceUnderTest(
        name="identity",
        settings=Settings,
        create_app=create_app,
        reactions=REACTIONS,
        timers=TIMERS,
        env={
            **OUTSIDE,
            "TAXISNET_BASE_URL": f"{SANDBOX_URL}/taxisnet/oauth2server",
            "TAXISNET_TIMEOUT_SECONDS": "2",
            "HRMS_URL": f"{SANDBOX_URL}/hrms/employees/",
            "HRMS_TIMEOUT_SECONDS": "2",
            "PUBLIC_URL": PUBLIC_URL,
            "RECHECK_FROM_HOUR": "0",  # it is night all day long
            "RECHECK_UNTIL_HOUR": "24",
            "RECHECK_PAUSE_MS": "0",
            "GUESSING_FAILURES": str(GUESSING_FAILURES),
            "SIGNING_KEYS": json.dumps({"keys": [SIGNING_KEY.as_dict(private=True)]}),
            "ENCRYPTION_KEYS": key_ring(),
            "LOOKUP_KEYS": key_ring(),
            "SEALING_PUBLIC_KEY": json.dumps(NOTIFICATIONS_KEY.as_dict(private=False)),
            "IDENTITY_SEALING_PRIVATE_KEY": json.dumps(OUR_KEY.as_dict(private=True)),
        },
    )


@pytest.fixture
def joined(settings: Settings) -> Parts:
    """The parts that reactions, timers and handlers work with."""
    return parts.configure(settings)


@pytest.fixture
def browser(client: object, joined: Parts) -> Callable[[], Browser]:
    """A new browser with its own cookies: `browser()`."""
    return lambda: Browser(client)


@pytest.fixture(scope="session")
def _sandbox_process() -> Iterator[str]:
    environment = {
        **os.environ,
        **OUTSIDE,
        "SANDBOX_PORT": str(HTTP_PORT),
        "SANDBOX_SMTP_PORT": str(SMTP_PORT),
        "SANDBOX_PUBLIC_URL": SANDBOX_URL,
        "TAXISNET_REDIRECT_URIS": f"{PUBLIC_URL}/auth/callback",
        "ZOOM_ACCOUNT_ID": "unused",
        "ZOOM_CLIENT_ID": "unused",
        "ZOOM_CLIENT_SECRET": "unused",
        "ZOOM_WEBHOOK_SECRET": "unused",
        "PYTHONPATH": str(ROOT / "deploy"),
    }
    process = subprocess.Popen([sys.executable, "-m", "sandbox"], env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_until_ready(process)
        yield SANDBOX_URL
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_ready(process: subprocess.Popen[bytes], within: float = 30) -> None:
    deadline = time.monotonic() + within
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if requests.get(f"{SANDBOX_URL}/health", timeout=1).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError("the sandbox did not start")


@pytest.fixture
def sandbox(_sandbox_process: str) -> Iterator[Sandbox]:
    world = Sandbox(_sandbox_process)
    yield world
    world.reset()
