"""A suite from nothing to ready, and back."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from runner import keys, leftovers, ports, postgres, programs
from runner.places import PYTHON, ROOT, SEED, SERVICES
from runner.postgres import Postgres
from runner.processes import BrokerControl, Process, Processes, Servers
from runner.rabbitmq import VHOST, RabbitMQ
from runner.steps import Stop, say, step
from runner.suite import MARK, PORTS, Suite

READY_SECONDS = 120
GIVE_UP_AFTER_STARTS = 5
SERVER_PORTS = ("postgres", "rabbitmq", "rabbitmq.distribution", "rabbitmq.epmd")

SEEDS = {
    "identity": [SEED / "personas.json"],
    "orgs": [SEED / "institutions.json", SEED / "personas.json"],
    "conferences": [SEED / "hosts.json"],
}


@dataclass
class Running:
    suite: Suite
    only: tuple[str, ...] = ()  # programs, while others are being worked on
    servers: Servers | None = None  # already running elsewhere, such as containers; else private ones

    @cached_property
    def keys(self) -> dict[str, str]:
        return keys.of(self.suite)

    @cached_property
    def programs(self) -> programs.Programs:
        return programs.find()

    @cached_property
    def postgres(self) -> Postgres:
        return Postgres(self.suite, self.programs, self.keys["POSTGRES_PASSWORD"])

    @cached_property
    def private_rabbitmq(self) -> RabbitMQ:
        return RabbitMQ(self.suite, self.programs, self.keys)

    @property
    def rabbitmq(self) -> BrokerControl:
        """The broker in use; tests take it away for a while."""
        return self.servers.broker_control if self.servers else self.private_rabbitmq

    @cached_property
    def processes(self) -> Processes:
        port = self.suite.port
        database = f"postgresql+psycopg://{{role}}:{{password}}@127.0.0.1:{port('postgres')}/{{database}}"
        broker = f"amqp://{{user}}:{{password}}@127.0.0.1:{port('rabbitmq')}/{VHOST}"
        if self.servers:
            database, broker = self.servers.database, self.servers.broker
        return Processes(self.suite, self.keys, database=database, broker=broker)

    @property
    def services(self) -> list[str]:
        return [service for service in SERVICES if not self.only or service in self.only]

    # ---------------------------------------------------------------------- up
    def up(self) -> None:
        """Everything ready, or a reason why not and nothing left running that was not before."""
        self.suite.prepare()
        with locked(self.suite):
            if self.is_supervised() and self.is_ready():
                return
            self._clear()
            self._ensure_ports_are_free()
            servers_ran = self.servers is None and self._servers_run()
            try:
                self._start()
            except BaseException:
                say("stopping what was started")
                self._stop(servers=not servers_ran)
                raise

    def _start(self) -> None:
        if self.servers:
            self._prepare_databases(self.servers.superuser)
        else:
            with ThreadPoolExecutor(1) as pool:
                broker = pool.submit(timed, "RabbitMQ", self.private_rabbitmq.start)
                timed("PostgreSQL", self.postgres.start)
                self._prepare_databases(self.postgres.url)
                broker.result()
        with step("all processes ready"):
            self._supervise()
            self._wait_until_ready()

    def start_servers(self) -> None:
        """Database and broker alone, for tests that need no more."""
        self.suite.prepare()
        with locked(self.suite), ThreadPoolExecutor(1) as pool:
            broker = pool.submit(timed, "RabbitMQ", self.private_rabbitmq.start)
            timed("PostgreSQL", self.postgres.start)
            broker.result()

    def _prepare_databases(self, superuser_url: str) -> None:
        with step("databases and roles"):
            postgres.create_databases(superuser_url, self.keys)
        with step("migrations"):
            self._in_parallel(lambda service: self._job(self.processes.service(service, "migrate")))
        self.seed()

    def seed(self) -> None:
        """Bodies, people and hosts to start with; running it again changes nothing."""
        with step("seed"):
            self._in_parallel(
                lambda service: self._job(self.processes.service(service, "seed", *map(str, SEEDS[service]))),
                [service for service in self.services if service in SEEDS],
            )

    def _in_parallel(self, job: Callable[[str], None], services: list[str] | None = None) -> None:
        with ThreadPoolExecutor(len(SERVICES)) as pool:
            list(pool.map(job, self.services if services is None else services))

    def _job(self, process: Process) -> None:
        log = self.suite.logs / f"{process.name}.log"
        with log.open("a") as out:
            done = subprocess.run(
                process.command,
                check=False,
                cwd=ROOT,
                env=process.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        if done.returncode:
            raise Stop(f"{process.name} failed ({done.returncode}):\n{tail(log)}")

    def _clear(self) -> None:
        """What a killed runner left: its processes end; database and broker are taken over as they are."""
        orphans = {pid: command for pid, command in leftovers.find(self.suite).items() if is_ours(command)}
        if orphans:
            with step(f"ending {len(orphans)} processes of an earlier run"):
                leftovers.end_all(orphans)

    def _ensure_ports_are_free(self) -> None:
        wanted = [name for name in PORTS if name not in SERVER_PORTS]
        if self.servers is None:
            wanted += self._servers_not_running()
        ports.ensure_free({name: self.suite.port(name) for name in wanted})

    def _servers_run(self) -> bool:
        return not list(self._servers_not_running())

    def _servers_not_running(self) -> Iterator[str]:
        if not self.postgres.is_running():
            yield "postgres"
        if not self.private_rabbitmq.is_running():
            yield from SERVER_PORTS[1:]

    def _supervise(self) -> None:
        plan = [asdict(process) for process in self.processes.all(self.only)]
        (self.suite.home / "processes.json").unlink(missing_ok=True)
        leftovers.detach(
            [str(PYTHON), "-m", "runner.supervisor", str(self.suite.home)],
            self.suite.logs / "supervisor.log",
            environment=os.environ | {MARK: self.suite.id, "PYTHONPATH": str(ROOT / "deploy")},
            told=json.dumps(plan),
        )

    def _wait_until_ready(self) -> None:
        waiting = {process.name: process.ready for process in self.processes.all(self.only)}
        deadline = time.monotonic() + READY_SECONDS
        while waiting:
            with ThreadPoolExecutor(len(waiting)) as pool:
                answers = list(pool.map(answers_200, waiting.values()))
            waiting = {name: url for (name, url), ready in zip(waiting.items(), answers, strict=True) if not ready}
            failing = [name for name, seen in self.state().items() if seen["starts"] >= GIVE_UP_AFTER_STARTS]
            if failing or (waiting and time.monotonic() > deadline):
                name = (failing or list(waiting))[0]
                raise Stop(
                    f"not ready: {', '.join(failing or waiting)}. {name} said:\n{tail(self.suite.logs / f'{name}.log')}"
                )
            time.sleep(0.2)

    # -------------------------------------------------------------------- down
    def down(self, *, wipe: bool = False) -> None:
        self.suite.prepare()
        with locked(self.suite):
            with step("everything stopped"):
                self._stop()
            if wipe:
                with step("data, keys and logs removed"):
                    self.postgres.wipe()
                    shutil.rmtree(self.suite.home)

    def stop_processes(self) -> None:
        """Database and broker stay."""
        with locked(self.suite):
            self._stop(servers=False)

    def _stop(self, *, servers: bool = True) -> None:
        marked = leftovers.find(self.suite)
        supervisors = {pid: command for pid, command in marked.items() if "runner.supervisor" in command}
        leftovers.end_all(supervisors, kindly_seconds=30)
        leftovers.end_all({pid: c for pid, c in leftovers.find(self.suite).items() if is_ours(c)})
        if servers and self.servers is None:
            with ThreadPoolExecutor(2) as pool:
                number = signal.SIGKILL if self.suite.fast else signal.SIGTERM
                stops = (self.postgres.stop, lambda: self.private_rabbitmq.stop(number))
                list(pool.map(lambda stop: stop(), stops))
            leftovers.end_all(leftovers.find(self.suite))

    # ------------------------------------------------------------------- state
    def state(self) -> dict[str, dict[str, int]]:
        try:
            seen: dict[str, dict[str, int]] = json.loads((self.suite.home / "processes.json").read_text())
        except FileNotFoundError:
            seen = {}
        return seen

    def is_supervised(self) -> bool:
        return any("runner.supervisor" in command for command in leftovers.find(self.suite).values())

    def is_ready(self) -> bool:
        return all(answers_200(process.ready) for process in self.processes.all(self.only))


def is_ours(command: str) -> bool:
    """A process of the suite itself, not its database or broker."""
    return command.startswith((str(PYTHON), "/bin/sh -c exec"))


def timed(title: str, work: Callable[[], None]) -> None:
    with step(title):
        work()


def answers_200(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def tail(log: Path, lines: int = 15) -> str:
    try:
        with log.open(errors="replace") as file:
            return "".join(f"  {line}" for line in file.readlines()[-lines:])
    except FileNotFoundError:
        return "  nothing"


@contextmanager
def locked(suite: Suite) -> Iterator[None]:
    """Two people, or a person and a test, may type at once."""
    with (suite.home.parent / f"{suite.home.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another ./dev is at work on this suite; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
