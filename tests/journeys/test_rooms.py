"""The room behind a conference, in the whole suite: entered in time, closed for sure, never twice (S20, S26, O9)."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runner.running import Running
from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.test_attendance import NAMES, room_for
from tests.journeys.test_main_job import enter, plan_now
from tests.journeys.visitor import Addresses, Visitor, secret_in


def ticket_of(outside: Outside, coordinator: Visitor, conference: dict[str, Any]) -> str:
    """Invite a guest; the way to the door in the mail."""
    here, address = f"/api/v1/conferences/{conference['id']}", f"guest.{conference['id']}@elsewhere.example"
    coordinator.post(f"{here}/participants", {"people": [{"email": address, "name": "Ζωή Καλεσμένη"}]})
    coordinator.post(f"{here}/invitations", {}, expect=202)
    return f"/api/v1/join/{secret_in(link_in(outside.mail_with(address, '/join/'), '/join/'))}"


def in_minutes(minutes: int) -> dict[str, str]:
    start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}


def test_the_door_opens_ten_minutes_before(at: Addresses, outside: Outside, coordinator: Visitor) -> None:
    soon, later = (plan_now(coordinator, **in_minutes(minutes)) for minutes in (9, 13))
    open_door, closed_door = (ticket_of(outside, coordinator, conference) for conference in (soon, later))
    guest = Visitor(at)

    assert guest.get(closed_door)["state"] == "waiting"
    refused = guest.call("POST", closed_door, json={}, expect=409).json()
    assert refused["type"] == "/problems/join-not-open"
    assert datetime.fromisoformat(refused["opens_at"]) == datetime.fromisoformat(later["starts_at"]) - timedelta(
        minutes=10
    )
    eventually(lambda: guest.get(open_door)["state"] == "open", what="the open door")
    eventually(lambda: guest.call("POST", open_door, json={}).status_code == 200, what="the way in")


def test_who_comes_before_the_room_is_told_when_to_come_again(
    at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    outside.put("/faults/zoom", mode="error")
    conference = plan_now(coordinator)
    door = ticket_of(outside, coordinator, conference)
    guest = Visitor(at)

    assert guest.get(door)["state"] == "preparing"
    refused = guest.call("POST", door, json={}, expect=503)
    assert refused.json()["type"] == "/problems/room-preparing"
    assert int(refused.headers["Retry-After"]) > 0

    outside.put("/faults/zoom", mode="off")
    way = eventually(
        lambda: (answer := guest.call("POST", door, json={}, expect=(200, 503))).ok and answer.json()["join_url"],
        within=90,
        what="the way in",
    )
    assert guest.post(door, {})["join_url"] == way, "another device gets the same link"


def test_a_place_taken_away_is_shut_here_and_at_the_provider(
    at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    conference = plan_now(coordinator)
    door = ticket_of(outside, coordinator, conference)
    eventually(lambda: Visitor(at).call("POST", door, json={}).status_code == 200, what="the way in")
    here = f"/api/v1/conferences/{conference['id']}"
    (participant,) = coordinator.get(f"{here}/participants")["items"]

    coordinator.call("DELETE", f"{here}/participants/{participant['id']}", expect=204)

    for method in ("GET", "POST"):
        refused = Visitor(at).call(method, door, json={} if method == "POST" else None, expect=410)
        assert refused.json()["type"] == "/problems/ticket-withdrawn"

    def statuses() -> set[str]:
        meeting = outside.meeting_of(conference["number"])
        return {registrant["status"] for registrant in meeting["registrants"]} if meeting else set()

    eventually(lambda: "approved" not in statuses(), what="the link dead at the provider")
    assert coordinator.get(here)["participant_count"] == 0


def test_cancelling_a_running_conference_puts_people_out(outside: Outside, coordinator: Visitor) -> None:
    here, meeting_id, registrant = room_for(outside, coordinator, NAMES[:2])
    for person in registrant.values():
        outside.move(meeting_id, person, "join")

    coordinator.call("DELETE", here, expect=204)

    eventually(lambda: meeting_id not in {m["id"] for m in outside.meetings()}, what="the meeting gone")
    stays = [stay for person in outside.attendance(meeting_id) for stay in person["stays"]]
    assert len(stays) == 2
    assert all(stay["left_at"] for stay in stays), "nobody is left inside"


def test_the_hosts_link_is_read_fresh_and_kept_nowhere(
    running: Running, outside: Outside, coordinator: Visitor
) -> None:
    here, _, _ = room_for(outside, coordinator, NAMES[:1])

    answers = [coordinator.call("POST", f"{here}/host-start", expect=200) for _ in range(2)]

    links = [str(answer.json()["start_url"]) for answer in answers]
    assert links[0] != links[1], "read anew each time"
    assert all(answer.headers["Cache-Control"] == "no-store" for answer in answers)
    secrets = [link.split("zak=")[1] for link in links]
    logs = b"".join(path.read_bytes() for path in running.suite.logs.iterdir())
    assert not [secret for secret in secrets if secret.encode() in logs]


@pytest.mark.long
def test_a_worker_killed_between_the_meeting_and_our_note_of_it(
    running: Running, outside: Outside, coordinator: Visitor
) -> None:
    """The provider makes the meeting while nobody listens any more: it is found by its marker, not made again."""
    outside.put("/faults/zoom", mode="slow", operation="meetings.create", delay_seconds=2, count=1)
    conference = plan_now(coordinator)
    marker = f"epresence:{conference['id']}:1"

    def made() -> list[dict[str, Any]]:
        return [meeting for meeting in outside.meetings() if meeting["agenda"].startswith(marker)]

    time.sleep(1)
    assert not made()
    os.kill(running.state()["conferences.worker"]["pid"], signal.SIGKILL)
    eventually(made, what="the meeting nobody noted")

    here = f"/api/v1/conferences/{conference['id']}"
    eventually(lambda: coordinator.get(here)["room"] == "ready", within=120, what="the room")
    assert len(made()) == 1


@pytest.mark.long
def test_a_conference_ends_at_its_time_by_itself(at: Addresses, outside: Outside, coordinator: Visitor) -> None:
    began = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=14)
    ends = began + timedelta(minutes=15)
    conference = plan_now(coordinator, starts_at=began.isoformat(), ends_at=ends.isoformat())
    here = f"/api/v1/conferences/{conference['id']}"
    enter(at, f"{at.gateway}{ticket_of(outside, coordinator, conference)}")
    meeting = outside.meeting_of(conference["number"])
    assert meeting
    (guest,) = meeting["registrants"]
    outside.move(meeting["id"], guest["id"], "join")

    ended = eventually(
        lambda: (seen := coordinator.get(here))["room"] == "closed" and seen, within=120, what="the closed room"
    )

    assert datetime.now(UTC) - ends < timedelta(seconds=30)
    assert (ended["state"], ended["ended_at"]) == ("ended", ended["ends_at"])
    (person,) = outside.attendance(meeting["id"])
    assert all(stay["left_at"] for stay in person["stays"]), "nobody is left inside"
    after = next(m for m in outside.meetings() if m["id"] == meeting["id"])
    assert (after["status"], after["settings"]["join_before_host"]) == ("waiting", False)
    (row,) = coordinator.get(f"{here}/report")["participants"]
    assert row["state"] == "connected"
