"""«Αποστολή Email» through the gateway: to all coordinators of one institution, one mail each (S15)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from runner.running import Running
from tests.conftest import COORDINATORS
from tests.journeys import copies
from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import membership
from tests.journeys.visitor import Addresses, Visitor

LEAD, ELSEWHERE = "institution-coordinator-1", "institution-coordinator-other"


def forget_what_was_sent(running: Running) -> None:
    """A day has few messages, and others of the suite write, too."""
    with copies.database(running, "notifications") as connection:
        connection.execute("DELETE FROM coordinator_message")


@pytest.fixture(autouse=True)
def a_new_day(running: Running) -> None:
    forget_what_was_sent(running)


def signed_in(at: Addresses, persona: str) -> Visitor:
    person = Visitor(at)
    person.sign_in(persona)
    return person


def home_of(person: Visitor) -> str:
    placed = eventually(lambda: membership(person), what="the membership")
    return str(placed["institution"]["id"])


def text(subject: str = "Δοκιμή") -> dict[str, Any]:
    return {"subject": f"{subject} {datetime.now(UTC):%H%M%S%f}", "body": "Πρώτη γραμμή\nδεύτερη <γραμμή>"}


def test_a_message_reaches_every_coordinator_of_the_institution_once_and_nobody_else(
    at: Addresses, outside: Outside
) -> None:
    people = {persona: signed_in(at, persona) for persona in COORDINATORS}
    lead = people[LEAD]
    here = home_of(lead)
    addresses = {
        person.get("/api/v1/session")["person"]["email"] for person in people.values() if home_of(person) == here
    }
    written, path = text(), f"/api/v1/institutions/{here}"

    options = lead.get(f"{path}/coordinator-message-options")
    answer = lead.call("POST", f"{path}/coordinator-messages", json=written, expect=202)

    place = answer.headers["Location"]
    expected = {"queued": 0, "sent": options["recipients"], "failed": 0, "dropped": 0}
    eventually(lambda: lead.get(place)["counts"] == expected, what="«all sent»")
    mails = [mail for mail in outside.get("/mail/messages")["items"] if written["subject"] in mail["subject"]]
    reached = [mail["to"] for mail in mails]
    assert len(reached) == len(set(reached)) == options["recipients"]
    assert len({mail["message_id"] for mail in mails}) == options["recipients"]
    assert addresses <= set(reached)
    assert people[ELSEWHERE].get("/api/v1/session")["person"]["email"] not in reached
    assert "δεύτερη <γραμμή>" in mails[0]["text"]
    assert "δεύτερη &lt;γραμμή&gt;" in mails[0]["html"]
    assert lead.get(f"{path}/coordinator-messages")["items"][0]["id"] == place.rpartition("/")[2]
    assert {each["state"] for each in lead.get(f"{place}/recipients")["items"]} == {"sent"}


def test_the_fourth_message_of_a_day_is_refused(at: Addresses) -> None:
    lead = signed_in(at, ELSEWHERE)
    path = f"/api/v1/institutions/{home_of(lead)}/coordinator-messages"
    for _ in range(3):
        lead.post(path, text(), expect=202)

    refused = lead.call("POST", path, json=text(), expect=429)

    assert refused.json()["type"] == "/problems/daily-limit"
    assert int(refused.headers["Retry-After"]) > 0


def test_nobody_else_writes_to_them_or_reads_what_was_written(at: Addresses) -> None:
    lead, unit, other = (signed_in(at, persona) for persona in (LEAD, "unit-coordinator-3", ELSEWHERE))
    path = f"/api/v1/institutions/{home_of(lead)}/coordinator-messages"
    place = lead.call("POST", path, json=text(), expect=202).headers["Location"]

    said = [person.call("POST", path, json=text(), expect=403).json()["reason"] for person in (unit, other)]

    assert said == ["institution-coordinators-only", "not-your-institution"]
    assert [person.call("GET", place).status_code for person in (unit, other)] == [404, 404]
