"""The register is away at a first «Είσοδος»: the person enters, and what it says later is settled (S2)."""

from collections.abc import Iterator

import psycopg
import pytest

from runner.running import Running
from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.test_main_job import activated, plan_now
from tests.journeys.test_refusals import refusal_after
from tests.journeys.visitor import Addresses, Visitor, secret_in

PERSONA = "hrms-unavailable"
A_BODY = "2047"
MOVED = "user-unknown-body"
TWO_BODIES = ["2047", "1310"]


@pytest.fixture
def register(outside: Outside) -> Iterator[Outside]:
    yield outside
    outside.put(f"/personas/{PERSONA}/employment", employment="unavailable")


def ask_the_register_now(running: Running, person_id: str) -> None:
    """The next question is due within the hour; a test does not wait so long."""
    in_identity(
        running, "UPDATE timer SET due_at = now() WHERE name = 'employment.recheck' AND subject = %s", person_id
    )


def test_later_not_employed_closes_the_sign_in_and_keeps_the_places(
    running: Running, at: Addresses, register: Outside, coordinator: Visitor
) -> None:
    person, address = activated(at, register, PERSONA)
    person_id = person.get("/api/v1/session")["person"]["id"]
    assert person.get("/api/v1/account")["employment"] == "pending"
    conference = plan_now(coordinator, participants=[{"email": address}])
    here = f"/api/v1/conferences/{conference['id']}"
    coordinator.post(f"{here}/invitations", {}, expect=202)
    ticket = secret_in(link_in(register.mail_with(address, str(conference["title"])), "/join/"))

    def place_is_a_guests() -> bool:
        (place,) = coordinator.get(f"{here}/participants")["items"]
        return bool(place["guest"])

    assert not place_is_a_guests()

    register.put(f"/personas/{PERSONA}/employment", employment="none")
    ask_the_register_now(running, person_id)

    register.mail_with(address, "δεν μπορείτε πλέον να συνδεθείτε")
    eventually(lambda: person.call("GET", "/api/v1/session").status_code == 401, what="the end of the session")
    again = Visitor(at)
    assert refusal_after(again, at, again.through_taxisnet(PERSONA)) == "not-employed"
    eventually(place_is_a_guests, what="the guest's place")
    eventually(lambda: Visitor(at).get(f"/api/v1/join/{ticket}")["state"] == "open", what="the open door")
    answer = Visitor(at).call("POST", f"/api/v1/join/{ticket}", json={}, expect=(200, 503))
    assert answer.status_code == 200 or answer.json()["type"] == "/problems/room-preparing"

    register.put(f"/personas/{PERSONA}/employment", employment=[A_BODY])
    assert again.sign_in(PERSONA) == "done"
    assert again.get("/api/v1/account")["employment"] == "employed"
    eventually(lambda: not place_is_a_guests(), what="the person's place")


def test_an_outage_that_ends_settles_who_entered_meanwhile(running: Running, at: Addresses, outside: Outside) -> None:
    elsewhere = outside.personas()[MOVED]["employment"]
    outside.put("/faults/hrms", mode="error")
    person = Visitor(at)
    person.sign_in(MOVED)
    assert person.get("/api/v1/account")["institution_choices"] == []

    outside.put(f"/personas/{MOVED}/employment", employment=TWO_BODIES)
    outside.put("/faults/hrms", mode="off")
    ask_the_register_now(running, person.get("/api/v1/session")["person"]["id"])
    try:
        eventually(lambda: len(person.get("/api/v1/account")["institution_choices"]) == 2, what="the register's answer")
    finally:
        outside.put(f"/personas/{MOVED}/employment", employment=elsewhere)

    assert person.get("/api/v1/account")["employment"] == "employed"


LEFT = "coordinator-left"


def in_identity(running: Running, statement: str, *values: object) -> None:
    """Days go by in the rows, not on the clock."""
    address = running.processes.service("identity", "web").environment["DATABASE_URL"]
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        connection.execute(statement, values)


def ask_at_night(running: Running, person_id: str) -> None:
    forgotten = "UPDATE person SET employment_checked_at = NULL, employment_asked_until = NULL WHERE id = %s"
    in_identity(running, forgotten, person_id)
    in_identity(running, "UPDATE timer SET due_at = now(), lease = NULL WHERE name = 'employment.nightly'")


def last_question_now(running: Running, person_id: str) -> None:
    in_identity(
        running,
        "UPDATE person SET employment_flagged_at = employment_flagged_at - interval '31 days' WHERE id = %s",
        person_id,
    )
    in_identity(running, "UPDATE timer SET due_at = now() WHERE name = 'employment.lapse' AND subject = %s", person_id)


def test_a_coordinator_the_register_denies_is_warned_and_after_the_days_of_grace_a_user(
    running: Running, at: Addresses, outside: Outside
) -> None:
    """An outage in between demotes nobody."""
    persona = outside.personas()[LEFT]
    outside.put(f"/personas/{LEFT}/employment", employment=["5012"])
    try:
        person = Visitor(at)
        assert person.sign_in(LEFT) == "done"
        person_id = person.get("/api/v1/session")["person"]["id"]
        address = person.get("/api/v1/session")["person"]["email"]

        outside.put(f"/personas/{LEFT}/employment", employment="none")
        ask_at_night(running, person_id)
        eventually(lambda: person.get("/api/v1/session")["employment_settle_by"], what="the end of the days of grace")
        outside.mail_with(address, "απευθυνθείτε στη διεύθυνση προσωπικού")
        assert person.get("/api/v1/account")["employment"] == "none"

        outside.put("/faults/hrms", mode="error")
        last_question_now(running, person_id)
        eventually(lambda: unanswered(running, person_id) > 0, what="the question that nobody answers")
        assert role_of(person) == "unit_coordinator"

        outside.put("/faults/hrms", mode="off")
        in_identity(
            running, "UPDATE timer SET due_at = now() WHERE name = 'employment.lapse' AND subject = %s", person_id
        )
        eventually(lambda: role_of(person) == "user", what="the end of the role")
        outside.mail_with(address, "Από σήμερα είστε απλός χρήστης")
        assert person.get("/api/v1/session")["employment_settle_by"] is None
    finally:
        outside.put("/faults/hrms", mode="off")
        outside.put(f"/personas/{LEFT}/employment", employment=persona["employment"])


def unanswered(running: Running, person_id: str) -> int:
    address = running.processes.service("identity", "web").environment["DATABASE_URL"]
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        waiting = "SELECT payload->'retries' FROM timer WHERE name = 'employment.lapse' AND subject = %s"
        found = connection.execute(waiting, [person_id]).fetchone()
    return int(found[0]) if found is not None else 0


def role_of(person: Visitor) -> str:
    return str(person.get("/api/v1/session")["roles"][0]["role"])
