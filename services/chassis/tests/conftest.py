"""A service of two tables, to test the chassis as services use it."""

import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from chassis import projections, web
from chassis.inbox import Fact, NotYet
from chassis.settings import ServiceSettings, find_contracts
from chassis.testing import ServiceUnderTest
from chassis.timers import Timer

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # `sample` stands for an installed service


class Settings(ServiceSettings):
    colour: str


def create_app(settings: Settings) -> Any:
    return web.create_app(settings, contract="sample.yaml", package="sample.api")


def remember(session: Any, fact: Fact) -> None:
    from sample.models import Copy

    match fact.data["name"]:
        case "early":
            raise NotYet("the thing before it")
        case "poison":
            raise RuntimeError("a bug")
    projections.apply(session, Copy, {"id": fact.data["thing_id"]}, fact.sequence, {"name": fact.data["name"]})


FIRED: list[str] = []


def ring(timer: Timer) -> datetime | None:
    FIRED.append(timer.subject)
    if timer.payload.get("fails"):
        raise RuntimeError("a bug")
    again_at = timer.payload.get("again_at")
    return datetime.fromisoformat(again_at) if again_at else None


@pytest.fixture
def fired() -> list[str]:
    FIRED.clear()
    return FIRED


@pytest.fixture(scope="session")
def contracts_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contracts")
    shutil.copytree(find_contracts(), folder, dirs_exist_ok=True)
    shutil.copytree(HERE / "sample" / "contracts", folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def service_under_test(contracts_dir: Path) -> ServiceUnderTest:
    return ServiceUnderTest(
        name="sample",
        settings=Settings,
        create_app=create_app,
        reactions={"sample.thing.made.v1": remember},
        timers={"thing.ring": ring},
        append_only=["ledger"],
        env={"COLOUR": "red", "CONTRACTS_DIR": str(contracts_dir)},
    )
