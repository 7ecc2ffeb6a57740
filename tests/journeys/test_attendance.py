"""Attendance through the whole suite: the report says what the provider saw, whatever its messages do (S28)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.journeys.outside import Outside, eventually
from tests.journeys.test_main_job import plan_now
from tests.journeys.visitor import Visitor

NAMES = ("Άννα Μία", "Βασιλική Δύο", "Γεωργία Καμία")
# Every message, or every other: what the messages lacked comes from the provider's own list after the end.
FAULTS = [
    pytest.param("off", 1.0, id="in order"),
    pytest.param("duplicate_webhooks", 1.0, id="all twice"),
    pytest.param("reorder_webhooks", 0.5, id="half of them late"),
    pytest.param("drop_webhooks", 0.5, id="half of them lost"),
    pytest.param("drop_webhooks", 1.0, id="all lost"),
]


def room_for(outside: Outside, coordinator: Visitor, names: tuple[str, ...]) -> tuple[str, Any, dict[str, str]]:
    """A conference that began ten minutes ago: its path, its meeting, and the registrants by name."""
    began = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=10)
    conference = plan_now(coordinator, starts_at=began.isoformat())
    here = f"/api/v1/conferences/{conference['id']}"
    people = [{"email": f"p{n}.{conference['id']}@elsewhere.example", "name": name} for n, name in enumerate(names)]
    coordinator.post(f"{here}/participants", {"people": people})

    def meeting() -> dict[str, Any] | None:
        found = outside.meeting_of(conference["number"])
        return found if found and len(found["registrants"]) == len(names) else None

    found = eventually(meeting, what="a registrant for each")
    return here, found["id"], {person["name"]: person["id"] for person in found["registrants"]}


def moves(outside: Outside, meeting_id: Any, began: datetime, *steps: tuple[int, str, str]) -> None:
    """Who does what, so many seconds after `began`."""
    for seconds, registrant, action in steps:
        outside.move(meeting_id, registrant, action, began + timedelta(seconds=seconds))


def ensure_report_is_true(outside: Outside, coordinator: Visitor, here: str, meeting_id: Any) -> dict[str, int]:
    """After the end: the report's durations are the provider's own, to the second. Returns them by name."""
    coordinator.post(f"{here}/end", expect=200)
    eventually(lambda: coordinator.get(here)["room"] == "closed", what="the closed room")
    truth = {person["name"]: person["seconds"] for person in outside.attendance(meeting_id)}

    def said() -> dict[str, int]:
        return {p["name"]: p["duration_seconds"] for p in coordinator.get(f"{here}/report")["participants"]}

    eventually(lambda: said() == truth, within=120, every=1, what=f"a report saying {truth}")
    return truth


@pytest.mark.parametrize(("mode", "rate"), FAULTS)
def test_the_report_is_what_the_provider_saw(outside: Outside, coordinator: Visitor, mode: str, rate: float) -> None:
    here, meeting_id, registrant = room_for(outside, coordinator, NAMES)
    one, two, _ = (registrant[name] for name in NAMES)
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=9)

    outside.put("/faults/zoom", mode=mode, rate=rate)
    moves(
        outside, meeting_id, began,
        (0, one, "join"), (10, two, "join"),
        (20, one, "join"),  # a second device,
        (50, one, "leave"),  # gone again while the first stays
        (100, two, "leave"), (130, two, "join"),  # comes back
        (200, one, "leave"), (207, two, "leave"),  # nobody is in: the sitting is over
        (300, two, "join"), (311, one, "join"), (333, one, "leave"),  # another one, and Two stays to the end
    )  # fmt: skip
    truth = ensure_report_is_true(outside, coordinator, here, meeting_id)

    assert truth[NAMES[0]] == 200 + 22
    assert truth[NAMES[1]] > 90 + 77 + 200
    assert truth[NAMES[2]] == 0


@pytest.mark.parametrize("mode", ["duplicate_webhooks", "reorder_webhooks"])
def test_a_meeting_of_one_is_known_from_messages_alone(outside: Outside, coordinator: Visitor, mode: str) -> None:
    here, meeting_id, registrant = room_for(outside, coordinator, NAMES[:1])
    alone = registrant[NAMES[0]]
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=9)

    outside.put("/faults/zoom", mode=mode)
    moves(outside, meeting_id, began, (0, alone, "join"), (31, alone, "leave"), (60, alone, "join"))
    truth = ensure_report_is_true(outside, coordinator, here, meeting_id)

    assert truth[NAMES[0]] > 31 + 400
