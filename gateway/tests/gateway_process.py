"""The gateway as a process of its own."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from socket import create_server
from typing import Any

import pika
import pytest
import requests
from played_services import SECRET, Suite

from chassis.testing.service import NO_SERVERS

CONTRACT = Path(__file__).parent / "contract.yaml"


class Gateway:
    def __init__(self, suite: Suite, **settings: str) -> None:
        self.port, self.internal_port, self.ops_port = free_ports(3)
        amqp = os.environ.get("TEST_AMQP_URL")
        if not amqp:
            pytest.exit(NO_SERVERS, returncode=4)
        self.prefix = f"test_gateway_{self.port}."
        self.env = {
            "PORT": str(self.port),
            "INTERNAL_PORT": str(self.internal_port),
            "OPS_PORT": str(self.ops_port),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "INTERNAL_SECRET": SECRET,
            "AMQP_URL": amqp,
            "AMQP_PREFIX": self.prefix,
            "CONTRACT": str(CONTRACT),
            "TAXISNET_BASE_URL": "https://taxisnet.example/oauth2server",
            **{f"{name.upper()}_URL": upstream.url for name, upstream in suite.upstreams.items()},
            **{name.upper(): value for name, value in settings.items()},
        }
        self._log = tempfile.NamedTemporaryFile(suffix=".log")  # noqa: SIM115 - closed by stop()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway", "web"], env=os.environ | self.env, stderr=self._log
        )
        eventually(self.answers, within=20)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def internal_url(self) -> str:
        return f"http://127.0.0.1:{self.internal_port}"

    @property
    def ops_url(self) -> str:
        return f"http://127.0.0.1:{self.ops_port}"

    @property
    def log(self) -> str:
        return Path(self._log.name).read_text()

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log
        try:
            return requests.get(f"{self.url}/health/live", timeout=2).ok
        except requests.ConnectionError:
            return False

    def listens(self) -> bool:
        """Whether it hears of revocations, as its figures say."""
        return "gateway_revocations_heard 1.0" in requests.get(f"{self.ops_url}/metrics", timeout=2).text

    def request(self, method: str, path: str, *, session: str | None = None, **arguments: Any) -> requests.Response:
        headers = dict(arguments.pop("headers", {}))
        if session:
            headers.setdefault("Cookie", f"__Host-epresence={session}")
            headers.setdefault("Origin", self.url)
        arguments = {"timeout": 15, "allow_redirects": False} | arguments
        return requests.request(method, self.url + path, headers=headers, **arguments)

    def get(self, path: str, **arguments: Any) -> requests.Response:
        return self.request("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> requests.Response:
        return self.request("POST", path, **arguments)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self._log.close()
        with pika.BlockingConnection(pika.URLParameters(os.environ["TEST_AMQP_URL"])) as connection:
            connection.channel().exchange_delete(f"{self.prefix}epresence.internal")


def free_ports(count: int) -> list[int]:
    sockets = [create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def eventually(condition: Callable[[], Any], within: float = 5) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)
