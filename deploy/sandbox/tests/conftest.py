"""A sandbox on free ports per test module; each test starts with one that has forgotten everything."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

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
        return super().request(method, url if url.startswith("http") else self.base + url, *args, **kwargs)


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


class ZoomClient(Sandbox):
    """Calls below /zoom/v2 with a living token."""

    OPEN: ClassVar = {
        "approval_type": 1,
        "waiting_room": False,
        "join_before_host": True,
        "jbh_time": 0,
        "meeting_authentication": False,
        "allow_multiple_devices": False,
    }

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.renew()

    def renew(self) -> dict:
        form = {"grant_type": "account_credentials", "account_id": "account"}
        answer = self.post("/zoom/oauth/token", data=form, auth=("zoom-client", "zoom-secret")).json()
        self.headers["Authorization"] = f"Bearer {answer['access_token']}"
        return answer

    def api(self, method, path, body=None, **params):
        return self.request(method, f"/zoom/v2{path}", json=body, params=params)

    def meeting(self, host="host01@zoom.example", settings=None, **body):
        sent = {"topic": "Τηλεδιάσκεψη 7", "duration": 60, "settings": self.OPEN | (settings or {})} | body
        answer = self.api("POST", f"/users/{host}/meetings", sent)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def registrant(self, meeting, email="p-1@alias.example", first_name="Μαρία", **body):
        sent = {"email": email, "first_name": first_name, "auto_approve": True} | body
        answer = self.api("POST", f"/meetings/{meeting['id']}/registrants", sent)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def play(self, meeting, registrant, action, **body):
        sent = {"action": action, "registrant_id": registrant["registrant_id"] if registrant else None} | body
        return self.post(f"/zoom/meetings/{meeting['id']}/participants", json=sent)


@pytest.fixture
def zoom(server) -> Iterator[ZoomClient]:
    server.world.forget()
    with ZoomClient(server) as client:
        yield client
