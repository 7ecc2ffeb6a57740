"""All databases as they were, put back: what an operator does after a disaster, with the database's own COPY."""

import time

import psycopg
from psycopg import sql

from runner.running import Running
from tests.journeys.copies import COPIES

Backup = dict[str, dict[str, bytes]]


def administer(running: Running, service: str) -> psycopg.Connection[tuple[str]]:
    """As the operator, whom no trigger stops."""
    superuser = running.servers.superuser if running.servers else running.postgres.url
    own = running.processes.service(service, "web").environment["DATABASE_URL"]
    return psycopg.connect(superuser.replace("+psycopg", ""), dbname=own.rpartition("/")[2])


def taken(running: Running) -> Backup:
    """Every table of every service but the migrations' own, each database at one moment."""
    backup: Backup = {}
    for service in COPIES:
        backup[service] = {}
        with administer(running, service) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            ).fetchall()
            for (name,) in names:
                with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as out:
                    backup[service][name] = b"".join(bytes(block) for block in out)
    return backup


def restore(running: Running, backup: Backup, *, within: float = 60) -> None:
    """Under the processes' feet, which is harder than the runbook's way; who holds a row this needs is waited for."""
    end = time.monotonic() + within
    for service, tables in backup.items():
        while True:
            try:
                _put_back(running, service, tables)
                break
            except (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable):
                assert time.monotonic() < end, f"{service} never let go"


def _put_back(running: Running, service: str, tables: dict[str, bytes]) -> None:
    with administer(running, service) as connection:
        connection.execute("SET LOCAL lock_timeout = '5s'")
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
        for name, rows in tables.items():
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as into:
                into.write(rows)
