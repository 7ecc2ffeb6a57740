"""`python -m conferences seed hosts.json` and `python -m conferences hosts list | hosts retire <email>`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import audit, db
from chassis.audit import Act
from conferences.models import Host
from conferences.settings import Settings


def host_id(key: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://epresence.gr/seed/host/{key}")


@contextmanager
def _transaction(settings: Settings, command: str) -> Iterator[Session]:
    engine = db.connect(settings, command=command)
    try:
        with db.transaction() as session:
            yield session
    finally:
        engine.dispose()


def seed(settings: Settings, arguments: list[str]) -> None:
    """Load the pool of licensed hosts; again is harmless, what changed in the file changes here."""
    if len(arguments) != 1:
        sys.exit("usage: python -m conferences seed hosts.json")
    with _transaction(settings, "seed") as session:
        for entry in json.loads(Path(arguments[0]).read_text("utf-8")):
            values = {
                "email": entry["email"],
                "zoom_user_id": entry["zoom_user_id"],
                "capacity": entry["capacity"],
                "active": entry.get("active", True),
            }
            statement = insert(Host).values(id=host_id(entry["key"]), **values)
            session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def hosts(settings: Settings, arguments: list[str]) -> None:
    """See the pool, or take a host out of it: booked conferences stay on it, no new ones come."""
    with _transaction(settings, "hosts") as session:
        match arguments:
            case ["list"]:
                for host in session.scalars(select(Host).order_by(Host.capacity, Host.email)):
                    sys.stdout.write(f"{host.email}\t{host.capacity}\t{'active' if host.active else 'retired'}\n")
            case ["retire" | "restore" as act, email]:
                found = session.scalar(select(Host).where(Host.email == email))
                if found is None:
                    sys.exit("no such host")
                found.active = act == "restore"
                audit.record(session, Act(f"host.{act}d", object_id=found.id))
            case _:
                sys.exit("usage: python -m conferences hosts list | retire <email> | restore <email>")
