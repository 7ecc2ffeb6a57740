"""Settings, reactions and timers of the sample, joined."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import projections, web
from chassis.inbox import Fact, NotYet
from chassis.settings import ServiceSettings
from chassis.timers import Timer
from sample.models import Copy

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
    projections.apply(session, Copy, {"id": fact.data["thing_id"]}, fact.sequence, {"name": fact.data["name"]})


def ring(timer: Timer) -> datetime | None:
    FIRED.append(timer.subject)
    if timer.payload.get("fails"):
        raise RuntimeError("a bug")
    again_at = timer.payload.get("again_at")
    return datetime.fromisoformat(again_at) if again_at else None


PARTS: dict[str, Any] = {
    "name": "sample",
    "settings": Settings,
    "create_app": create_app,
    "reactions": {"sample.thing.made.v1": remember},
    "timers": {"thing.ring": ring},
}
