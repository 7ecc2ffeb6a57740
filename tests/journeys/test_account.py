"""«Ο Λογαριασμός μου» through the whole suite: details, unit, extra addresses, sessions (S5, S7, O1)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import requests

from runner.running import Running
from tests.journeys.identities import replica, restart
from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.test_main_job import plan_now
from tests.journeys.visitor import Addresses, Visitor, secret_in

ACCOUNT, EMAILS, SESSIONS = "/api/v1/account", "/api/v1/account/emails", "/api/v1/account/sessions"


@pytest.fixture
def person(at: Addresses) -> Iterator[Visitor]:
    """A coordinator whose account is left as it was found."""
    person = Visitor(at)
    person.sign_in("unit-coordinator-2")
    found = person.get(ACCOUNT)["emails"]
    yield person
    give_back(person, found)


def give_back(person: Visitor, found: list[dict[str, Any]]) -> None:
    (primary,) = (each["id"] for each in found if each["primary"])
    person.post(f"{EMAILS}/{primary}/primary")
    for each in person.get(EMAILS)["items"]:
        if each["id"] not in {one["id"] for one in found}:
            person.call("DELETE", f"{EMAILS}/{each['id']}", expect=204)


def fresh(name: str) -> str:
    return f"{name}.{datetime.now(UTC):%H%M%S%f}@elsewhere.example"


def add(person: Visitor, address: str) -> dict[str, Any]:
    return dict(person.post(EMAILS, {"email": address}, expect=201))


def prove(at: Addresses, outside: Outside, address: str, words: str = "επιπλέον email") -> None:
    mail = outside.mail_with(address, words)
    Visitor(at).post("/api/v1/email-confirmations", {"token": secret_in(link_in(mail, "/confirm?token="))})


def test_details_are_changed_against_the_version_read_and_the_unit_beside_them(person: Visitor) -> None:
    etag = person.call("GET", ACCOUNT, expect=200).headers["ETag"]

    without = person.call("PATCH", ACCOUNT, json={"phone": "210 123 4567"})
    changed = person.call("PATCH", ACCOUNT, json={"phone": "210 123 4567"}, headers={"If-Match": etag})
    stale = person.call("PATCH", ACCOUNT, json={"phone": None}, headers={"If-Match": etag})

    assert (without.status_code, changed.status_code, stale.status_code) == (428, 200, 412)
    assert person.get(ACCOUNT)["phone"] == "+302101234567"
    here = person.get("/api/v1/membership")
    units = person.get(f"/api/v1/institutions/{here['institution']['id']}/units")["items"]
    other = next(unit for unit in units if unit["id"] != here["unit"]["id"])
    for unit_id in (other["id"], here["unit"]["id"]):
        chosen = person.call("PUT", f"{ACCOUNT}/unit", json={"unit_id": unit_id}, expect=200).json()
        assert chosen["unit"]["id"] == unit_id


def test_a_proven_extra_address_brings_its_places_and_may_become_the_primary_one(
    at: Addresses, outside: Outside, person: Visitor, coordinator: Visitor
) -> None:
    old = next(each for each in person.get(EMAILS)["items"] if each["primary"])
    address = fresh("extra")
    conference = plan_now(coordinator)
    here = f"/api/v1/conferences/{conference['id']}/participants"
    coordinator.post(here, {"people": [{"email": address, "name": "Επισκέπτρια"}]})

    extra = add(person, address)
    assert person.get(EMAILS)["free"] == 2
    prove(at, outside, address)

    def place() -> dict[str, Any]:
        (found,) = coordinator.get(here)["items"]
        return dict(found)

    eventually(lambda: not place()["guest"], what="the place of somebody with an account")
    person.post(f"{EMAILS}/{extra['id']}/primary")
    told = outside.mail_with(old["email"], "ορίστηκε άλλη διεύθυνση ως βασικό email")
    assert "another address became the primary e-mail" in told["text"]
    assert person.get("/api/v1/session")["person"]["email"] == address, "the session goes on"
    person.post(f"{EMAILS}/{old['id']}/primary")
    person.call("DELETE", f"{EMAILS}/{extra['id']}", expect=204)
    assert not place()["guest"], "what became the person's stays the person's"


def test_whoever_proves_an_address_first_has_it_and_the_other_is_told(
    at: Addresses, outside: Outside, person: Visitor
) -> None:
    other = Visitor(at)
    other.sign_in("unit-coordinator-3")
    others_primary = next(each["email"] for each in other.get(EMAILS)["items"] if each["primary"])
    address = fresh("wanted")
    add(other, address)
    losing = secret_in(link_in(outside.mail_with(address, "επιπλέον email"), "/confirm?token="))
    add(person, address.upper())
    eventually(lambda: len(outside.mails_to(address)) == 2, what="both links")

    prove(at, outside, address)

    assert address not in [each["email"] for each in other.get(EMAILS)["items"]]
    assert outside.mail_with(others_primary, address)["subject"].startswith("Μια διεύθυνση δεν προστέθηκε")
    spent = Visitor(at).call("POST", "/api/v1/email-confirmations", json={"token": losing})
    assert (spent.status_code, spent.json()["type"]) == (410, "/problems/token-spent")
    taken = other.call("POST", EMAILS, json={"email": address})
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/email-taken")


def test_sessions_are_listed_by_device_and_ended_elsewhere(at: Addresses, person: Visitor) -> None:
    phone = Visitor(at)
    phone.sign_in("unit-coordinator-2")
    listed = phone.get(SESSIONS)["items"]
    (current,) = (each for each in listed if each["current"])
    assert set(current) == {"id", "device", "signed_in_at", "last_used_at", "current"}
    person.get("/api/v1/membership")

    phone.call("DELETE", SESSIONS, expect=204)

    for operation in ("/api/v1/session", "/api/v1/membership", "/api/v1/conferences?scope=current"):
        eventually(
            lambda operation=operation: person.call("GET", operation).status_code == 401,
            within=5,
            what=f"the refusal of {operation}",
        )
    assert [each["id"] for each in phone.get(SESSIONS)["items"]] == [current["id"]]
    phone.call("DELETE", f"{SESSIONS}/{current['id']}", expect=204)
    eventually(lambda: phone.call("GET", "/api/v1/session").status_code == 401, within=5, what="the own end")
    person.sign_in("unit-coordinator-2")


def test_the_limits_of_a_session_hold_over_a_restart_and_at_every_replica(running: Running, at: Addresses) -> None:
    person = Visitor(at)
    person.sign_in("unit-coordinator-2")
    with replica(running) as second:
        addresses = (running.suite.url("identity.web"), second)
        assert [alive(running, person, address, prolong=True) for address in addresses] == [True, True]

        age(running, session_of(person), used="29 minutes 30 seconds", created="1 hour")
        restart(running)
        assert [alive(running, person, address, prolong=False) for address in addresses] == [True, True]
        age(running, session_of(person), used="30 minutes", created="1 hour")
        assert [alive(running, person, address, prolong=True) for address in addresses] == [False, False]

        person.sign_in("unit-coordinator-2")  # what has expired may have been swept away
        age(running, session_of(person), used="0 minutes", created="11 hours 59 minutes")
        assert [alive(running, person, address, prolong=True) for address in addresses] == [True, True]
        age(running, session_of(person), used="0 minutes", created="12 hours")
        assert [alive(running, person, address, prolong=True) for address in addresses] == [False, False]


def session_of(person: Visitor) -> str:
    return str(person.cookies["__Host-epresence"].value)


def alive(running: Running, person: Visitor, address: str, *, prolong: bool) -> bool:
    """What the gateway asks for each request, whichever replica answers."""
    body = {"credential": {"kind": "session", "value": session_of(person)}, "audience": "orgs", "prolong": prolong}
    headers = {"Authorization": f"Internal {running.keys['INTERNAL_SECRET']}"}
    answer = requests.post(f"{address}/internal/token-exchange", json=body, headers=headers, timeout=10)
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200


def age(running: Running, session: str, *, used: str, created: str) -> None:
    """As if so much time had passed since the session was used, and since it began."""
    address = running.processes.service("identity", "web").environment["DATABASE_URL"]
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        moved = connection.execute(
            """
            UPDATE browser_session
            SET last_used_at = now() - CAST(%s AS interval), created_at = now() - CAST(%s AS interval)
            WHERE token_digest = sha256(CAST(%s AS bytea))
            """,
            (used, created, session.encode()),
        )
        assert moved.rowcount == 1
