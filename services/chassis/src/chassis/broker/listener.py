"""Consuming: batches in, an acknowledgement once they have their place in the database."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pika

from chassis.broker.topology import Names, parameters
from chassis.settings import ServiceSettings

PREFETCH = 400
BATCH = 200


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
