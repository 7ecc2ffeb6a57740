"""Many at once, one legal outcome: through the gateway, on real rows, with the sandbox counting what reached it."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import requests

from runner.running import Running
from tests.journeys.copies import database
from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.roles import coordinates, give_role, roles_of
from tests.journeys.test_coordinators import demoted_again, leader_of, wish
from tests.journeys.test_handover import CONFERENCES, id_of, left_to
from tests.journeys.test_invitations import accept, fresh
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


class Booked(NamedTuple):
    """One answer to somebody who plans a conference, and the moments around it."""

    asked: float
    answered: float
    status: int
    conference_id: str | None


def test_a_coordinator_demoted_while_planning(running: Running, at: Addresses, outside: Outside) -> None:
    """What was answered 201 is there and left to the institution's coordinators; then 403, and nothing else ever."""
    person, _ = activated(at, outside, "user-2")
    give_role(running, person, "unit_coordinator")
    leader, _ = leader_of(at)
    answers: list[Booked] = []

    def plan_until_refused(_: int) -> None:
        refused = 0
        while refused < 5:
            asked = time.monotonic()
            answer = person.call("POST", CONFERENCES, json={"title": "Πριν το τέλος", **quiet_hour()})
            made = answer.json()["id"] if answer.status_code == 201 else None
            answers.append(Booked(asked, time.monotonic(), answer.status_code, made))
            refused += answer.status_code != 201
            assert len(answers) < 2_000, "the demotion was not heard"

    with ThreadPoolExecutor(max_workers=6) as pool:
        planning = [pool.submit(plan_until_refused, n) for n in range(6)]
        eventually(lambda: len(answers) >= 12, every=0.01, what="the first conferences")
        leader.post(f"/api/v1/coordinators/{id_of(person)}/demotion")
        for one in planning:
            one.result(60)

    assert {answer.status for answer in answers} == {201, 403}
    heard = min(answer.answered for answer in answers if answer.status == 403)
    assert {answer.status for answer in answers if answer.asked > heard} == {403}
    made = {answer.conference_id for answer in answers if answer.conference_id is not None}
    eventually(lambda: made <= left_to(leader), what="what was planned, left to the institution's coordinators")
    for conference_id in made:
        assert "handover" in leader.get(f"{CONFERENCES}/{conference_id}")["may"]
        leader.call("DELETE", f"{CONFERENCES}/{conference_id}", expect=204)


def place_of(running: Running, service: str, person_id: str) -> dict[str, object]:
    """Institution, unit and role, as this service has them."""
    query = "SELECT institution_id::text, unit_id::text, role FROM membership WHERE person_id = %s"
    with database(running, service) as connection:
        (found,) = connection.execute(query, (person_id,)).fetchall()
    return found


def test_two_institutions_invite_one_address(running: Running, at: Addresses, outside: Outside) -> None:
    """Both invitations arrive and both are accepted: somebody is in one place at a time, the same for everybody."""
    persona = "user-7"  # whom an invitation made a coordinator is not asked for employment any more
    person, _ = activated(at, outside, persona)
    inviting = [leader_of(at, "institution-coordinator-other"), leader_of(at)]
    address, surname = fresh("wanted-twice"), outside.personas()[persona]["surname"]

    made = at_once(
        2,
        lambda n: inviting[n][0].post(
            f"{inviting[n][1]}/coordinator-invitations", wish(*inviting[n], address, surname), expect=201
        ),
    )

    mails = eventually(lambda: len(found := outside.mails_to(address)) == 2 and found, what="both mails")
    names = [leader.get("/api/v1/membership")["institution"]["name"] for leader, _ in inviting]
    for (leader, here), invitation, name in zip(inviting, made, names, strict=True):
        (mail,) = [mail for mail in mails if name in mail["text"]]
        accept(at, persona, secret_in(link_in(mail, "/invitation?token=")))
        place = {
            "institution_id": here.rsplit("/", 1)[1],
            "unit_id": invitation["unit"]["id"],
            "role": "unit_coordinator",
        }
        for service in ("orgs", "identity", "conferences"):
            eventually(
                lambda service=service, place=place: place_of(running, service, id_of(person)) == place,
                what=f"{place} in {service}",
            )
        assert (roles_of(person), coordinates(person)) == (["unit_coordinator"], True)
        listed = leader.get(f"{here}/coordinators?search={surname}")["items"]
        assert [row["status"] for row in listed if row["id"] == id_of(person)] == ["active"]
    first, there = inviting[0]
    assert id_of(person) not in [row["id"] for row in first.get(f"{there}/coordinators?search={surname}")["items"]]
    demoted_again(inviting[1][0], person)
