"""A hundred thousand people under a new key, by a worker that is killed on the way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from chassis.clock import now
from chassis.db import transaction
from chassis.ids import new_id
from chassis.rotation import running
from chassis.settings import ServiceSettings
from chassis.testing import ServiceUnderTest
from identity import queries
from identity.keys import KEYS
from identity.models import Person
from identity.parts import Parts
from identity.rules.accounts import Status
from identity.rules.employment import Employment

from ..conftest import free_port
from .test_keys import NEW, rings, use

__all__ = ("use",)
PEOPLE = 100_000
MOST_MEGABYTES = 250  # of a worker; one that keeps every row would need as much again
WITHIN_SECONDS = 900


def make_people(count: int, joined: Parts) -> list[str]:
    tax_ids = [f"{number:09d}" for number in range(count)]
    moment = now()
    for begin in range(0, count, 5000):
        rows = [
            {
                "id": new_id(),
                "tax_id": joined.encryption.encrypt(tax_id),
                "tax_lookup": joined.lookup.lookup(tax_id),
                "surname": "ΕΠΩΝΥΜΟ",
                "name": "ΟΝΟΜΑ",
                "status": Status.active,
                "employment": Employment.employed,
                "employment_bodies": [],
                "language": "el",
                "created_at": moment,
                "changed_at": moment,
                "version": 1,
            }
            for tax_id in tax_ids[begin : begin + 5000]
        ]
        with transaction() as session:
            session.execute(insert(Person), rows)
    return tax_ids


class Worker:
    """`python -m identity worker` with the keys in their new order."""

    def __init__(self, settings: ServiceSettings, told: dict[str, str]) -> None:
        self._environment = {
            **os.environ,
            **told,
            "DATABASE_URL": settings.database_url,
            "AMQP_URL": settings.amqp_url,
            "AMQP_PREFIX": settings.amqp_prefix,
            "INTERNAL_SECRET": settings.internal_secret,
            "LOG_LEVEL": "WARNING",
            "TIMER_LEASE_SECONDS": "10",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**self._environment, "OPS_PORT": str(free_port())}
        self.process = subprocess.Popen([sys.executable, "-m", "identity", "worker"], env=environment)

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def peak_megabytes(self) -> int:
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024


@pytest.fixture
def worker(service_under_test: ServiceUnderTest, settings: ServiceSettings) -> Iterator[Worker]:
    told = dict(service_under_test.env)
    for name, new in NEW.items():
        told[name.upper()] = f"{new},{told[name.upper()]}"
    made = Worker(settings, told)
    yield made
    made.kill()


def seen() -> int:
    """People looked at so far; all of them once no rotation of them runs."""
    with transaction() as session:
        progress = running(session).get("person")
    return progress.seen if progress is not None else PEOPLE


def wait_until(rows: int) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while seen() < rows:
        assert time.monotonic() < deadline, f"{seen()} of {rows}"
        time.sleep(0.2)


@pytest.mark.long
def test_a_hundred_thousand_people_change_keys_in_bounded_memory_though_workers_are_killed(
    database: Engine, joined: Parts, settings: ServiceSettings, use, worker: Worker
) -> None:
    tax_ids = make_people(PEOPLE, rings(settings, "old", "new"))
    use("new", "old")
    with transaction() as session:
        KEYS.start(session, now())
    began = time.monotonic()

    worker.start()
    for share in (0.2, 0.5):
        wait_until(int(PEOPLE * share))
        worker.kill()
        at_kill = seen()
        worker.start()
        assert at_kill >= PEOPLE * share, "what was done stays done"
    wait_until(PEOPLE)
    took, peak = time.monotonic() - began, worker.peak_megabytes()

    counting = time.monotonic()
    alone = use("new")
    with transaction() as session:
        counts = KEYS.counts(session)
        assert counts["person.tax_id"] == counts["person.tax_lookup"] == {"b": PEOPLE}
        for tax_id in tax_ids[::1000]:
            person = queries.person_by_tax_id(session, alone.lookup.lookups(tax_id))
            assert person is not None
            assert alone.encryption.decrypt(person.tax_id) == tax_id
    sys.stdout.write(
        f"\n{PEOPLE} people under a new key in {took:.0f} s with two kills, counted in"
        f" {time.monotonic() - counting:.1f} s; the worker needed {peak} MB at most\n"
    )
    assert peak < MOST_MEGABYTES
