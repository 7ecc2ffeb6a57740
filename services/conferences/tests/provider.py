"""The meeting provider of these tests: the sandbox's, in this process, on free ports."""

import json
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from sandbox.server import Server
from sandbox.settings import Settings as SandboxSettings
from sandbox.world import World
from sandbox.zoom.signing import encoded, signature

SECRET = "example-secret-token"
SEED = Path(__file__).parents[3] / "deploy" / "seed"
HOSTS: list[dict[str, Any]] = json.loads((SEED / "hosts.json").read_text("utf-8"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


PORT, SMTP_PORT = free_port(), free_port()
ADDRESS = f"http://127.0.0.1:{PORT}"
ENVIRONMENT = {
    "ZOOM_API_URL": f"{ADDRESS}/zoom/v2",
    "ZOOM_OAUTH_URL": f"{ADDRESS}/zoom/oauth/token",
    "ZOOM_ACCOUNT_ID": "account",
    "ZOOM_CLIENT_ID": "client",
    "ZOOM_CLIENT_SECRET": "zoom-secret",
    "ZOOM_WEBHOOK_SECRET": SECRET,
    "ZOOM_ALIAS_DOMAIN": "alias.example",
    "ZOOM_CALLS_PER_SECOND": "200",
    "ZOOM_TIMEOUT_SECONDS": "3",
}


class Provider(requests.Session):
    """What a test may ask of the provider, and turn against us."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.zoom = server.world.zoom
        self.world = server.world

    def ask(self, method: str, path: str, **body: Any) -> Any:
        answer = self.request(method, f"{ADDRESS}{path}", json=body or None, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def fault(self, mode: str, **more: Any) -> None:
        self.ask("PUT", "/faults/zoom", mode=mode, **more)

    def switch(self, **switches: Any) -> None:
        self.ask("PUT", "/zoom/switches", **switches)

    def meetings(self) -> list[dict[str, Any]]:
        return list(self.ask("GET", "/zoom/meetings")["items"])

    def act(self, meeting_id: int, registrant_id: str, action: str, at: datetime) -> None:
        stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        path = f"/zoom/meetings/{meeting_id}/participants"
        self.ask("POST", path, registrant_id=registrant_id, action=action, at=stamp)


def start() -> Server:
    settings = SandboxSettings(
        sandbox_port=PORT,
        sandbox_smtp_port=SMTP_PORT,
        taxisnet_client_id="suite",
        taxisnet_client_secret="suite-secret",
        taxisnet_redirect_uris="http://127.0.0.1:8080/auth/callback",
        hrms_username="suite",
        hrms_password="hrms-secret",
        zoom_account_id="account",
        zoom_client_id="client",
        zoom_client_secret="zoom-secret",
        zoom_webhook_secret=SECRET,
        sandbox_zoom_report_delay_seconds=20,
        sandbox_seed_dir=SEED,
    )
    server = Server(World(settings))
    server.start()
    return server


def signed(message: Mapping[str, Any], at: datetime | None = None) -> dict[str, Any]:
    """A message as the provider sends it: arguments for the test client."""
    raw, timestamp = encoded(dict(message)), str(int((at or datetime.now(UTC)).timestamp()))
    headers = {
        "content-type": "application/json; charset=utf-8",
        "x-zm-request-timestamp": timestamp,
        "x-zm-signature": signature(SECRET, timestamp, raw),
    }
    return {"content": raw, "headers": headers}
