"""Settings, reactions and timers of the sample, joined."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import clock, forgetting, projections, rebuilding, rotation, snapshots, tombstones, web
from chassis.crypto import KeyRing
from chassis.forgetting import Forgetting
from chassis.inbox import Fact, NotYet
from chassis.outbox import Fact as Told
from chassis.rotation import Keys
from chassis.settings import ServiceSettings
from chassis.timers import Timer
from sample.models import Copy, Thing

FIRED: list[str] = []


class Settings(ServiceSettings):
    colour: str


def create_app(settings: Settings) -> Any:
    return web.create_app(settings, contract="sample.yaml", package="sample.api")


def remember(session: Session, fact: Fact) -> None:
    match fact.data["name"]:
        case "early":
            raise NotYet("the thing before it")
        case "poison":
            raise RuntimeError("a bug")
    values = {"name": fact.data["name"]}
    key = {"id": UUID(fact.data["thing_id"])}
    projections.apply(session, Copy, key, fact.sequence, values, restated=fact.restates)


def ring(timer: Timer) -> datetime | None:
    FIRED.append(timer.subject)
    if timer.payload.get("fails"):
        raise RuntimeError("a bug")
    again_at = timer.payload.get("again_at")
    return datetime.fromisoformat(again_at) if again_at else None


def forget(session: Session, subject: UUID) -> datetime | None:
    """One row a portion."""
    copy_id = session.scalar(select(Copy.id).where(Copy.id == subject).limit(1))
    if copy_id is None:
        return None
    session.execute(delete(Copy).where(Copy.id == copy_id))
    return clock.now()


FORGOTTEN: list[UUID] = []
FORGETTING = Forgetting(
    erase=forget,
    done=lambda _session, stone: FORGOTTEN.append(stone.subject),
    about=frozenset({"thing_id"}),
    spared=frozenset({"sample.thing.gone.v1"}),
)

RINGS: dict[str, KeyRing] = {}  # a test fills it
KEYS = Keys("sample", rings=lambda: RINGS, counted={})


def things(session: Session, after: UUID | None, limit: int) -> list[Told]:
    rows = session.scalars(snapshots.following(select(Thing), Thing.id, after, limit))
    return [
        Told("sample.thing.made.v1", row.id, row.version, {"thing_id": str(row.id), "name": row.name}, public=True)
        for row in rows
    ]


SNAPSHOTS = {"sample.thing": things}

PARTS: dict[str, Any] = {
    "name": "sample",
    "settings": Settings,
    "create_app": create_app,
    "reactions": {
        "sample.thing.made.v1": remember,
        "sample.thing.noticed.v1": tombstones.refusing(remember, "thing_id"),
        **snapshots.reactions(SNAPSHOTS, askers=["sample"]),
        **rebuilding.reactions({"sample.thing": remember}),  # of itself: one service is both ends
    },
    "timers": {
        "thing.ring": ring,
        forgetting.TIMER: forgetting.timer(FORGETTING),
        rotation.TIMER: KEYS.rotate,
        snapshots.TIMER: snapshots.timer(SNAPSHOTS),
    },
}
