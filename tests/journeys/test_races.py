"""Many at once, one legal outcome: through the gateway, on real rows, with the sandbox counting what reached it."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import requests

from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.test_main_job import activated
from tests.journeys.visitor import Addresses, Visitor, secret_in

Answer = TypeVar("Answer")


def at_once(times: int, act: Callable[[int], Answer], *, threads: int = 25) -> list[Answer]:
    with ThreadPoolExecutor(max_workers=min(times, threads)) as pool:
        return list(pool.map(act, range(times)))


def quiet_hour() -> dict[str, str]:
    """An hour of its own, weeks away: no other test books there."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(
        hours=random.randrange(24 * 20, 24 * 300)
    )
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}


def test_200_bookings_of_one_hour_on_20_hosts(outside: Outside, coordinator: Visitor) -> None:
    hour = quiet_hour()

    answers = at_once(
        200,
        lambda n: coordinator.call(
            "POST", "/api/v1/conferences", json={"title": f"Αγώνας {n}", **hour}, expect=(201, 409)
        ),
    )

    booked = [answer.json() for answer in answers if answer.status_code == 201]
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert len(booked) == 20
    assert {problem["type"] for problem in refused} == {"/problems/no-host-available"}
    alternatives = {(time["starts_at"], time["ends_at"]) for problem in refused for time in problem["alternatives"]}
    assert alternatives
    assert all(len(problem["alternatives"]) == 3 for problem in refused)
    for starts_at, ends_at in sorted(alternatives)[:3]:
        taken = coordinator.post(
            "/api/v1/conferences", {"title": "Εναλλακτική", "starts_at": starts_at, "ends_at": ends_at}, expect=201
        )
        coordinator.call("DELETE", f"/api/v1/conferences/{taken['id']}", expect=204)

    numbers = {conference["number"] for conference in booked}
    ours = eventually(
        lambda: (
            [m for number in numbers if (m := outside.meeting_of(number))]
            if all(map(outside.meeting_of, numbers))
            else None
        ),
        within=90,
        what="20 meetings",
    )
    markers = Counter(meeting["agenda"] for meeting in outside.meetings())
    assert [markers[meeting["agenda"]] for meeting in ours] == [1] * 20, "one meeting per conference"
    assert len({meeting["host_id"] for meeting in ours}) == 20
    for conference in booked:
        coordinator.call("DELETE", f"/api/v1/conferences/{conference['id']}", expect=204)


def test_400_parallel_adds_into_300_places(coordinator: Visitor) -> None:
    conference = coordinator.post("/api/v1/conferences", {"title": "Γεμάτη αίθουσα", **quiet_hour()}, expect=201)
    here = f"/api/v1/conferences/{conference['id']}"

    def add(n: int) -> str:
        body = {"people": [{"email": f"seat{n}@elsewhere.example", "name": f"Θέση {n}"}]}
        return str(coordinator.post(f"{here}/participants", body)["results"][0]["outcome"])

    assert Counter(at_once(400, add)) == {"added": 300, "over_capacity": 100}
    assert coordinator.get(here)["participant_count"] == 300
    coordinator.call("DELETE", here, expect=204)


def test_10_edits_of_one_version(coordinator: Visitor) -> None:
    conference = coordinator.post("/api/v1/conferences", {"title": "Έκδοση", **quiet_hour()}, expect=201)
    here = f"/api/v1/conferences/{conference['id']}"
    etag = coordinator.call("GET", here, expect=200).headers["ETag"]

    answers = at_once(
        10,
        lambda n: (
            coordinator.call("PATCH", here, json={"title": f"Έκδοση {n}"}, headers={"If-Match": etag}).status_code
        ),
    )

    assert sorted(answers) == [200] + [412] * 9
    coordinator.call("DELETE", here, expect=204)


def test_one_idempotency_key_makes_one_conference(coordinator: Visitor) -> None:
    body = {"title": "Μία φορά", **quiet_hour()}

    answers = at_once(
        10,
        lambda _: coordinator.call(
            "POST", "/api/v1/conferences", json=body, headers={"Idempotency-Key": "once-and-only"}
        ),
    )

    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    coordinator.call("DELETE", f"/api/v1/conferences/{made.pop()}", expect=204)


def test_20_first_sign_ins_of_one_tax_number(at: Addresses) -> None:
    visitors = [Visitor(at) for _ in range(20)]
    for visitor in visitors:
        visitor.through_taxisnet("user-5")

    at_once(20, lambda n: visitors[n].post("/api/v1/sign-in/confirmation", {"update_name": False}), threads=20)

    people = {visitor.get("/api/v1/session")["person"]["id"] for visitor in visitors}
    assert len(people) == 1


def test_50_uses_of_one_proof(at: Addresses, outside: Outside) -> None:
    person, _ = activated(at, outside, "user-4")
    address = f"proof.{datetime.now(UTC):%H%M%S%f}@staff.example"
    claimed = person.post("/api/v1/account/emails", {"email": address}, expect=201)
    token = secret_in(link_in(outside.mail_with(address, "/confirm?token="), "/confirm?token="))

    def use(_: int) -> int:
        return Visitor(at).call("POST", "/api/v1/email-confirmations", json={"token": token}).status_code

    answers: Counter[Any] = Counter(at_once(50, use))

    assert answers == {200: 1, 410: 49}
    assert requests.get(at.gateway + "/health/ready", timeout=10).ok
    person.call("DELETE", f"/api/v1/account/emails/{claimed['id']}", expect=204)
