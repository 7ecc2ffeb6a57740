"""One service as its tests see it: a database of its own, migrated once per run, and its application."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import psycopg
import pytest
from connexion import FlaskApp
from joserfc.jwk import OKPKey
from psycopg import sql
from sqlalchemy import Engine, NullPool, create_engine, event, make_url, text

from chassis import contracts, db, logs, migrations, tokens
from chassis.crypto import Ciphertext
from chassis.encrypted import Encrypted
from chassis.inbox import Reactions
from chassis.settings import ServiceSettings
from chassis.timers import Timers

INTERNAL_SECRET = "only-for-tests-internal-secret"  # noqa: S105
PASSWORD = "only-for-tests"  # noqa: S105
REFILL = 'INSERT INTO "{0}" OVERRIDING SYSTEM VALUE SELECT * FROM pristine."{0}"'
NO_SERVERS = "TEST_POSTGRES_URL and TEST_AMQP_URL are not set: run the tests with ./dev test, which starts both servers"


@dataclass(frozen=True)
class ServiceUnderTest:
    """What a service's conftest says about it. `env` adds settings; database and keys come by themselves."""

    name: str
    settings: type[ServiceSettings]
    create_app: Callable[[Any], FlaskApp]
    reactions: Reactions = field(default_factory=dict)
    timers: Timers = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    package: str | None = None


def ensure_kept_as_encrypted(
    _connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    """What a key ring made goes into columns of type `Encrypted` only: a rotation would forget all others."""
    compiled: Any = getattr(context, "compiled", None)
    if compiled is None:
        return
    for values in context.compiled_parameters:
        for name, value in values.items():
            bind = compiled.binds.get(name)
            if is_encrypted(value) and (bind is None or not isinstance(bind.type, Encrypted)):
                raise AssertionError(f"«{name}» holds something encrypted: its column must be of type Encrypted")


def is_encrypted(value: Any) -> bool:
    """Itself, or somewhere in what becomes JSON."""
    if isinstance(value, Mapping):
        return any(map(is_encrypted, value.values()))
    if isinstance(value, list):
        return any(map(is_encrypted, value))
    return isinstance(value, Ciphertext)


class Provision:
    """Database, role, settings and application of one service, made on first use and dropped at the end of the run."""

    def __init__(self, service: ServiceUnderTest, key: OKPKey) -> None:
        self.service, self.key = service, key
        admin = os.environ.get("TEST_POSTGRES_URL")
        if not admin:
            pytest.exit(NO_SERVERS, returncode=4)
        self._admin = admin.replace("postgresql+psycopg://", "postgresql://")
        self.name = f"test_{service.name}_{os.getpid()}"
        self._create_database()
        own = make_url(self._admin).set(drivername="postgresql+psycopg", database=self.name)
        self._owner = create_engine(own, poolclass=NullPool)
        role_url = own.set(username=self.name, password=PASSWORD).render_as_string(hide_password=False)
        own_settings: dict[str, Any] = {name.lower(): value for name, value in service.env.items()}
        self.settings = service.settings(
            **own_settings,
            service=service.name,
            database_url=role_url,
            migration_database_url=own.render_as_string(hide_password=False),
            amqp_url=os.environ.get("TEST_AMQP_URL", "amqp://127.0.0.1:5672/%2F"),
            amqp_prefix=f"{self.name}.",
            internal_secret=INTERNAL_SECRET,
            validate_responses=True,
        )
        logs.configure(self.settings, "test")
        package = service.package or service.name
        migrations.migrate(self.settings, package, role=self.name)
        self._keep_pristine_rows()
        self.engine: Engine = db.connect(self.settings, command="test")
        event.listen(self.engine, "before_cursor_execute", ensure_kept_as_encrypted)
        self.keys = tokens.Keys("http://127.0.0.1:9/unused")
        self.keys.use({"keys": [key.as_dict(private=False)]})

    @cached_property
    def app(self) -> FlaskApp:
        app = self.service.create_app(self.settings)
        self.activate()
        return app

    def activate(self) -> None:
        """Make this service the one that `transaction()` and the security functions work for."""
        contracts.use(self.settings.contracts_dir)
        db.use(self.engine)
        tokens.configure(self.settings, self.keys)

    def empty(self) -> None:
        """Back to what the migrations left."""
        with self._owner.begin() as connection:
            tables = [f'"{name}"' for name in self._tables(connection, "public")]
            connection.execute(text(f"TRUNCATE {', '.join(tables)} CASCADE"))
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for name in self._tables(connection, "pristine"):
                connection.execute(text(REFILL.format(name)))

    def settle(self) -> None:
        """What autovacuum does within a minute: without figures about a full table no plan is the real one."""
        with self._owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))

    def drop(self) -> None:
        self.engine.dispose()
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(self.name)))

    def _create_database(self) -> None:
        name = sql.Identifier(self.name)
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, PASSWORD))
            connection.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(name))

    def _keep_pristine_rows(self) -> None:
        """Rows that migrations made are put back after a test that committed."""
        with self._owner.begin() as connection:
            connection.execute(text("CREATE SCHEMA pristine"))
            for name in self._tables(connection, "public"):
                if connection.scalar(text(f'SELECT EXISTS (SELECT FROM "{name}")')):  # noqa: S608
                    connection.execute(text(f'CREATE TABLE pristine."{name}" AS TABLE "{name}"'))

    @staticmethod
    def _tables(connection: Any, schema: str) -> list[str]:
        found = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = :schema AND tablename <> 'alembic_version'"),
            {"schema": schema},
        )
        return list(found)
