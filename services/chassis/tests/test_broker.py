"""Outbox → RabbitMQ → inbox, over real servers: lost connections, two relays, repeats, poison."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pika
import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from chassis import broker, db, outbox, relay, worker
from chassis.broker import Message, Names, topology
from chassis.consumer import Consumer, bury_undeliverable
from chassis.ids import new_id
from chassis.inbox import DeadLetterRow, InboxRow, ParkedRow
from chassis.outbox import Fact, OutboxRow

TYPE = "sample.thing.made.v1"


@pytest.fixture
def names(settings, clean_broker, database) -> Names:
    broker.declare(settings, [TYPE])
    return Names.of(settings)


@pytest.fixture
def running() -> Iterator[Callable[..., threading.Event]]:
    """Run a loop in a thread until the test ends."""
    started: list[tuple[threading.Event, list[threading.Thread]]] = []

    def run(work: worker.Work) -> threading.Event:
        stop = threading.Event()
        started.append((stop, worker.start(stop, {"loop": work})))
        return stop

    yield run
    for stop, _ in started:
        stop.set()
    for _, threads in started:
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()


class Wire:
    """A connection to the broker that can be cut like a cable."""

    def __init__(self, settings) -> None:
        url = urlsplit(settings.amqp_url)
        self._target = (url.hostname, url.port or 5672)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        port = self._server.getsockname()[1]
        netloc = f"{url.username}:{url.password}@127.0.0.1:{port}"
        self.settings = settings.model_copy(update={"amqp_url": url._replace(netloc=netloc).geturl()})
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near = self._server.accept()[0]
                far = socket.create_connection(self._target)
                self._open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    @staticmethod
    def _pump(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)

    def cut(self) -> None:
        while self._open:
            end = self._open.pop()
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.cut()


@pytest.fixture
def wire(settings) -> Iterator[Wire]:
    wire = Wire(settings)
    yield wire
    wire.close()


def write(count: int, *, subjects: int = 1, name: str = "one", to: str | None = None) -> None:
    ids = [new_id() for _ in range(subjects)]
    with db.transaction() as session:
        for number in range(count):
            subject = ids[number % subjects]
            data = {"thing_id": str(subject), "name": name}
            outbox.add(session, Fact(TYPE, subject, number + 1, data, to=to))


def count(model: type[db.Base]) -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def received(settings, names: Names) -> list[dict]:
    """Everything in the queue, in its order."""
    bodies = []
    with pika.BlockingConnection(pika.URLParameters(settings.amqp_url)) as connection:
        channel = connection.channel()
        while (got := channel.basic_get(names.queue, auto_ack=True))[0]:
            bodies.append(json.loads(got[2]))
    return bodies


def test_relay_sends_what_was_committed_in_its_order(settings, names, running, eventually):
    write(1200, subjects=7)

    running(lambda stop: relay.run(settings, stop))

    eventually(lambda: count(OutboxRow) == 0, within=20)
    facts = received(settings, names)
    assert len(facts) == 1200
    for subject in {fact["subject"] for fact in facts}:
        sequences = [fact["sequence"] for fact in facts if fact["subject"] == subject]
        assert sequences == sorted(sequences)
    assert facts[0]["type"] == f"gr.epresence.{TYPE}"
    assert {"specversion", "id", "source", "time", "correlationid", "data"} <= facts[0].keys()


def test_what_is_for_one_service_alone_waits_while_much_waits_there(settings, names, running, eventually, monkeypatch):
    """Copies told again by the hundred thousand hold up no ordinary fact that stands behind them."""
    monkeypatch.setattr(relay, "DEEP", 100)
    monkeypatch.setattr(relay, "POLL_SECONDS", 0.1)
    write(400, to=settings.service)
    running(lambda stop: relay.run(settings, stop))
    eventually(lambda: broker.waiting(settings, settings.service) >= 400)  # the first window finds nothing there

    write(400, to=settings.service)
    write(7, name="ordinary")

    eventually(lambda: broker.waiting(settings, settings.service) == 407)
    assert count(OutboxRow) == 400
    facts = received(settings, names)
    eventually(lambda: count(OutboxRow) == 0)
    facts += received(settings, names)
    assert [fact["data"]["name"] for fact in facts].index("ordinary") == 400
    assert len(facts) == 807


def test_a_service_without_queue_is_waited_for_by_nobody(settings, names):
    assert broker.waiting(settings, "nobody") == 0


def test_commit_wakes_the_relay(settings, names, running, eventually, monkeypatch):
    monkeypatch.setattr(relay, "POLL_SECONDS", 20.0)
    stop = running(lambda stop: relay.run(settings, stop))
    eventually(lambda: _relay_sessions() == 1)

    write(1)

    eventually(lambda: count(OutboxRow) == 0, within=10)  # well before the next poll could have seen it
    stop.set()
    write(1)  # so that it looks up and sees the end


def test_nothing_is_lost_when_the_broker_connection_is_cut(settings, names, running, eventually, wire, monkeypatch):
    publish, cuts = broker.Publisher.publish, []

    def cut_after_half(self, messages):
        if len(cuts) < 3:
            cuts.append(publish(self, messages[: len(messages) // 2]))  # the broker has them, nobody noted it
            wire.cut()
        return publish(self, messages)

    monkeypatch.setattr(broker.Publisher, "publish", cut_after_half)
    write(700)
    running(lambda stop: relay.run(wire.settings, stop))

    eventually(lambda: count(OutboxRow) == 0, within=30)
    facts = received(settings, names)
    assert {fact["sequence"] for fact in facts} == set(range(1, 701))
    assert len(facts) > 700  # repeats: the inbox is there for them


def test_second_relay_stands_by_and_takes_over(settings, names, running, eventually):
    running(lambda stop: relay.run(settings, stop))
    eventually(lambda: _holders() == 1)
    running(lambda stop: relay.run(settings, stop))
    eventually(lambda: _relay_sessions() == 2)
    assert _holders() == 1

    with psycopg.connect(_superuser_dsn(settings), autocommit=True) as admin:  # kill the active one's session
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [relay.LOCK],
        )
    write(50)

    eventually(lambda: count(OutboxRow) == 0, within=10)
    assert len(received(settings, names)) == 50


def test_broker_that_is_not_there_or_says_nothing_is_given_up(settings, monkeypatch):
    monkeypatch.setattr(topology, "CONNECT_SECONDS", 0.5)
    nobody = settings.model_copy(update={"amqp_url": "amqp://127.0.0.1:9/"})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = settings.model_copy(update={"amqp_url": f"amqp://127.0.0.1:{silent.getsockname()[1]}/"})
        for away in (nobody, mute):
            with pytest.raises(broker.Away):
                broker.Publisher(away)


def test_fact_nobody_listens_to_is_sent_and_forgotten(settings, names, running, eventually):
    with db.transaction() as session:
        thing = new_id()
        outbox.add(session, Fact(TYPE, thing, 1, {"thing_id": str(thing), "name": "one"}, public=True))
        session.execute(text("UPDATE outbox SET type = 'sample.nobody.listens.v1'"))

    running(lambda stop: relay.run(settings, stop))

    eventually(lambda: count(OutboxRow) == 0)
    assert received(settings, names) == []


def test_definitions_say_what_is_declared(settings, names):
    exported = broker.definitions(settings, [TYPE])

    with pika.BlockingConnection(pika.URLParameters(settings.amqp_url)) as connection:
        channel = connection.channel()
        for exchange in exported["exchanges"]:  # declared otherwise, the broker would refuse
            channel.exchange_declare(exchange["name"], exchange["type"], durable=exchange["durable"])
        for queue in exported["queues"]:
            channel.queue_declare(queue["name"], durable=queue["durable"], arguments=queue["arguments"])
    assert {(each["source"], each["routing_key"]) for each in exported["bindings"]} == {
        (names.internal, f"gr.epresence.{TYPE}"),
        (names.public, f"gr.epresence.{TYPE}"),
    }


def _listen(settings, provision, stop):
    taker = Consumer(provision.service.reactions, timedelta(hours=1))
    broker.Listener(settings).run(stop, worker._or_later(taker.take), worker._or_later(bury_undeliverable))


def test_from_outbox_to_effect_once_each(settings, provision, names, running, eventually):
    from sample.models import Copy

    running(lambda stop: relay.run(settings, stop))
    running(lambda stop: _listen(settings, provision, stop))

    write(300, subjects=30)

    eventually(lambda: count(InboxRow) == 300, within=15)
    assert count(Copy) == 30
    with db.transaction() as session:
        assert set(session.scalars(select(Copy.sequence))) == set(range(271, 301))


def test_repeated_message_has_one_effect(settings, provision, names, running, eventually):
    thing, id_ = new_id(), str(new_id())
    sender = broker.Publisher(settings)
    for _ in range(5):
        sender.publish([_message(id_, thing, "one")] * 10)
    sender.publish([_message(str(new_id()), thing, "two", sequence=2)])
    sender.close()

    running(lambda stop: _listen(settings, provision, stop))

    eventually(lambda: count(InboxRow) == 2)
    eventually(lambda: _depth(settings, names.queue) == 0)
    assert (count(DeadLetterRow), count(ParkedRow)) == (0, 0)


def test_one_poison_among_many_holds_up_nobody(settings, provision, names, running, eventually):
    from sample.models import Copy

    things = [new_id() for _ in range(60)]
    sender = broker.Publisher(settings)
    sender.publish([_message(str(new_id()), thing, "poison" if at == 20 else "one") for at, thing in enumerate(things)])
    sender.publish([Message(str(new_id()), f"gr.epresence.{TYPE}", False, "", b"not json \0 \xff")])
    sender.publish([Message(str(new_id()), f"gr.epresence.{TYPE}", False, "", b'{"specversion": "1.0"}')])
    sender.close()

    running(lambda stop: _listen(settings, provision, stop))

    eventually(lambda: count(Copy) == 59)
    eventually(lambda: count(DeadLetterRow) == 2)
    assert count(ParkedRow) == 1


def test_messages_are_held_while_the_database_is_away(settings, provision, names, running, eventually, monkeypatch):
    from sample.models import Copy

    take, away = Consumer.take, [True]

    def taken(self, messages):
        if away[0]:
            raise OperationalError("SELECT", {}, psycopg.OperationalError("gone"))
        take(self, messages)

    monkeypatch.setattr(Consumer, "take", taken)
    sender = broker.Publisher(settings)
    sender.publish([_message(str(new_id()), new_id(), "one") for _ in range(40)])
    sender.close()
    running(lambda stop: _listen(settings, provision, stop))
    eventually(lambda: _depth(settings, names.queue) == 0)  # all of them are in the consumer's hands
    away[0] = False

    eventually(lambda: count(Copy) == 40)


def test_consumer_that_dies_again_and_again_loses_nothing(settings, provision, names, running, eventually):
    """The broker gives the message up after its delivery limit; it ends in the table with the reason."""
    sender = broker.Publisher(settings)
    sender.publish([_message(str(new_id()), new_id(), "one")])
    sender.close()
    with pika.BlockingConnection(pika.URLParameters(settings.amqp_url)) as connection:
        channel = connection.channel()
        while (got := channel.basic_get(names.queue)[0]) is not None:
            channel.basic_nack(got.delivery_tag)

    running(lambda stop: _listen(settings, provision, stop))

    eventually(lambda: count(DeadLetterRow) == 1)
    with db.transaction() as session:
        assert session.scalars(select(DeadLetterRow.reason)).one() == "given up by the broker: delivery_limit"


def _message(id_: str, thing: UUID, name: str, sequence: int = 1) -> Message:
    type_ = f"gr.epresence.{TYPE}"
    body = {
        "specversion": "1.0",
        "id": id_,
        "source": "/sample",
        "type": type_,
        "subject": str(thing),
        "time": "2026-11-25T08:00:00+02:00",
        "sequence": sequence,
        "correlationid": "test-correlation",
        "data": {"thing_id": str(thing), "name": name},
    }
    return Message(id_, type_, False, "test-correlation", json.dumps(body).encode())


def _depth(settings, queue: str) -> int:
    with pika.BlockingConnection(pika.URLParameters(settings.amqp_url)) as connection:
        return connection.channel().queue_declare(queue, passive=True).method.message_count


def _holders() -> int:
    with db.transaction() as session:
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = :lock"
        own = " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        return session.scalar(text(held + own), {"lock": relay.LOCK}) or 0


def _relay_sessions() -> int:
    with db.transaction() as session:
        relays = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%relay%'"
        return session.scalar(text(f"{relays} AND datname = current_database()")) or 0


def _superuser_dsn(settings) -> str:
    return settings.migration_database_url.replace("postgresql+psycopg", "postgresql")


def test_ear_hears_while_it_is_open_and_says_when_it_is_not(wire, names, running, eventually):
    heard, hearing = [], []

    def listen(stop: threading.Event) -> None:
        broker.hear(wire.settings, [TYPE], on_message=heard.append, on_hearing=hearing.append, stop=stop)

    running(listen)
    eventually(lambda: hearing == [True])
    sender = broker.Publisher(wire.settings)
    sender.publish([_message(str(new_id()), new_id(), "one")])
    sender.close()
    eventually(lambda: len(heard) == 1)

    wire.cut()

    eventually(lambda: hearing == [True, False, True])
