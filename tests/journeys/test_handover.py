"""Conferences change hands: handed over, and left by who stops being a coordinator (S24, S25)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from runner.running import Running
from tests.journeys import copies
from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.roles import give_role
from tests.journeys.test_main_job import activated, enter, plan_now
from tests.journeys.visitor import Addresses, Visitor, secret_in

CONFERENCES, HANDOVERS, STEP_DOWN = "/api/v1/conferences", "/api/v1/handovers", "/api/v1/account/step-down"
LEFT = f"{CONFERENCES}?scope=planned&as=manager&without_coordinator=true&limit=200"
LEAVES, ALONE = "user-2", "user-5"  # one of the ministry's, one of a region that nobody leads


@pytest.fixture
def leaver(running: Running, at: Addresses, outside: Outside) -> tuple[Visitor, str]:
    person, address = activated(at, outside, LEAVES)
    give_role(running, person, "unit_coordinator")
    return person, address


def signed_in(at: Addresses, persona: str) -> Visitor:
    person = Visitor(at)
    person.sign_in(persona)
    return person


def id_of(person: Visitor) -> str:
    return str(person.get("/api/v1/session")["person"]["id"])


def plan_later(coordinator: Visitor, *, days: int) -> dict[str, Any]:
    start = (datetime.now(UTC) + timedelta(days=days)).replace(second=0, microsecond=0)
    return plan_now(
        coordinator, starts_at=start.isoformat(), ends_at=(start + timedelta(minutes=30)).isoformat(), participants=[]
    )


def local_time(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo('Europe/Athens')):%H:%M}"


def left_to(person: Visitor) -> set[str]:
    return {conference["id"] for conference in person.get(LEFT)["items"]}


def test_a_running_conference_goes_on_under_another_coordinator(
    at: Addresses, outside: Outside, leaver: tuple[Visitor, str], free_hosts: None
) -> None:
    old, old_address = leaver
    new = signed_in(at, "unit-coordinator-1")
    guest = f"guest.{datetime.now(UTC):%H%M%S%f}@elsewhere.example"
    conference = plan_now(old)
    here, title = f"{CONFERENCES}/{conference['id']}", str(conference["title"])
    old.post(f"{here}/participants", {"people": [{"email": guest, "name": "Άννα"}]})
    old.post(f"{here}/invitations", {}, expect=202)
    link = link_in(outside.mail_with(guest, title), "/join/")
    eventually(lambda: old.get(here)["room"] == "ready", what="the room")

    (candidate,) = old.get(f"{here}/handover-candidates?search=νικολάου γεώργιος")["items"]
    handed = old.post(f"{here}/handover", {"person_id": candidate["person_id"]})

    assert candidate["person_id"] == id_of(new)
    assert handed["coordinator"] == {"id": id_of(new), "name": "ΝΙΚΟΛΑΟΥ ΓΕΩΡΓΙΟΣ"}
    assert old.call("GET", here).status_code == 404
    assert {"edit", "end", "handover"} <= set(new.get(here)["may"])
    ticket = Visitor(at).get(f"/api/v1/join/{secret_in(link)}")
    assert ticket["conference"]["coordinator_name"] == "ΝΙΚΟΛΑΟΥ ΓΕΩΡΓΙΟΣ"
    assert enter(at, link)
    given, taken = (
        outside.mail_with(old_address, title),
        outside.mail_with(new.get("/api/v1/session")["person"]["email"], title),
    )
    assert given["subject"] == f"Παράδοση τηλεδιάσκεψης: {title} | Conference handed over"
    assert "ΝΙΚΟΛΑΟΥ ΓΕΩΡΓΙΟΣ" in given["text"]
    assert taken["subject"] == f"Αναλάβατε την τηλεδιάσκεψη: {title} | You are now the coordinator"
    assert "ΚΩΝΣΤΑΝΤΙΝΟΥ ΠΕΤΡΟΣ" in taken["text"]
    assert f"/conferences/{conference['id']}" in taken["text"]
    assert len([mail for mail in outside.mails_to(guest) if title in mail["text"]]) == 1, "participants hear nothing"
    new.post(f"{here}/end")
    assert new.get(f"{here}/report")["coordinator"]["name"] == "ΝΙΚΟΛΑΟΥ ΓΕΩΡΓΙΟΣ"
    old.post(STEP_DOWN, {"role": "user"})


def test_what_a_leaving_coordinator_planned_waits_in_a_list_and_is_handed_over(
    at: Addresses, outside: Outside, leaver: tuple[Visitor, str]
) -> None:
    person, address = leaver
    leader, new = signed_in(at, "institution-coordinator-1"), signed_in(at, "unit-coordinator-2")
    planned = [plan_later(person, days=days) for days in (40, 41)]
    ids = {conference["id"] for conference in planned}
    assert not ids & left_to(leader)

    person.post(STEP_DOWN, {"role": "user"})

    eventually(lambda: ids <= left_to(leader), what="what was left")
    assert person.call("GET", f"{CONFERENCES}/{planned[0]['id']}").status_code == 404
    assert not ids & left_to(signed_in(at, "institution-coordinator-other"))
    refused = person.call("POST", HANDOVERS, json={"from": id_of(person), "to": id_of(new)}, expect=403).json()
    assert refused["reason"] == "coordinators-only"
    done = leader.post(HANDOVERS, {"from": id_of(person), "to": id_of(new)})
    assert [each["id"] for each in done["items"]] == [conference["id"] for conference in planned]
    assert not ids & left_to(leader)
    mine = {each["id"] for each in new.get(f"{CONFERENCES}?scope=planned&as=coordinator&limit=200")["items"]}
    assert ids <= mine
    mail = outside.mail_with(new.get("/api/v1/session")["person"]["email"], str(planned[0]["title"]))
    assert "2 τηλεδιασκέψεις" in mail["subject"]
    assert str(planned[1]["title"]) in mail["text"]
    assert outside.mail_with(address, str(planned[1]["title"]))
    for id_ in ids:
        new.call("DELETE", f"{CONFERENCES}/{id_}", expect=204)


def test_what_a_demoted_coordinator_left_is_mailed_once_to_each_leader(
    running: Running, at: Addresses, outside: Outside, leaver: tuple[Visitor, str]
) -> None:
    person, _ = leaver
    leaders = [signed_in(at, persona) for persona in ("institution-coordinator-1", "institution-coordinator-2")]
    planned = [plan_later(person, days=days) for days in (43, 44)]
    addresses = [leader.get("/api/v1/session")["person"]["email"] for leader in leaders]
    other = signed_in(at, "institution-coordinator-other").get("/api/v1/session")["person"]["email"]
    eventually(lambda: copies.quiet(running), what="the end of what is on its way")
    known = {mail["id"] for address in (*addresses, other) for mail in outside.mails_to(address)}

    def new_mails(address: str) -> list[dict[str, Any]]:
        return [mail for mail in outside.mails_to(address) if mail["id"] not in known]

    leaders[0].post(f"/api/v1/coordinators/{id_of(person)}/demotion")

    eventually(lambda: all(map(new_mails, addresses)), what="the mails")
    eventually(lambda: copies.quiet(running), what="the end of what is on its way")
    for address in addresses:
        (mail,) = new_mails(address)
        assert mail["subject"] == "Τηλεδιασκέψεις χωρίς Συντονιστή | Conferences without a coordinator"
        assert "2 προγραμματισμένες τηλεδιασκέψεις" in mail["text"]
        assert f", {local_time(planned[0]['starts_at'])} (ώρα Ελλάδας" in mail["text"]
        assert link_in(mail, "/conferences").endswith("/conferences#left")
        assert not [each for each in planned if str(each["title"]) in mail["text"]]
    assert new_mails(other) == []
    assert {conference["id"] for conference in planned} <= left_to(leaders[1])
    for conference in planned:
        leaders[1].call("DELETE", f"{CONFERENCES}/{conference['id']}", expect=204)


def test_what_the_last_coordinator_left_is_the_administrators_to_see_to(
    running: Running, at: Addresses, outside: Outside
) -> None:
    person, _ = activated(at, outside, ALONE)
    give_role(running, person, "institution_coordinator")
    administrator = Visitor(at)
    administrator.sign_in_as_administrator()
    planned = plan_later(person, days=42)
    here = f"{CONFERENCES}/{planned['id']}"

    person.post(STEP_DOWN, {"role": "user"})

    eventually(lambda: planned["id"] in left_to(administrator), what="what was left")
    candidates = administrator.get(f"{here}/handover-candidates")["items"]
    assert id_of(person) not in [each["person_id"] for each in candidates]
    administrator.call("DELETE", here, expect=204)
    assert planned["id"] not in left_to(administrator)
