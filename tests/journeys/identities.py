"""More than one identity over the same database, and one that starts anew."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from runner.running import Running
from tests.journeys.outside import eventually


@contextmanager
def replica(running: Running) -> Iterator[str]:
    """One more identity over the same database."""
    process = running.processes.service("identity", "web")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**process.environment, "PORT": str(port)}
    with subprocess.Popen(process.command, env=environment, stdout=subprocess.DEVNULL) as started:
        address = f"http://127.0.0.1:{port}"
        try:
            eventually(lambda: answers(address), within=60, what="the second identity")
            yield address
        finally:
            started.terminate()
            started.wait(30)


def restart(running: Running) -> None:
    """Killed, and started again by the supervisor."""
    before = running.state()["identity.web"]
    os.killpg(before["pid"], signal.SIGKILL)  # its children, too: one left alone would answer for a while
    eventually(
        lambda: (
            running.state()["identity.web"]["starts"] > before["starts"] and answers(running.suite.url("identity.web"))
        ),
        within=60,
        what="identity started again",
    )


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/internal/jwks", timeout=2).ok
    except requests.ConnectionError:
        return False
