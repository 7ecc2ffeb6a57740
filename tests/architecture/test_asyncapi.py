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
SENT_BY_THE_CHASSIS = (".projection.requested.v1", ".snapshots.sent.v1")
REBUILDING = (".snapshot.v1", *SENT_BY_THE_CHASSIS)


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
    if not type_.endswith(SENT_BY_THE_CHASSIS):
        assert f'"{stem}.' in sources_of(sender), f"{sender} never sends {type_}"


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_copied_can_be_asked_for_and_its_owner_answers(service: str) -> None:
    """Every snapshot somebody listens to is made, whoever makes it hears the listener ask, and tells how far it is."""
    for type_, channel in CHANNELS.items():
        if service not in channel["x-listeners"] or not type_.endswith(".snapshot.v1"):
            continue
        owner = channel["x-sender"]

        assert type_.removesuffix(".snapshot.v1") in import_module(f"{owner}.snapshots").SNAPSHOTS
        assert owner in CHANNELS[f"{service}.projection.requested.v1"]["x-listeners"]
        assert service in CHANNELS[f"{owner}.snapshots.sent.v1"]["x-listeners"]


def test_what_rebuilding_needs_stays_between_two_services() -> None:
    straight = {type_ for type_, channel in CHANNELS.items() if channel["x-exchange"] == ""}

    assert straight == {type_ for type_ in CHANNELS if type_.endswith(REBUILDING)}


@pytest.mark.parametrize("path", sorted(EVENTS.glob("*.snapshot.v1.json")), ids=lambda path: path.stem)
def test_a_snapshot_says_what_the_fact_said(path: Path) -> None:
    aggregate = path.stem.removesuffix(".snapshot.v1")
    schema = yaml.safe_load(path.read_text("utf-8"))

    if aggregate == "notifications.message":  # two facts, told apart by `state`
        sent = yaml.safe_load((EVENTS / f"{aggregate}.sent.v1.json").read_text("utf-8"))
        assert schema["properties"].keys() == sent["properties"].keys() | {"state"}
    else:
        assert schema["allOf"] == [{"$ref": f"{aggregate}.changed.v1.json"}]
