"""Another system's ear: a queue of its own on both exchanges, to see what really travels."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pika

EXCHANGES = ("epresence.public", "epresence.internal")
PERSONAL = ("gr.epresence.identity.person.", "gr.epresence.conferences.participant.")


@dataclass
class Ear:
    channel: pika.adapters.blocking_connection.BlockingChannel
    queue: str
    heard: list[tuple[str, str, str]] = field(default_factory=list)

    def listen(self) -> list[tuple[str, str, str]]:
        """All heard until now: exchange, routing key, body."""
        while True:
            method, _, body = self.channel.basic_get(self.queue, auto_ack=True)
            if method is None:
                return self.heard
            self.heard.append((method.exchange, method.routing_key, body.decode()))

    def impersonal_so_far(self) -> list[tuple[str, str]]:
        """What may hold nobody's name: everything public, and internal facts outside the two personal families."""
        return [
            (f"{exchange} {key}", body)
            for exchange, key, body in self.heard
            if exchange == "epresence.public" or not any(kind in body for kind in PERSONAL)
        ]


@contextmanager
def ear(amqp_url: str) -> Iterator[Ear]:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    for exchange in EXCHANGES:
        channel.queue_bind(queue, exchange, "#")
    yield Ear(channel, queue)
    connection.close()
