"""`rebuild <owner>… | --all | --status`: have the owners say again what this service keeps copies of.

Asks by `<this service>.projection.requested.v1`, addressed to the owner: a fact bears the name of who sends it, and
what is asked for is a projection of the sender's. What comes are snapshots; what is older than a copy changes nothing.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import audit, clock, db, logs, outbox, snapshots
from chassis.audit import Act
from chassis.db import Base
from chassis.ids import new_id
from chassis.inbox import SNAPSHOT, Fact, Reaction, Reactions
from chassis.settings import ServiceSettings

log = logs.get_logger(__name__)


class RebuildRow(Base):
    """How far the last rebuilding of copies of such aggregates is, by the owner's word."""

    __tablename__ = "rebuild"

    aggregate: Mapped[str] = mapped_column(primary_key=True)
    request_id: Mapped[UUID]
    asked_at: Mapped[datetime]
    portions: Mapped[int] = mapped_column(BigInteger, default=0)
    restated: Mapped[int] = mapped_column(BigInteger, default=0)
    heard_at: Mapped[datetime | None]
    done: Mapped[bool] = mapped_column(default=False)


def reactions(projections: Mapping[str, Reaction]) -> dict[str, Reaction]:
    """For a listener's `REACTIONS`: by aggregate the function that keeps the copy, and does nothing else."""
    owners = {aggregate.partition(".")[0] for aggregate in projections}
    restated = {f"{aggregate}{SNAPSHOT}": keep for aggregate, keep in projections.items()}
    return {**restated, **{f"{owner}.snapshots.sent.v1": _heard for owner in owners}}


def _heard(session: Session, fact: Fact) -> None:
    """Of the request that is in hand; an older word changes nothing."""
    mine = (RebuildRow.aggregate == fact.data["aggregate"], RebuildRow.request_id == UUID(fact.data["request_id"]))
    values = {
        "portions": fact.sequence,
        "restated": fact.data["restated"],
        "done": fact.data["done"],
        "heard_at": clock.now(),
    }
    told = update(RebuildRow).where(*mine, RebuildRow.portions < fact.sequence).values(values)
    if session.scalar(told.returning(RebuildRow.done)):
        log.info("projection rebuilt", aggregate=fact.data["aggregate"], restated=fact.data["restated"])


def command(reactions: Reactions) -> Callable[[ServiceSettings, list[str]], None]:
    copied = sorted(type_.removesuffix(SNAPSHOT) for type_ in reactions if type_.endswith(SNAPSHOT))
    owners = sorted({aggregate.partition(".")[0] for aggregate in copied})

    def rebuild(settings: ServiceSettings, arguments: list[str]) -> None:
        asked = set(owners) if "--all" in arguments else set(arguments) - {"--status"}
        if not arguments or asked - set(owners):
            sys.exit(f"usage: rebuild {' | '.join(owners)} | --all [--status]")
        engine = db.connect(settings, command="rebuild")
        try:
            with db.transaction() as session:
                wanted = [aggregate for aggregate in copied if aggregate.partition(".")[0] in asked]
                if wanted:
                    ask(session, settings.service, wanted)
                if "--status" in arguments:
                    sys.stdout.write("".join(f"{line}\n" for line in status(session)))
        finally:
            engine.dispose()

    return rebuild


def ask(session: Session, service: str, aggregates: list[str]) -> None:
    """Asking again begins anew: the owner forgets how far it was."""
    moment = clock.now()
    for aggregate in aggregates:
        request_id, owner = new_id(), aggregate.partition(".")[0]
        anew = {"portions": 0, "restated": 0, "heard_at": None, "done": False}
        fresh = {"request_id": request_id, "asked_at": moment, **anew}
        row = insert(RebuildRow).values(aggregate=aggregate, **fresh)
        session.execute(row.on_conflict_do_update(index_elements=["aggregate"], set_=fresh))
        data = {"request_id": str(request_id), "aggregate": aggregate}
        outbox.add(session, outbox.Fact(f"{service}.projection.requested.v1", request_id, 1, data, to=owner))
        audit.record(session, Act("projection.requested", None, request_id, {"aggregate": aggregate}))
        log.info("projection requested", aggregate=aggregate)


def status(session: Session) -> list[str]:
    """What this service asked for, and what it is restating to others."""
    lines = []
    for row in session.scalars(select(RebuildRow).order_by(RebuildRow.aggregate)):
        state = "done" if row.done else "under way" if row.heard_at else "asked, nothing heard yet"
        heard = f", last heard {row.heard_at:%Y-%m-%d %H:%M:%S}" if row.heard_at else ""
        asked = f"asked {row.asked_at:%Y-%m-%d %H:%M:%S}"
        lines.append(f"{row.aggregate}: {state}, {row.restated} restated, {asked}{heard}")
    for timer in snapshots.under_way(session):
        aggregate, asker, restated = (timer.payload.get(name, 0) for name in ("aggregate", "asker", "restated"))
        lines.append(f"restating {aggregate} to {asker}: {restated} so far")
    return lines or ["nothing was asked for"]
