"""Sends the outbox: one active relay per service, others stand by. A crash may repeat a fact, never lose one."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import make_url

from chassis import broker, logs, metrics
from chassis.broker import Message, Publisher
from chassis.inbox import PREFIX
from chassis.settings import ServiceSettings, process_name

log = logs.get_logger(__name__)
WINDOW = 500
POLL_SECONDS = 1.0
DEEP = 1_000  # while so much waits at a service, what is for it alone waits here: ordinary facts would stand behind it
LOCK = 0x72656C61  # "rela"

READ = """SELECT position, id, type, subject, sequence, data, public, recipient, correlation_id, occurred_at
          FROM outbox WHERE recipient IS NULL OR recipient <> ALL(%s) ORDER BY position LIMIT %s"""
ADDRESSED = "SELECT DISTINCT recipient FROM outbox WHERE recipient IS NOT NULL"


def run(settings: ServiceSettings, stop: threading.Event) -> None:
    """Stand by until no other relay is active, then send until told to stop or something breaks."""
    with _connection(settings) as connection:
        while not _is_ours(connection):
            if stop.wait(POLL_SECONDS):
                return
        metrics.RELAY_ACTIVE.set(1)
        log.info("relay active")
        publisher = Publisher(settings)
        try:
            connection.execute("LISTEN outbox")
            while not stop.is_set():
                if not send(connection, publisher, settings):
                    _wait(connection)
                    publisher.breathe()
        finally:
            metrics.RELAY_ACTIVE.set(0)
            publisher.close()


def send(connection: psycopg.Connection[Any], publisher: Publisher, settings: ServiceSettings) -> bool:
    """Publish one window in the order it was written, forget what was confirmed. True: more is likely waiting."""
    rows = connection.execute(READ, [_swamped(connection, settings), WINDOW]).fetchall()
    if not rows:
        return False
    confirmed, unheard = publisher.publish([_message(row, settings.service) for row in rows])
    sent = [row for row in rows if str(row.id) in confirmed]
    connection.execute("DELETE FROM outbox WHERE position = ANY(%s)", [[row.position for row in sent]])
    for row in sent:
        metrics.OUTBOX_SENT.labels(row.type).inc()
        if str(row.id) in unheard:
            metrics.OUTBOX_UNHEARD.labels(row.type).inc()
    if len(sent) < len(rows):
        log.warning("broker refused facts", count=len(rows) - len(sent))
    return len(rows) == WINDOW and len(sent) > 0


def _swamped(connection: psycopg.Connection[Any], settings: ServiceSettings) -> list[str]:
    addressed = [row.recipient for row in connection.execute(ADDRESSED)]
    return [service for service in addressed if broker.waiting(settings, service) > DEEP]


def _message(row: Any, service: str) -> Message:
    type_ = f"{PREFIX}{row.type}"
    envelope = {
        "specversion": "1.0",
        "id": str(row.id),
        "source": f"/{service}",
        "type": type_,
        "subject": row.subject,
        "time": row.occurred_at.isoformat(),
        "sequence": row.sequence,
        "correlationid": row.correlation_id,
        "datacontenttype": "application/json",
        "data": row.data,
    }
    body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(str(row.id), type_, row.public, row.correlation_id, body, row.recipient)


def _is_ours(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s) AS ours", [LOCK]).fetchone()
    return bool(row and row.ours)


def _wait(connection: psycopg.Connection[Any]) -> None:
    """Until somebody commits a fact, at most a second: a lost notification delays, it does not lose."""
    for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
        pass


@contextmanager
def _connection(settings: ServiceSettings) -> Iterator[psycopg.Connection[Any]]:
    """Held while the relay lives: it carries the lock, so whoever loses it can delete no more."""
    dsn = make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    name = f"{settings.service} {process_name('relay')}"
    keepalives: dict[str, Any] = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    with psycopg.connect(
        dsn,
        autocommit=True,
        application_name=name,
        connect_timeout=5,
        row_factory=namedtuple_row,
        options="-c timezone=UTC -c statement_timeout=15000",
        **keepalives,
    ) as connection:
        yield connection
