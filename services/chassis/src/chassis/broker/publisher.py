"""Publishing with confirms in a window: one at a time would be twenty times slower."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pika

from chassis.broker.topology import Names, parameters
from chassis.settings import ServiceSettings

OPEN_SECONDS = 20.0  # well beyond pika's own patience: interrupted in its handshake it trips over itself
CONFIRM_SECONDS = 30.0


@dataclass(frozen=True)
class Message:
    id: str
    type: str
    public: bool
    correlation_id: str
    body: bytes
    recipient: str | None = None  # a service: to its queue and no other


class Publisher:
    """One channel with confirms, of one thread: the loop runs only while something is waited for."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings, self._names = settings, Names.of(settings)
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
        try:
            self._turn(until=lambda: self._ready, seconds=OPEN_SECONDS)
        except BaseException:
            self.close()
            raise

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
            exchange, key = self._way(message)
            self._channel.basic_publish(exchange, key, message.body, properties, mandatory=True)
            self._tag += 1
            self._unconfirmed[self._tag] = message.id
        self._turn(until=lambda: not self._unconfirmed, seconds=CONFIRM_SECONDS)
        return {message.id for message in messages} - self._refused, set(self._returned)

    def _way(self, message: Message) -> tuple[str, str]:
        """Exchange and routing key. The default exchange leads to the queue that the key names."""
        if message.recipient is not None:
            return "", Names.queue_of(self._settings, message.recipient)
        return (self._names.public if message.public else self._names.internal), message.type

    def breathe(self) -> None:
        """Heartbeats, while there is nothing to send."""
        self._connection.ioloop.call_later(0, self._connection.ioloop.stop)
        self._connection.ioloop.start()
        self._raise_if_lost()

    def close(self) -> None:
        """End what is open and wait for it: a loop closed too early leaks its socket."""
        if not (self._connection.is_closed or self._connection.is_closing):
            self._connection.close()
        self._turn(until=lambda: self._connection.is_closed, seconds=2, despite_loss=True)
        self._connection.ioloop.close()

    def _turn(self, *, until: Callable[[], bool], seconds: float, despite_loss: bool = False) -> None:
        """Run the loop until `until()`, the loss of the broker, or the end of patience."""
        deadline, loop = time.monotonic() + seconds, self._connection.ioloop
        while not until() and (despite_loss or self._failure is None) and time.monotonic() < deadline:
            alarm = loop.call_later(min(1.0, seconds), loop.stop)
            loop.start()
            loop.remove_timeout(alarm)
        if not despite_loss:
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
