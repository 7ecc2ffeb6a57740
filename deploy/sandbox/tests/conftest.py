"""A sandbox on free ports per test module; each test starts with one that has forgotten everything."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sandbox.server import Server
from sandbox.settings import Settings
from sandbox.world import World

CALLBACK = "http://127.0.0.1:8080/auth/callback"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Sandbox(requests.Session):
    """Calls by path; the answers' sockets close with the session."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.world = server.world
        self.base = f"http://127.0.0.1:{server.port}"

    def request(self, method, url, *args, **kwargs):
        kwargs.setdefault("timeout", 10)
        kwargs["allow_redirects"] = False  # where a redirect goes is what tests look at
        return super().request(method, url if "://" in url else self.base + url, *args, **kwargs)


def make_settings(**changes) -> Settings:
    values = {
        "sandbox_port": free_port(),
        "sandbox_smtp_port": free_port(),
        "taxisnet_client_id": "suite",
        "taxisnet_client_secret": "suite-secret",
        "taxisnet_redirect_uris": CALLBACK,
        "hrms_username": "suite",
        "hrms_password": "hrms-secret",
        "zoom_account_id": "account",
        "zoom_client_id": "zoom-client",
        "zoom_client_secret": "zoom-secret",
        "zoom_webhook_secret": "example-secret-token",
        "sandbox_zoom_webhook_url": "",
        "sandbox_seed_dir": Path(__file__).parents[2] / "seed",
    }
    return Settings(**(values | changes))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server(World(make_settings()))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def sandbox(server) -> Iterator[Sandbox]:
    server.world.forget()
    with Sandbox(server) as session:
        yield session
