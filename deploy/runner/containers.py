"""PostgreSQL and RabbitMQ of a test run in containers, where a Docker engine answers."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from testcontainers.community.postgres import PostgresContainer
from testcontainers.community.rabbitmq import RabbitMqContainer

from runner.processes import Servers
from runner.steps import step

POSTGRES_IMAGE, RABBITMQ_IMAGE = "postgres:17", "rabbitmq:4-management"
BROKER = "EPRESENCE_TEST_BROKER_CONTAINER"


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
            broker = stack.enter_context(RabbitMqContainer(RABBITMQ_IMAGE))
        address = f"{broker.get_container_host_ip()}:{broker.get_exposed_port(5672)}"
        yield {
            "TEST_POSTGRES_URL": database.get_connection_url(),
            "TEST_AMQP_URL": f"amqp://guest:guest@{address}/%2F",
            BROKER: broker.get_wrapped_container().id,
        }


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
