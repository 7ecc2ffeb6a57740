"""Engine, units of work, naming convention. Entry points open `transaction()` and hand its session down."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, DateTime, Engine, MetaData, Uuid, create_engine, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, registry, sessionmaker

from chassis.settings import ServiceSettings, process_name

T = TypeVar("T")
DEADLOCK, SERIALIZATION_FAILURE, LOCK_NOT_AVAILABLE, QUERY_CANCELED = "40P01", "40001", "55P03", "57014"
AWAY = ("08", "53", "57P", "25P03")  # connection lost, out of resources, shutting down, ended for idling


NAMING = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
}
COLUMN_TYPES: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    UUID: Uuid(),
    dict[str, Any]: JSONB,
    list[str]: JSONB,
    list[dict[str, Any]]: JSONB,
}


@cache
def registry_of(package: str) -> registry:  # noqa: ARG001 - it is the key of the cache
    """One registry per top-level package: two services may have a table of the same name in one test run."""
    return registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map=COLUMN_TYPES)


class Base(DeclarativeBase):
    """Mapped classes of a service derive from this; `registry_of("<service>").metadata` holds their tables."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        own = registry_of(cls.__module__.partition(".")[0])
        cls._sa_registry = own
        cls.metadata = own.metadata
        super().__init_subclass__(**arguments)


class Versioned:
    """One number is optimistic lock, ETag and event sequence. It rises when its own row changes: touch the parent."""

    version: Mapped[int] = mapped_column()

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


SEARCHING = {"plan_cache_mode": "force_custom_plan", "enable_seqscan": "off", "random_page_cost": "1.1"}
_sessions: sessionmaker[Session] = sessionmaker()


def create(url: str, settings: ServiceSettings, *, name: str, size: int) -> Engine:
    limits = {
        "timezone": "UTC",
        "lock_timeout": settings.lock_timeout_ms,
        "statement_timeout": settings.statement_timeout_ms,
        "idle_in_transaction_session_timeout": 60_000,  # a process stopped in the middle must not hold its locks
        "max_parallel_workers_per_gather": 0,  # requests share the processors; helpers start slower than a page is read
    }
    options = " ".join(f"-c {setting}={value}" for setting, value in limits.items())
    return create_engine(
        url,
        pool_size=size,
        max_overflow=size,  # a thread may open a second transaction inside its first (guessing.failed)
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,  # values do not belong in exceptions: they end in logs
        pool_recycle=600,  # spreads the connections again after a failover
        connect_args={"options": options, "application_name": name, "connect_timeout": 5},
    )


def connect(settings: ServiceSettings, *, command: str = "web") -> Engine:
    """Make this process' engine; `transaction()` uses it from now on."""
    name = f"{settings.service} {process_name(command)}"
    engine = create(settings.database_url, settings, name=name, size=settings.web_threads)
    use(engine)
    return engine


def use(bind: Engine | Connection) -> None:
    """`transaction()` works on this from now on. On a connection it makes savepoints inside whatever is open there."""
    _sessions.configure(bind=bind, join_transaction_mode="create_savepoint")


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit at the end, roll back if it raises."""
    with _sessions.begin() as session:
        yield session


def plan_search(session: Session) -> None:
    """Until the transaction ends: plans for the very values, and by indexes.

    Rare and common words want other indexes; a plan made for any serves neither. Namesakes may stand side by side: to
    read a table from its start until enough are met is a bet on their being spread over it. And the rows found are few
    and in memory: to read all of another table beside them costs more than as many look-ups.
    """
    session.execute(select(*(func.set_config(name, value, True) for name, value in SEARCHING.items())))


def retrying(work: Callable[[], T], attempts: int = 4) -> T:
    """Run `work`, which opens its own transaction, again when the database chose it as victim of a deadlock."""
    for attempt in range(1, attempts + 1):
        try:
            return work()
        except DBAPIError as error:
            if attempt == attempts or sqlstate_of(error) not in (DEADLOCK, SERIALIZATION_FAILURE):
                raise
            time.sleep(0.02 * 2**attempt)
    raise AssertionError("unreachable")


def sqlstate_of(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the rule that refused."""
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None)


def is_away(error: BaseException) -> bool:
    """The database cannot be reached, is restarting or out of resources: nothing was changed."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout)
    state = sqlstate_of(error)
    lost = error.connection_invalidated or (state is None and isinstance(error, OperationalError))
    return lost or (state or "").startswith(AWAY)


def is_busy(error: BaseException) -> bool:
    """A lock was not had in time, or a statement ran too long: trying later may succeed."""
    return isinstance(error, DBAPIError) and sqlstate_of(error) in (LOCK_NOT_AVAILABLE, QUERY_CANCELED)
