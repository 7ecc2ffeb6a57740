"""What services keep of each other's facts, seen from outside: in their databases."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from runner.running import Running
from tests.journeys.outside import eventually

COPIES = {
    "identity": ("institution", "membership", "owned_conference"),
    "orgs": ("person", "planned_conference"),
    "conferences": (
        "person",
        "person_address",
        "membership",
        "institution",
        "unit",
        "invitation_mail",
        "collaboration",
    ),
    "notifications": ("person", "membership", "institution"),
}
KEYS = {
    ("identity", "institution"): "id",
    ("identity", "owned_conference"): "conference_id",
    ("orgs", "planned_conference"): "conference_id",
    ("conferences", "collaboration"): "collaboration_id",
    ("conferences", "institution"): "institution_id",
    ("conferences", "unit"): "unit_id",
    ("conferences", "person_address"): "email_folded",
    ("conferences", "invitation_mail"): "participation_id",
    ("notifications", "institution"): "institution_id",
}
Rows = dict[tuple[str, str], dict[str, dict[str, object]]]


@contextmanager
def database(running: Running, service: str) -> Iterator[psycopg.Connection[dict[str, object]]]:
    address = running.processes.service(service, "web").environment["DATABASE_URL"]
    with psycopg.connect(address.replace("+psycopg", ""), row_factory=dict_row) as connection:
        yield connection


def rows(running: Running) -> Rows:
    """By service and table: every row by its key."""
    found: Rows = {}
    for service, tables in COPIES.items():
        with database(running, service) as connection:
            for table in tables:
                every = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
                key = KEYS.get((service, table), "person_id")
                found[service, table] = {str(row[key]): row for row in every}
    return found


def empty(running: Running, *services: str) -> None:
    for service in services:
        with database(running, service) as connection:
            for table in COPIES[service]:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def command(running: Running, service: str, *words: str) -> str:
    process = running.processes.service(service, *words)
    output = {"capture_output": True, "text": True, "timeout": 60}
    return str(subprocess.run(process.command, env=process.environment, check=True, **output).stdout)


def rebuild(running: Running, *services: str, within: float = 60) -> None:
    """The command, and its end in every one of them."""
    for service in services:
        command(running, service, "rebuild", "--all")
    for service in services:
        eventually(lambda service=service: is_rebuilt(running, service), within=within, what=f"{service}'s copies")


def is_rebuilt(running: Running, service: str) -> bool:
    lines = [line for line in command(running, service, "rebuild", "--status").splitlines() if ": " in line]
    return all(": done," in line for line in lines if not line.startswith("restating"))


def quiet(running: Running) -> bool:
    """Nothing is on its way from one service to another."""
    waiting = 0
    for service in COPIES:
        with database(running, service) as connection:
            waiting += len(connection.execute("SELECT 1 FROM outbox UNION ALL SELECT 1 FROM parked").fetchall())
    return waiting == 0
