"""For processes that must each hear of something: a queue of their own that dies with the connection."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pika

from chassis import logs
from chassis.broker.topology import Away, Names, parameters
from chassis.inbox import PREFIX
from chassis.settings import ServiceSettings

log = logs.get_logger(__name__)


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
