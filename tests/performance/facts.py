"""Facts from a committed outbox to another process' inbox, and the same messages through the bare broker.

The chassis' own sample service stands for any: rows, relay, quorum queue, a reaction that writes a projection.
"""

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pika
from joserfc.jwk import OKPKey
from sqlalchemy import func, insert, select

from chassis import broker, db
from chassis.broker import Message, Names, Publisher
from chassis.ids import new_id
from chassis.inbox import InboxRow
from chassis.outbox import OutboxRow
from chassis.settings import ServiceSettings, find_contracts
from chassis.testing import ServiceUnderTest
from chassis.testing.service import Provision

SAMPLE = Path(__file__).parents[2] / "services" / "chassis" / "tests"
TYPE = "sample.thing.made.v1"
WINDOW = 500


@contextmanager
def running_service() -> Iterator[ServiceSettings]:
    """A service with a database of its own and two workers: one of them relays, both take."""
    sys.path.insert(0, str(SAMPLE))
    from sample.parts import PARTS  # type: ignore[import-not-found]

    with ExitStack() as stack:
        contracts = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for source in (find_contracts(), SAMPLE / "sample" / "contracts"):
            shutil.copytree(source, contracts, dirs_exist_ok=True)
        service = ServiceUnderTest(**PARTS, env={"COLOUR": "red", "CONTRACTS_DIR": str(contracts)})
        provision = Provision(service, OKPKey.generate_key("Ed25519", {"kid": "bench"}, private=True))
        stack.callback(provision.drop)
        stack.callback(_remove, provision.settings)
        broker.declare(provision.settings, [TYPE])
        for number in (1, 2):
            stack.enter_context(_worker(provision.settings, 18_800 + os.getpid() % 100 + 100 * number))
        yield provision.settings


@contextmanager
def _worker(settings: ServiceSettings, ops_port: int) -> Iterator[None]:
    told = {name.upper(): str(value) for name, value in settings.model_dump().items() if value is not None}
    told |= {"OPS_PORT": str(ops_port), "LOG_LEVEL": "ERROR", "PYTHONPATH": os.pathsep.join([str(SAMPLE), *sys.path])}
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "sample", "worker"], env=os.environ | told)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def through_the_inbox(count: int) -> float:
    """Facts a second, from the commit of the last row to the last row of the inbox."""
    before = _inbox()
    rows = [
        {
            "id": new_id(),
            "type": TYPE,
            "subject": str(uuid4()),
            "sequence": number + 1,
            "data": _data(),
            "public": False,
            "correlation_id": str(uuid4()),
        }
        for number in range(count)
    ]
    with db.transaction() as session:
        session.execute(insert(OutboxRow), rows)
    return _rate(count, lambda: _inbox() - before)


def through_the_bare_broker(settings: ServiceSettings, count: int) -> float:
    """The same, published in windows with confirms and acknowledged by another process, without a row anywhere."""
    bare = settings.model_copy(update={"service": "bare"})
    broker.declare(bare, ["bare.thing.made.v1"])
    body = json.dumps({"specversion": "1.0", "source": "/bare", "data": _data(), "filling": "x" * 300}).encode()
    taken = multiprocessing.get_context("spawn").Value("i", 0)
    taker = multiprocessing.get_context("spawn").Process(
        target=_take, args=(bare.amqp_url, Names.of(bare).queue, count, taken), daemon=True
    )
    publisher = Publisher(bare)
    taker.start()
    try:
        type_ = "gr.epresence.bare.thing.made.v1"
        _wait(lambda: taken.value < 0)
        messages = [Message(str(number), type_, False, "bench", body) for number in range(count)]
        began = time.monotonic()
        for start in range(0, count, WINDOW):
            publisher.publish(messages[start : start + WINDOW])
        _wait(lambda: taken.value == count)
        return count / (time.monotonic() - began)
    finally:
        publisher.close()
        taker.join(10)
        _remove(bare)


def _take(url: str, queue: str, count: int, taken: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=WINDOW)
        taken.value = -1  # ready
        for number, (method, _, _) in enumerate(channel.consume(queue), start=1):
            if number % 200 == 0 or number == count:
                channel.basic_ack(method.delivery_tag, multiple=True)
                taken.value = number
            if number == count:
                return


def _data() -> dict[str, str]:
    return {"thing_id": str(uuid4()), "name": "Τηλεδιάσκεψη"}


def _inbox() -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(InboxRow)) or 0


def _rate(count: int, done: Callable[[], int]) -> float:
    began = time.monotonic()
    _wait(lambda: done() >= count)
    return count / (time.monotonic() - began)


def _wait(until: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise TimeoutError("facts did not arrive")
        time.sleep(0.01)


def _remove(settings: ServiceSettings) -> None:
    names = Names.of(settings)
    with pika.BlockingConnection(pika.URLParameters(settings.amqp_url)) as connection:
        channel = connection.channel()
        for queue in (names.queue, names.dead):
            channel.queue_delete(queue)
        if settings.service != "bare":
            for exchange in (names.internal, names.public):
                channel.exchange_delete(exchange)
