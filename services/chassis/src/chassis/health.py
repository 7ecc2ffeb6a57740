"""Live: the process turns. Ready: the database answers, its schema is ours, and we are not on the way out."""

import threading

from chassis import db, migrations

_draining = threading.Event()


def drain() -> None:
    """Take no more from now on."""
    _draining.set()


def is_draining() -> bool:
    return _draining.is_set()


def problem_of(package: str) -> str | None:
    """None when ready, else what is missing in one word."""
    if is_draining():
        return "draining"
    try:
        with db.transaction() as session:
            current = migrations.current_of(session.connection())
    except Exception:  # whatever keeps us from the database, the answer is the same
        return "database"
    return None if is_known(package, current) else "migrations"


def is_known(package: str, current: str | None) -> bool:
    """At our head, or at a newer one: during a rolling upgrade the schema moves first (expand, then contract)."""
    head = migrations.head_of(package)
    return current == head or (current is not None and head is not None and current > head)
