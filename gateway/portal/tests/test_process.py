"""The process as it runs: starts by its settings, answers, and writes down no secret."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import requests
from examples import TICKET, ticket
from played_gateway import PlayedGateway

ENVIRONMENT = {"FORM_KEY": "0123456789abcdef0123456789abcdef", "PUBLIC_URL": "http://127.0.0.1"}
COMMAND = [sys.executable, "-m", "portal", "web"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(ask: Callable[[], requests.Response], within_seconds: float = 15) -> requests.Response:
    until = time.monotonic() + within_seconds
    while True:
        try:
            return ask()
        except requests.ConnectionError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def test_no_token_is_written_down(gateway: PlayedGateway) -> None:
    gateway.on("GET", f"/api/v1/join/{TICKET}", ticket())
    port = free_port()
    told = os.environ | ENVIRONMENT | {"PORT": str(port), "GATEWAY_INTERNAL_URL": gateway.address}
    process = subprocess.Popen(COMMAND, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        ready = eventually(lambda: requests.get(f"http://127.0.0.1:{port}/health/ready", timeout=5))
        joined = requests.get(f"http://127.0.0.1:{port}/join/{TICKET}", timeout=5)
        proof = requests.get(f"http://127.0.0.1:{port}/confirm", params={"token": TICKET}, timeout=5)
    finally:
        process.terminate()
        written, _ = process.communicate(timeout=20)

    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    assert {ready.status_code, joined.status_code, proof.status_code} == {200}
    assert [line["route"] for line in lines if line["event"] == "answered"] == ["/join/<token>", "/confirm"]
    assert TICKET not in written


def test_without_its_key_it_does_not_start() -> None:
    told = {name: value for name, value in os.environ.items() if name != "FORM_KEY"}
    told["GATEWAY_INTERNAL_URL"] = "http://127.0.0.1:1"

    refused = subprocess.run(COMMAND, env=told, capture_output=True, text=True, timeout=20, check=False)

    assert refused.returncode != 0
    assert "form_key" in refused.stderr
