"""What a service needs at the broker, as data: declared by code on start, and exported as RabbitMQ definitions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker

from chassis.inbox import PREFIX
from chassis.settings import ServiceSettings, process_name

NOT_FOUND = 404
DELIVERY_LIMIT = 20
CONNECT_SECONDS = 5.0
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
            cls.queue_of(settings, service),
            f"{prefix}{service}.dead",
        )

    @staticmethod
    def queue_of(settings: ServiceSettings, service: str) -> str:
        return f"{settings.amqp_prefix}{service}.events"


def queues(names: Names) -> dict[str, dict[str, Any]]:
    """Queues and their arguments. What is delivered too often goes aside instead of round and round."""
    quorum = {"x-queue-type": "quorum"}
    aside = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": names.dead}
    return {names.dead: quorum, names.queue: {**quorum, "x-delivery-limit": DELIVERY_LIMIT, **aside}}


def bindings(names: Names, types: Iterable[str]) -> list[tuple[str, str]]:
    """Exchange and routing key of everything the service listens to; a fact is sent to one of the two."""
    return [(exchange, f"{PREFIX}{type_}") for type_ in sorted(types) for exchange in (names.internal, names.public)]


def declare(settings: ServiceSettings, types: Iterable[str]) -> None:
    """Make what this service needs; harmless when it is there. Bindings are only ever added here."""
    names = Names.of(settings)
    with pika.BlockingConnection(parameters(settings, "declare")) as connection:
        channel = connection.channel()
        for exchange in (names.internal, names.public):
            channel.exchange_declare(exchange, "topic", durable=True)
        for queue, arguments in queues(names).items():
            channel.queue_declare(queue, durable=True, arguments=arguments)
        for exchange, key in bindings(names, types):
            channel.queue_bind(names.queue, exchange, key)


def waiting(settings: ServiceSettings, service: str) -> int:
    """How many facts a service has not been given yet; none where it has no queue."""
    with pika.BlockingConnection(parameters(settings, "depth")) as connection:
        try:
            found = connection.channel().queue_declare(Names.queue_of(settings, service), passive=True)
        except ChannelClosedByBroker as refusal:
            if refusal.reply_code != NOT_FOUND:
                raise
            return 0
        return int(found.method.message_count)


def definitions(settings: ServiceSettings, types: Iterable[str], vhost: str = "/") -> dict[str, Any]:
    """The same in the form that RabbitMQ imports at its start, with what the service's own user may touch."""
    names = Names.of(settings)
    durable = {"vhost": vhost, "durable": True, "auto_delete": False}
    own = f"^{settings.service}\\.|^amq\\.gen"
    exchanges = r"^epresence\."
    straight = r"^amq\.default$"  # dead letters, and what is told to one service alone
    return {
        "exchanges": [
            {"name": name, "type": "topic", "internal": False, "arguments": {}, **durable}
            for name in (names.internal, names.public)
        ],
        "queues": [{"name": name, "arguments": arguments, **durable} for name, arguments in queues(names).items()],
        "bindings": [
            {
                "source": exchange,
                "vhost": vhost,
                "destination": names.queue,
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
            }
            for exchange, key in bindings(names, types)
        ],
        "permissions": [
            {
                "user": settings.service,
                "vhost": vhost,
                "configure": f"{own}|{exchanges}",
                "write": f"{own}|{exchanges}|{straight}",
                "read": f"{own}|{exchanges}",
            }
        ],
    }


def parameters(settings: ServiceSettings, what: str) -> pika.URLParameters:
    found = pika.URLParameters(settings.amqp_url)
    found.heartbeat = 30
    found.blocked_connection_timeout = 60
    found.socket_timeout = found.stack_timeout = CONNECT_SECONDS
    found.client_properties = {"connection_name": f"{settings.service} {process_name(what)}"}
    return found
