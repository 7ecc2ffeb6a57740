"""A private RabbitMQ node: own ports, own name server, own folder; users and their rights from definitions."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner import leftovers
from runner.places import SERVICES
from runner.programs import Programs
from runner.steps import Stop
from runner.suite import MARK, Suite

VHOST = "epresence"
START_SECONDS = 90
USERS = (*SERVICES, "gateway")
OPERATOR = "operator"  # may everything; for people and for tests, given to no process


@dataclass(frozen=True)
class RabbitMQ:
    suite: Suite
    programs: Programs
    keys: Mapping[str, str]

    @property
    def folder(self) -> Path:
        return self.suite.home / "rabbitmq"

    def url(self, user: str) -> str:
        return f"amqp://{user}:{self.keys[f'AMQP_{user.upper()}']}@127.0.0.1:{self.suite.port('rabbitmq')}/{VHOST}"

    def start(self) -> None:
        if greets(self.suite.port("rabbitmq")):
            return
        self._write_configuration()
        output = self.folder / "output"
        output.unlink(missing_ok=True)
        leftovers.detach([str(self.server)], output, environment=self.environment())
        deadline = time.monotonic() + START_SECONDS
        while not greets(self.suite.port("rabbitmq")):
            if not self.is_running() or time.monotonic() > deadline:
                raise Stop(f"RabbitMQ did not start:\n{output.read_text()[-2000:]}")
            time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """The node finishes what it writes; its name server goes with it."""
        nodes = self._nodes()
        for pid in nodes:
            leftovers.send(pid, number)
        deadline = time.monotonic() + 30
        while any(leftovers.alive(pid) for pid in nodes) and time.monotonic() < deadline:
            time.sleep(0.1)
        for pid in self._marked("epmd"):
            leftovers.send(pid, signal.SIGKILL)

    @property
    def server(self) -> Path:
        return self.programs.rabbitmq / "sbin/rabbitmq-server"

    def is_running(self) -> bool:
        """Also while its start script is still at work."""
        starting = any(str(self.server) in command for command in leftovers.find(self.suite).values())
        return starting or bool(self._nodes())

    def _nodes(self) -> list[int]:
        return self._marked("beam")

    def _marked(self, program: str) -> list[int]:
        """Erlang's processes of this suite, by the name of their program."""
        found = leftovers.find(self.suite).items()
        return [pid for pid, command in found if Path(command.split(" ")[0]).name.startswith(program)]

    def environment(self) -> dict[str, str]:
        home, port = self.folder, self.suite.port
        return (
            {name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))}
            | self.programs.environment
            | {
                MARK: self.suite.id,
                "HOME": str(home),
                "LANG": "C.UTF-8",
                "RABBITMQ_CONF_ENV_FILE": "/dev/null",
                "RABBITMQ_NODENAME": "epresence@localhost",
                "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
                "RABBITMQ_NODE_PORT": str(port("rabbitmq")),
                "RABBITMQ_DIST_PORT": str(port("rabbitmq.distribution")),
                "ERL_EPMD_PORT": str(port("rabbitmq.epmd")),
                "ERL_EPMD_ADDRESS": "127.0.0.1",
                "ERL_EPMD_RELAXED_COMMAND_CHECK": "1",
                "ERL_CRASH_DUMP": "/dev/null",
                "RABBITMQ_MNESIA_BASE": str(home / "data"),
                "RABBITMQ_LOG_BASE": str(home / "log"),
                "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
                "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "none.config"),
                "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
                "RABBITMQ_PLUGINS_DIR": str(self.programs.rabbitmq / "plugins"),
                # Erlang's schedulers wait by spinning; on two cores that is taken from the services.
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
            }
        )

    def _write_configuration(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "enabled_plugins").write_text("[].")
        private = {"definitions.json": json.dumps(definitions(self.keys)), ".erlang.cookie": self.keys["ERLANG_COOKIE"]}
        for name, text in private.items():
            file = self.folder / name
            file.unlink(missing_ok=True)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o400), "w") as out:
                out.write(text)
        (self.folder / "rabbitmq.conf").write_text(
            f"load_definitions = {self.folder / 'definitions.json'}\n"
            "disk_free_limit.absolute = 50MB\n"
            "vm_memory_high_watermark.absolute = 512MB\n"
            "log.file.rotation.size = 10485760\n"
            "log.file.rotation.count = 3\n"
        )


def definitions(keys: Mapping[str, str]) -> dict[str, Any]:
    """The virtual host and its users; queues and exchanges are declared by the services themselves."""
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    allowed = {OPERATOR: everything, **{user: rights(user) for user in USERS}}
    return {
        "vhosts": [{"name": VHOST}],
        "users": [
            {
                "name": user,
                "password_hash": hashed(keys[f"AMQP_{user.upper()}"]),
                "tags": "administrator" if user == OPERATOR else "",
            }
            for user in allowed
        ],
        "permissions": [{"user": user, "vhost": VHOST, **its} for user, its in allowed.items()],
    }


def rights(user: str) -> dict[str, str]:
    """The two exchanges, and queues of one's own; the gateway's replicas have nameless ones."""
    own = rf"epresence\.(internal|public)|{user}\..*|amq\.gen-.*"
    # Dead letters, and what an owner tells one service alone, go through the default exchange.
    return {"configure": f"^({own})$", "write": f"^({own}|amq\\.default)$", "read": f"^({own})$"}


def hashed(password: str) -> str:
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def greets(port: int, host: str = "127.0.0.1") -> bool:
    """Does an AMQP server answer here? It listens only once it has booted."""
    try:
        with socket.create_connection((host, port), timeout=2) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"
    except OSError:
        return False
