"""`dead-letters list | show <id> | replay <id>… | replay --all`: what was given up on, and another chance for it."""

import json
import sys
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import consumer, db
from chassis.inbox import DeadLetterRow
from chassis.settings import ServiceSettings

USAGE = "usage: dead-letters list | show <id> | replay <id>… | replay --all"


def main(settings: ServiceSettings, arguments: list[str]) -> None:
    engine = db.connect(settings, command="dead-letters")
    try:
        with db.transaction() as session:
            match arguments:
                case ["list"] | []:
                    _say(
                        *(
                            f"{row.id}  {row.died_at:%Y-%m-%d %H:%M:%S}  {row.type}  {row.reason}"
                            for row in _all(session)
                        )
                    )
                case ["show", id_]:
                    _say(json.dumps(_one(session, id_).body, indent=2, ensure_ascii=False))
                case ["replay", "--all"]:
                    _replay(session, _all(session))
                case ["replay", *ids] if ids:
                    _replay(session, [_one(session, id_) for id_ in ids])
                case _:
                    sys.exit(USAGE)
    finally:
        engine.dispose()


def _replay(session: Session, rows: list[DeadLetterRow]) -> None:
    for row in rows:
        consumer.replay(session, row)
    _say(f"{len(rows)} to be tried again by the worker")


def _all(session: Session) -> list[DeadLetterRow]:
    return list(session.scalars(select(DeadLetterRow).order_by(DeadLetterRow.died_at)))


def _one(session: Session, id_: str) -> DeadLetterRow:
    try:
        row = session.get(DeadLetterRow, UUID(id_), with_for_update=True)
    except ValueError:
        row = None
    if row is None:
        sys.exit(f"no dead letter {id_}")
    return row


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
