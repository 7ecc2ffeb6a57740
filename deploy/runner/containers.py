"""PostgreSQL and RabbitMQ of a test run in containers, where a Docker engine answers."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer

from runner.processes import Servers
from runner.rabbitmq import greets
from runner.steps import Stop, step

POSTGRES_IMAGE, RABBITMQ_IMAGE = "postgres:17", "rabbitmq:4-management"
AMQP_PORT = 5672
BROKER = "EPRESENCE_TEST_BROKER_CONTAINER"
START_SECONDS = 60


@dataclass(frozen=True)
class ContainerRabbitMQ:
    """The broker can be away for a while: its listeners close, its address stays (a restarted container's does not)."""

    container: str

    def start(self) -> None:
        self._control("start_app")

    def stop(self) -> None:
        self._control("stop_app")

    def _control(self, command: str) -> None:
        subprocess.run(["docker", "exec", self.container, "rabbitmqctl", command], check=True, capture_output=True)


def engine_answers() -> bool:
    if not shutil.which("docker"):
        return False
    try:
        asked = subprocess.run(["docker", "info"], check=False, capture_output=True, timeout=10)
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """What the tests' environment says of them."""
    with ExitStack() as stack:
        with step("containers of PostgreSQL and RabbitMQ"):
            database = stack.enter_context(PostgresContainer(POSTGRES_IMAGE, driver=None, username="postgres"))
            broker = stack.enter_context(DockerContainer(RABBITMQ_IMAGE).with_exposed_ports(AMQP_PORT))
            host, port = broker.get_container_host_ip(), int(broker.get_exposed_port(AMQP_PORT))
            wait_until_greeted(host, port)
        yield {
            "TEST_POSTGRES_URL": database.get_connection_url(),
            "TEST_AMQP_URL": f"amqp://guest:guest@{host}:{port}/%2F",
            BROKER: broker.get_wrapped_container().id,
        }


def wait_until_greeted(host: str, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not greets(port, host):
        if time.monotonic() > deadline:
            raise Stop(f"the broker's container did not answer within {START_SECONDS} s")
        time.sleep(0.2)


def for_suite() -> Servers | None:
    """Those of this run, for a suite to be started on; none when the run has private servers."""
    if BROKER not in os.environ:
        return None
    superuser = os.environ["TEST_POSTGRES_URL"]
    place = urlsplit(superuser).netloc.rpartition("@")[2]
    return Servers(
        database=f"postgresql+psycopg://{{role}}:{{password}}@{place}/{{database}}",
        broker=os.environ["TEST_AMQP_URL"],
        superuser=superuser,
        broker_control=ContainerRabbitMQ(os.environ[BROKER]),
    )
