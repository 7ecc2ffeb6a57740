"""RabbitMQ: what exists there, publishing many at a time with confirms, consuming. Only this package imports pika."""

from chassis.broker.ear import hear
from chassis.broker.listener import Later, Listener
from chassis.broker.publisher import Message, Publisher
from chassis.broker.topology import DELIVERY_LIMIT, Away, Names, declare, definitions, waiting

__all__ = [
    "DELIVERY_LIMIT",
    "Away",
    "Later",
    "Listener",
    "Message",
    "Names",
    "Publisher",
    "declare",
    "definitions",
    "hear",
    "waiting",
]
