"""`contracts/events/asyncapi.yaml` says who sends what and who listens: compared with the code."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "contracts" / "events"
CHANNELS: dict[str, Any] = yaml.safe_load((EVENTS / "asyncapi.yaml").read_text("utf-8"))["channels"]
SERVICES = ("identity", "orgs", "conferences", "notifications")


def sources_of(service: str) -> str:
    package = ROOT / ("gateway" if service == "gateway" else f"services/{service}") / "src" / service
    return "".join(path.read_text("utf-8") for path in package.rglob("*.py"))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_listens_to_what_is_said_of_it(service: str) -> None:
    said = {type_ for type_, channel in CHANNELS.items() if service in channel["x-listeners"]}

    assert set(import_module(f"{service}.reactions").REACTIONS) == said


def test_the_gateway_listens_to_what_is_said_of_it() -> None:
    for type_, channel in CHANNELS.items():
        assert (type_ in sources_of("gateway")) is ("gateway" in channel["x-listeners"])


@pytest.mark.parametrize("type_", CHANNELS)
def test_a_fact_has_its_schema_and_is_sent_by_whose_name_it_bears(type_: str) -> None:
    channel = CHANNELS[type_]
    sender = type_.partition(".")[0]
    # A family of facts may be made by one function: its last words are then put together.
    stem = type_.removesuffix(".v1").rpartition(".")[0]

    assert (channel["x-sender"], channel["address"]) == (sender, f"gr.epresence.{type_}")
    assert channel["messages"]["fact"]["payload"] == {"$ref": f"./{type_}.json"}
    assert (EVENTS / f"{type_}.json").is_file()
    assert f'"{stem}.' in sources_of(sender), f"{sender} never sends {type_}"
