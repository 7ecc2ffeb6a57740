"""JSON lines with service, process, correlation id. Log names of things, never values, addresses, query strings."""

import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog

from chassis.ids import new_id
from chassis.settings import ServiceSettings

correlation: ContextVar[str] = ContextVar("correlation", default="")
MOST_FRAMES, MOST_CAUSES = 30, 4
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")


def correlation_id() -> str:
    """The id of what is in hand; made on first asking, so that work without a request can be followed too."""
    if not correlation.get():
        correlation.set(str(new_id()))
    return correlation.get()


@contextmanager
def correlated(value: str | None) -> Iterator[str]:
    """Everything logged or sent inside carries this id; one that is not well-formed is replaced."""
    accepted = value if value and WELL_FORMED.fullmatch(value) else str(new_id())
    token = correlation.set(accepted)
    try:
        yield accepted
    finally:
        correlation.reset(token)


def trace(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Where it happened, without the message: those of databases and libraries quote the values they dislike."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    elif error is True:
        error = sys.exc_info()[1]
    chain: list[dict[str, Any]] = []
    while isinstance(error, BaseException) and len(chain) < MOST_CAUSES:
        frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
        steps = [f"{frame.filename.rpartition('/src/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
        chain.append({"error": type(error).__qualname__, "at": steps})
        error = error.__cause__ or error.__context__
    if chain:
        event["trace"] = chain
    return event


def configure(settings: ServiceSettings, process: str) -> None:
    def name_the_source(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"], event["process"] = settings.service, process
        if correlation.get():
            event["correlation_id"] = correlation.get()
        return event

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_the_source,
        trace,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    # Libraries that log addresses, arguments or request lines, where values live.
    for name in ("pika", "urllib3", "httpx", "connexion", "asyncio", "gunicorn.access", "sqlalchemy", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    logging.getLogger("connexion").setLevel(logging.CRITICAL)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
