"""RabbitMQ: what exists there, publishing many at a time with confirms, consuming. Only this module imports pika."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pika
from pika.exceptions import AMQPError

from chassis import logs
from chassis.inbox import PREFIX
from chassis.settings import ServiceSettings, process_name

log = logs.get_logger(__name__)
CONFIRM_SECONDS = 30
PREFETCH = 200
BATCH = 50
DELIVERY_LIMIT = 20
Away = (AMQPError, OSError)  # the broker cannot be reached, or was lost in the middle


@dataclass(frozen=True)
class Names:
    """What a service's things are called at the broker."""

    internal: str
    public: str
    queue: str
    dead: str

    @classmethod
    def of(cls, settings: ServiceSettings) -> "Names":
        prefix, service = settings.amqp_prefix, settings.service
        return cls(
            f"{prefix}epresence.internal",
            f"{prefix}epresence.public",
            f"{prefix}{service}.events",
            f"{prefix}{service}.dead",
        )


@dataclass(frozen=True)
class Message:
    id: str
    type: str
    public: bool
    correlation_id: str
    body: bytes


def parameters(settings: ServiceSettings, what: str) -> pika.URLParameters:
    found = pika.URLParameters(settings.amqp_url)
    found.heartbeat = 30
    found.blocked_connection_timeout = 60
    found.socket_timeout = 5
    found.client_properties = {"connection_name": f"{settings.service} {process_name(what)}"}
    return found


def declare(settings: ServiceSettings, types: Iterable[str]) -> None:
    """Make what this service needs; harmless when it is there. Bindings are only ever added here."""
    names = Names.of(settings)
    with pika.BlockingConnection(parameters(settings, "declare")) as connection:
        channel = connection.channel()
        for exchange in (names.internal, names.public):
            channel.exchange_declare(exchange, "topic", durable=True)
        channel.queue_declare(names.dead, durable=True, arguments={"x-queue-type": "quorum"})
        arguments = {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": names.dead,
        }
        channel.queue_declare(names.queue, durable=True, arguments=arguments)
        for type_ in types:
            for exchange in (names.internal, names.public):
                channel.queue_bind(names.queue, exchange, f"{PREFIX}{type_}")


class Publisher:
    """One channel with confirms, of one thread: the loop runs only while something is waited for."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._names = Names.of(settings)
        self._failure: BaseException | None = None
        self._channel: Any = None
        self._ready = False
        self._tag = 0
        self._unconfirmed: dict[int, str] = {}
        self._refused: set[str] = set()
        self._returned: set[str] = set()
        self._connection = pika.SelectConnection(
            parameters(settings, "relay"),
            on_open_callback=self._on_open,
            on_open_error_callback=self._on_lost,
            on_close_callback=self._on_lost,
        )
        self._turn(until=lambda: self._ready, seconds=10)

    def publish(self, messages: Sequence[Message]) -> tuple[set[str], set[str]]:
        """Send all, then wait for the broker's word: ids it holds safely, and those among them nobody listens to."""
        self._refused.clear()
        self._returned.clear()
        for message in messages:
            properties = pika.BasicProperties(
                content_type="application/cloudevents+json",
                delivery_mode=2,
                message_id=message.id,
                correlation_id=message.correlation_id,
                type=message.type,
            )
            exchange = self._names.public if message.public else self._names.internal
            self._channel.basic_publish(exchange, message.type, message.body, properties, mandatory=True)
            self._tag += 1
            self._unconfirmed[self._tag] = message.id
        self._turn(until=lambda: not self._unconfirmed, seconds=CONFIRM_SECONDS)
        return {message.id for message in messages} - self._refused, set(self._returned)

    def breathe(self) -> None:
        """Heartbeats, while there is nothing to send."""
        self._connection.ioloop.call_later(0, self._connection.ioloop.stop)
        self._connection.ioloop.start()
        self._raise_if_lost()

    def close(self) -> None:
        if not self._connection.is_closed and not self._connection.is_closing:
            self._failure = None
            self._connection.close()
            self._turn(until=lambda: self._connection.is_closed, seconds=2, strict=False)
        loop = self._connection.ioloop
        loop.call_later(0.05, loop.stop)  # pika closes its socket in a turn after the one that says it is closed
        loop.start()
        loop.close()

    def _turn(self, *, until: Callable[[], bool], seconds: float, strict: bool = True) -> None:
        """Run the loop until `until()`, the loss of the broker, or the end of patience."""
        deadline, loop = time.monotonic() + seconds, self._connection.ioloop
        while not until() and self._failure is None and time.monotonic() < deadline:
            alarm = loop.call_later(min(1.0, seconds), loop.stop)
            loop.start()
            loop.remove_timeout(alarm)
        if strict:
            self._raise_if_lost()
            if not until():
                raise TimeoutError("the broker did not answer in time")

    def _raise_if_lost(self) -> None:
        if self._failure is not None:
            raise ConnectionError(type(self._failure).__name__) from self._failure

    def _on_open(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._on_lost)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirm, callback=self._on_ready)

    def _on_ready(self, _frame: Any) -> None:
        self._ready = True
        self._connection.ioloop.stop()

    def _on_confirm(self, frame: Any) -> None:
        method = frame.method
        if method.multiple:
            tags = [tag for tag in self._unconfirmed if tag <= method.delivery_tag]
        else:
            tags = [method.delivery_tag]
        ids = {self._unconfirmed.pop(tag) for tag in tags if tag in self._unconfirmed}
        if isinstance(method, pika.spec.Basic.Nack):
            self._refused |= ids
        if not self._unconfirmed:
            self._connection.ioloop.stop()

    def _on_return(self, _channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
        self._returned.add(properties.message_id)

    def _on_lost(self, _source: Any, reason: BaseException) -> None:
        self._failure = self._failure or reason
        self._connection.ioloop.stop()


class Listener:
    """Hands over messages in batches and acknowledges a batch once it has its place in the database."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._names = Names.of(settings)
        self._connection = pika.BlockingConnection(parameters(settings, "consumer"))
        self._waiting: list[tuple[int, bytes]] = []
        self._channel = self._connection.channel()
        self._channel.basic_qos(prefetch_count=PREFETCH)
        # A channel of its own: acknowledging «all up to here» must not cover what lies in the other queue.
        self._dead_channel = self._connection.channel()
        self._dead_channel.basic_qos(prefetch_count=1)

    def run(
        self, stop: threading.Event, take: Callable[[list[bytes]], None], bury: Callable[[bytes, str], None]
    ) -> None:
        """`take` and `bury` return when their messages are safe; they may raise `Later` to be called again."""

        def on_message(_channel: Any, method: Any, _properties: Any, body: bytes) -> None:
            self._waiting.append((method.delivery_tag, body))

        def on_dead(channel: Any, method: Any, properties: Any, body: bytes) -> None:
            if self._until_done(stop, partial(bury, body, _death(properties))):
                channel.basic_ack(method.delivery_tag)

        self._channel.basic_consume(self._names.queue, on_message)
        self._dead_channel.basic_consume(self._names.dead, on_dead)
        try:
            while not stop.is_set():
                if not self._waiting:
                    self._connection.process_data_events(time_limit=0.5)
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                if batch and self._until_done(stop, partial(take, [body for _, body in batch])):
                    self._channel.basic_ack(batch[-1][0], multiple=True)
        finally:
            if self._connection.is_open:
                self._connection.close()

    def _until_done(self, stop: threading.Event, work: Callable[[], None]) -> bool:
        """Hold on to the messages while the database is away: giving them back would use up their deliveries."""
        while not stop.is_set():
            try:
                work()
            except Later:
                self._connection.sleep(1)
            else:
                return True
        return False


class Later(Exception):
    """Raised by a taker that cannot store anything now."""


def _death(properties: Any) -> str:
    deaths = (properties.headers or {}).get("x-death") or [{}]
    return f"given up by the broker: {deaths[0].get('reason', 'unknown')}"


def hear(
    settings: ServiceSettings,
    types: Iterable[str],
    *,
    on_message: Callable[[bytes], None],
    on_hearing: Callable[[bool], None],
    stop: threading.Event,
) -> None:
    """Hand every process of a service its own copy of these facts, until `stop`: a queue that dies with its connection.

    `on_hearing` tells when the ear opens and when it is closed: what is sent in between this process never learns.
    """
    types = list(types)
    while not stop.is_set():
        hearing = False
        try:
            with _ear(settings, types, on_message) as channel:
                on_hearing(hearing := True)
                while not stop.is_set() and channel.is_open and channel.consumer_tags:
                    channel.connection.process_data_events(time_limit=0.5)
        except Away as error:
            log.warning("broker away", reason=type(error).__name__)
        finally:
            if hearing:
                on_hearing(False)
        stop.wait(1)


@contextmanager
def _ear(settings: ServiceSettings, types: Sequence[str], on_message: Callable[[bytes], None]) -> Iterator[Any]:
    wanted = parameters(settings, "ear")
    wanted.heartbeat = 5  # a broker lost without a word is noticed within seconds
    with pika.BlockingConnection(wanted) as connection:
        channel, exchange = connection.channel(), Names.of(settings).internal
        channel.exchange_declare(exchange, "topic", durable=True)
        queue = channel.queue_declare("", exclusive=True, auto_delete=True).method.queue
        for type_ in types:
            channel.queue_bind(queue, exchange, f"{PREFIX}{type_}")
        channel.basic_consume(queue, lambda _channel, _method, _properties, body: on_message(body), auto_ack=True)
        yield channel
