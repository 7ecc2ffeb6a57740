"""`tombstones export | apply [FILE]`: after a restore, erase again whom another copy knows to be erased.

A tombstone is an id, a number and a time: any service's list serves any other, since all bury the same people. Both
go through the list in portions; whoever was stopped runs the command again, and what is buried already is passed over.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TextIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db, forgetting, logs, timers, tombstones
from chassis.forgetting import Forgetting
from chassis.settings import ServiceSettings
from chassis.tombstones import TombstoneRow

log = logs.get_logger(__name__)
USAGE = "usage: tombstones export [FILE] | apply [FILE]"
AT_ONCE = 100


def command(how: Forgetting) -> Callable[[ServiceSettings, list[str]], None]:
    def tombstones_command(settings: ServiceSettings, arguments: list[str]) -> None:
        engine = db.connect(settings, command="tombstones")
        try:
            match arguments:
                case ["export"]:
                    export(sys.stdout)
                case ["export", path]:
                    with Path(path).open("w", encoding="utf-8") as file:
                        export(file)
                case ["apply"]:
                    log.info("tombstones applied", erased=apply(sys.stdin, how))
                case ["apply", path]:
                    with Path(path).open(encoding="utf-8") as file:
                        log.info("tombstones applied", erased=apply(file, how))
                case _:
                    sys.exit(USAGE)
        finally:
            engine.dispose()

    return tombstones_command


def export(to: TextIO) -> None:
    """One line of JSON for each."""
    with db.transaction() as session:
        for row in session.scalars(select(TombstoneRow).execution_options(yield_per=1000)):
            line = {"subject": str(row.subject), "sequence": row.sequence, "buried_at": row.buried_at.isoformat()}
            to.write(json.dumps(line) + "\n")
            session.expunge(row)


def apply(lines: Iterable[str], how: Forgetting) -> int:
    """Bury and erase whoever is in the list and not yet buried here; how many there were."""
    erased, waiting = 0, (json.loads(line) for line in lines if line.strip())
    while portion := list(islice(waiting, AT_ONCE)):
        with db.transaction() as session:
            for stone in _unknown(session, portion):
                _forget(session, stone, how)
                erased += 1
    return erased


def _unknown(session: Session, portion: list[dict[str, str]]) -> Iterator[TombstoneRow]:
    for line in portion:
        subject = UUID(line["subject"])
        if tombstones.bury(session, subject, int(line["sequence"]), at=datetime.fromisoformat(line["buried_at"])):
            yield session.get_one(TombstoneRow, subject)


def _forget(session: Session, stone: TombstoneRow, how: Forgetting) -> None:
    """At once, but for what has to wait: that is left to the timer. Not told again: it was, before the restore."""
    again_at = forgetting.erase(session, stone.subject, how)
    while again_at is not None and again_at <= clock.now():
        again_at = forgetting.erase(session, stone.subject, how)
    if again_at is not None:
        timers.schedule(session, forgetting.TIMER, stone.subject, again_at, {"since": clock.now().isoformat()})
