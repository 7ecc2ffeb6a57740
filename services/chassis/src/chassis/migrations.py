"""Schema changes by Alembic under one lock, so that several starters are safe; then the rights of the role."""

import time
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from chassis.settings import ServiceSettings, process_name

LOCK = 0x6D696772  # "migr"


def config_of(package: str) -> Config:
    """Alembic's configuration for `<package>.migrations`; no ini file."""
    folder = Path(import_module(package).__path__[0])
    config = Config()
    config.set_main_option("script_location", str(folder / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def head_of(package: str) -> str | None:
    return ScriptDirectory.from_config(config_of(package)).get_current_head()


def current_of(connection: Connection) -> str | None:
    found = connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    return connection.scalar(text("SELECT version_num FROM alembic_version")) if found else None


def migrate(settings: ServiceSettings, package: str, *, role: str | None = None) -> None:
    """Upgrade to the newest revision, then give `role` its rights. Safe to run from several places at once."""
    url = settings.migration_database_url or settings.database_url
    engine = create_engine(url, connect_args={"application_name": f"{settings.service} {process_name('migrate')}"})
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            # A waiting ALTER TABLE blocks everybody behind it: rather fail and be run again.
            connection.execute(text("SET lock_timeout = '5s'"))
            connection.commit()
            config = config_of(package)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if role is not None:
                grant(connection, role)
            connection.commit()
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()
    finally:
        engine.dispose()


def grant(connection: Connection, role: str) -> None:
    """Rows, not tables, belong to the service's role. To the audit trail it may only add; details it may forget."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    owner = connection.scalar(text("SELECT current_user"))
    if owner == role:
        return
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quoted}",
        f"REVOKE UPDATE, DELETE ON audit FROM {quoted}",
        f"REVOKE UPDATE ON audit_detail FROM {quoted}",
    ]
    for statement in statements:
        connection.execute(text(statement))


def wait_for_database(url: str, seconds: float) -> None:
    """A job may start before its database does."""
    deadline = time.monotonic() + seconds
    engine = create_engine(url)
    while True:
        try:
            with engine.connect():
                return
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        finally:
            engine.dispose()


def run_env(target_metadata: Any = None) -> None:
    """The whole of a service's `migrations/env.py`."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=target_metadata, transaction_per_migration=True, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()


def create_chassis_tables(op: Operations | Any) -> None:
    """The tables that outbox, inbox, timers, idempotency keys and guessing limits live in; for a service's 0001."""
    for statement in CHASSIS_TABLES.split(";\n\n"):
        op.execute(statement)


def create_audit_tables(op: Operations | Any) -> None:
    """The audit trail and its details, which go first when somebody is forgotten."""
    for statement in AUDIT_TABLES.split(";\n\n"):
        op.execute(statement)


def create_tombstone_table(op: Operations | Any) -> None:
    """Whom this service must not hear of again."""
    op.execute(TOMBSTONE_TABLE)


def create_key_table(op: Operations | Any) -> None:
    """Which keys rows were written with; for services that encrypt columns."""
    op.execute(KEY_TABLE)


KEY_TABLE = """
CREATE TABLE key_use (
    ring text NOT NULL,
    kid text NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT key_use_pkey PRIMARY KEY (ring, kid)
)
"""


def add_rebuilding(op: Operations | Any) -> None:
    """What is told to one service alone, and how far the rebuilding of this one's projections is."""
    for statement in REBUILDING.split(";\n\n"):
        op.execute(statement)


REBUILDING = """
ALTER TABLE outbox ADD COLUMN recipient text;

CREATE INDEX outbox_addressed_idx ON outbox (position) WHERE recipient IS NOT NULL;

CREATE TABLE rebuild (
    aggregate text CONSTRAINT rebuild_pkey PRIMARY KEY,
    request_id uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    portions bigint NOT NULL DEFAULT 0,
    restated bigint NOT NULL DEFAULT 0,
    heard_at timestamptz,
    done boolean NOT NULL DEFAULT false
)
"""

AUDIT_TABLES = """
CREATE TABLE audit (
    position bigint CONSTRAINT audit_pkey PRIMARY KEY,
    act text NOT NULL,
    actor_id uuid,
    object_id uuid,
    occurred_at timestamptz NOT NULL,
    correlation_id text NOT NULL,
    detail_digest bytea NOT NULL,
    previous_digest bytea NOT NULL CONSTRAINT audit_previous_digest_key UNIQUE,
    digest bytea NOT NULL
);

CREATE INDEX audit_act_idx ON audit (act, position);

CREATE INDEX audit_actor_id_idx ON audit (actor_id, position) WHERE actor_id IS NOT NULL;

CREATE INDEX audit_object_id_idx ON audit (object_id, position) WHERE object_id IS NOT NULL;

CREATE TABLE audit_detail (
    position bigint CONSTRAINT audit_detail_pkey PRIMARY KEY
        CONSTRAINT audit_detail_position_fkey REFERENCES audit,
    salt bytea NOT NULL,
    details jsonb NOT NULL
)
"""

TOMBSTONE_TABLE = """
CREATE TABLE tombstone (
    subject uuid CONSTRAINT tombstone_pkey PRIMARY KEY,
    sequence bigint NOT NULL,
    buried_at timestamptz NOT NULL
)
"""

CHASSIS_TABLES = """
CREATE TABLE outbox (
    position bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT outbox_pkey PRIMARY KEY,
    id uuid NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    data jsonb NOT NULL,
    public boolean NOT NULL,
    correlation_id text NOT NULL,
    occurred_at timestamptz NOT NULL
);

CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('outbox', ''); RETURN NULL; END $$;

CREATE TRIGGER outbox_added AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();

CREATE TABLE inbox (
    id uuid CONSTRAINT inbox_pkey PRIMARY KEY,
    received_at timestamptz NOT NULL
);

CREATE INDEX inbox_received_at_idx ON inbox USING brin (received_at);

CREATE TABLE parked (
    id uuid CONSTRAINT parked_pkey PRIMARY KEY,
    type text NOT NULL,
    body jsonb NOT NULL,
    reason text NOT NULL,
    early boolean NOT NULL,
    attempts integer NOT NULL,
    parked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL
);

CREATE INDEX parked_due_at_idx ON parked (due_at);

CREATE TABLE dead_letter (
    id uuid CONSTRAINT dead_letter_pkey PRIMARY KEY,
    type text NOT NULL,
    body jsonb NOT NULL,
    reason text NOT NULL,
    died_at timestamptz NOT NULL
);

CREATE TABLE timer (
    name text NOT NULL,
    subject text NOT NULL,
    due_at timestamptz NOT NULL,
    payload jsonb NOT NULL,
    attempts integer NOT NULL,
    lease uuid,
    correlation_id text NOT NULL,
    CONSTRAINT timer_pkey PRIMARY KEY (name, subject)
);

CREATE INDEX timer_due_at_idx ON timer (due_at);

CREATE TABLE idempotency (
    scope bytea CONSTRAINT idempotency_pkey PRIMARY KEY,
    body_digest bytea NOT NULL,
    status integer NOT NULL,
    resource_id text,
    created_at timestamptz NOT NULL
);

CREATE INDEX idempotency_created_at_idx ON idempotency (created_at);

CREATE TABLE guessing (
    action text NOT NULL,
    source bytea NOT NULL,
    slot timestamptz NOT NULL,
    failures integer NOT NULL,
    CONSTRAINT guessing_pkey PRIMARY KEY (action, source, slot)
);

CREATE TABLE guessing_key (
    day timestamptz CONSTRAINT guessing_key_pkey PRIMARY KEY,
    key bytea NOT NULL
)
"""
