"""Live: the process turns. Ready: the database answers, its schema is ours, and we are not on the way out."""

import threading
from collections.abc import Callable

from sqlalchemy.orm import Session

from chassis import db, migrations

Question = Callable[[Session], str | None]

_questions: list[Question] = []
_draining = threading.Event()


def drain() -> None:
    """Take no more from now on."""
    _draining.set()


def also_ask(question: Question) -> None:
    """Not ready either while this answers what is missing."""
    if question not in _questions:
        _questions.append(question)


def is_draining() -> bool:
    return _draining.is_set()


def problem_of(package: str) -> str | None:
    """None when ready, else what is missing in one word."""
    if is_draining():
        return "draining"
    try:
        with db.transaction() as session:
            if not is_known(package, migrations.current_of(session.connection())):
                return "migrations"
            return next((missing for question in _questions if (missing := question(session))), None)
    except Exception:  # whatever keeps us from the database, the answer is the same
        return "database"


def is_known(package: str, current: str | None) -> bool:
    """At our head, or at a newer one: during a rolling upgrade the schema moves first (expand, then contract)."""
    head = migrations.head_of(package)
    return current == head or (current is not None and head is not None and current > head)
