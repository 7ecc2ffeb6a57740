"""Asking for a role and leaving one, through the gateway (S8)."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from runner.running import Running
from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import coordinates, give_role, membership, roles_of
from tests.journeys.test_main_job import activated
from tests.journeys.visitor import Addresses, Visitor

REQUESTS, OPTIONS = "/api/v1/role-requests", "/api/v1/role-request-options"
STEP_DOWN = "/api/v1/account/step-down"
GENEROUS_SECONDS = 10.0
EMPLOYMENT_CHANGES = "user-6"


def options_of(person: Visitor) -> dict[str, Any]:
    """Once orgs has heard of the person."""

    def heard() -> dict[str, Any] | None:
        offered = person.get(OPTIONS)
        return offered if offered["reason"] != "employment-pending" else None

    return eventually(heard, what="news of the person in orgs")


def wish(person: Visitor, **changes: Any) -> dict[str, Any]:
    (place, *_) = options_of(person)["institutions"]
    asked = {"role": "institution_coordinator", "institution_id": place["id"], "phone": "210 123 4567"}
    return {**asked, "reason": "Οργανώνω τις τηλεδιασκέψεις του φορέα.", **changes}


def test_whoever_decides_sees_the_request_until_it_is_withdrawn(at: Addresses, outside: Outside) -> None:
    person, address = activated(at, outside, "user-2")
    leader, other, unit_coordinator = Visitor(at), Visitor(at), Visitor(at)
    leader.sign_in("institution-coordinator-1")
    other.sign_in("institution-coordinator-other")
    unit_coordinator.sign_in("unit-coordinator-3")

    asked = person.post(REQUESTS, wish(person), expect=201)

    seen = {each["id"]: each for each in leader.get(f"{REQUESTS}?state=open")["items"]}[asked["id"]]
    assert (seen["person"]["email"], seen["phone"], seen["confirmed"]) == (address, "+302101234567", True)
    assert asked["id"] not in [each["id"] for each in other.get(f"{REQUESTS}?state=all")["items"]]
    assert other.call("GET", f"{REQUESTS}/{asked['id']}").status_code == 404
    assert unit_coordinator.call("GET", f"{REQUESTS}?state=open").json()["reason"] == "institution-coordinators-only"
    assert options_of(person)["reason"] == "role-request-open"
    again = {name: asked[name] for name in ("role", "institution_id", "unit_id", "phone", "reason")}
    refused = person.call("POST", REQUESTS, json=again, expect=409).json()
    assert refused["type"] == "/problems/role-request-open"

    person.call("DELETE", f"{REQUESTS}/{asked['id']}", expect=204)

    assert person.get(f"{REQUESTS}?state=mine")["items"][0]["state"] == "withdrawn"
    assert asked["id"] not in [each["id"] for each in leader.get(f"{REQUESTS}?state=open")["items"]]
    assert asked["id"] in [each["id"] for each in leader.get(f"{REQUESTS}?state=all")["items"]]


@pytest.fixture
def register(at: Addresses, outside: Outside) -> Iterator[Outside]:
    before = outside.personas()[EMPLOYMENT_CHANGES]["employment"]
    yield outside
    outside.put(f"/personas/{EMPLOYMENT_CHANGES}/employment", employment=before)
    Visitor(at).sign_in(EMPLOYMENT_CHANGES)


def test_a_request_ends_with_the_employment_and_comes_back_with_it(at: Addresses, register: Outside) -> None:
    before = register.personas()[EMPLOYMENT_CHANGES]["employment"]
    person, _ = activated(at, register, EMPLOYMENT_CHANGES)
    body = wish(person)
    asked = person.post(REQUESTS, body, expect=201)

    register.put(f"/personas/{EMPLOYMENT_CHANGES}/employment", employment="none")
    person.sign_in(EMPLOYMENT_CHANGES)

    eventually(lambda: person.get(f"{REQUESTS}/{asked['id']}")["state"] == "withdrawn", what="the end of the request")
    assert person.get(f"{REQUESTS}/{asked['id']}")["withdrawn_because"] == "employment_ended"
    refused = person.call("POST", REQUESTS, json=body, expect=403).json()
    assert (refused["type"], refused["reason"]) == ("/problems/not-employed", "not-employed")

    register.put(f"/personas/{EMPLOYMENT_CHANGES}/employment", employment=before)
    person.sign_in(EMPLOYMENT_CHANGES)

    eventually(lambda: person.get(OPTIONS)["reason"] is None, what="the employment in orgs")
    again = person.post(REQUESTS, body, expect=201)
    person.call("DELETE", f"{REQUESTS}/{again['id']}", expect=204)


def test_while_the_register_has_not_answered_nobody_asks(at: Addresses, outside: Outside) -> None:
    # What the register said to an earlier test would count.
    former, address = activated(at, outside, "hrms-unavailable")
    former.post("/api/v1/account/deletion", {"email": address}, expect=202)
    person, _ = activated(at, outside, "hrms-unavailable")
    placed = eventually(lambda: membership(person), what="the membership")
    body = {"role": "institution_coordinator", "institution_id": placed["institution"]["id"]}

    refused = person.call("POST", REQUESTS, json={**body, "phone": "2101234567", "reason": "Για τα ΚΕΠ."}, expect=409)

    assert refused.json()["type"] == "/problems/employment-pending"
    assert "ρωτάται ξανά" in refused.json()["detail"]


def test_who_works_for_two_bodies_may_ask_at_either(at: Addresses, register: Outside) -> None:
    (body,) = register.personas()[EMPLOYMENT_CHANGES]["employment"]
    person, _ = activated(at, register, EMPLOYMENT_CHANGES)
    register.put(f"/personas/{EMPLOYMENT_CHANGES}/employment", employment=[body, "5012"])
    person.sign_in(EMPLOYMENT_CHANGES)

    places = eventually(
        lambda: len(found := person.get(OPTIONS)["institutions"]) == 2 and found, what="both bodies in orgs"
    )

    assert {place["name"] for place in places} == {"Γενικό Νοσοκομείο Πατρών", "Δήμος Αθηναίων"}
    for place in places:
        (unit, *_) = person.get(f"/api/v1/institutions/{place['id']}/units")["items"]
        there = wish(person, role="unit_coordinator", institution_id=place["id"], unit_id=unit["id"])
        asked = person.post(REQUESTS, there, expect=201)
        person.call("DELETE", f"{REQUESTS}/{asked['id']}", expect=204)


def test_an_accepted_request_gives_the_role_everywhere_and_both_answers_are_mailed(
    at: Addresses, outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    person, address = activated(at, outside, "user-1")
    leader, late = Visitor(at), Visitor(at)
    leader.sign_in("institution-coordinator-1")
    late.sign_in("institution-coordinator-2")
    told = leader.get("/api/v1/session")["person"]["email"]
    body = wish(person)
    refused = person.post(REQUESTS, body, expect=201)
    assert "ζητά τον ρόλο" in outside.mail_with(told, "/users/requests")["text"]

    comment = f"Υπάρχει ήδη Συντονιστής ({refused['id']})."
    leader.post(f"{REQUESTS}/{refused['id']}/rejection", {"comment": comment})

    assert "απορρίφθηκε" in outside.mail_with(address, comment)["text"]
    assert person.get(f"{REQUESTS}/{refused['id']}")["comment"] == comment
    accepted = person.post(REQUESTS, body, expect=201)
    leader.post(f"{REQUESTS}/{accepted['id']}/acceptance")
    given = time.monotonic()

    had: dict[str, Callable[[], bool]] = {
        "conferences": lambda: coordinates(person),
        "the session": lambda: roles_of(person) == ["institution_coordinator"],
        "the portal": lambda: "/conferences/new" in person.call("GET", "/conferences").text,
    }
    for where, there in had.items():
        eventually(there, within=GENEROUS_SECONDS, every=0.005, what=f"the role in {where}")
        with capsys.disabled():
            print(f"\na coordinator {(time.monotonic() - given) * 1000:.0f} ms after the acceptance: {where}", end="")
    assert outside.mail_with(address, "Έχετε πλέον τον ρόλο")
    closed = late.call("POST", f"{REQUESTS}/{accepted['id']}/acceptance", expect=409).json()
    assert (closed["type"], closed["state"]) == ("/problems/role-request-closed", "accepted")
    person.post(STEP_DOWN, {"role": "user"})


def test_stepping_down_takes_effect_everywhere(
    running: Running, at: Addresses, outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    person, _ = activated(at, outside, "user-5")
    give_role(running, person, "institution_coordinator")

    person.post(STEP_DOWN, {"role": "unit_coordinator"})
    eventually(lambda: roles_of(person) == ["unit_coordinator"], what="the lower role in the session")
    assert "/conferences/new" in person.call("GET", "/conferences").text

    body = {"role": "user"}
    answer = person.post(STEP_DOWN, body)
    left = time.monotonic()

    assert answer["role"] == person.get("/api/v1/membership")["role"] == "user"
    no_more: dict[str, Callable[[], bool]] = {
        "conferences": lambda: not coordinates(person),
        "the session": lambda: roles_of(person) == ["user"],
        "the portal": lambda: "/conferences/new" not in person.call("GET", "/conferences").text,
    }
    for where, gone in no_more.items():
        eventually(gone, within=GENEROUS_SECONDS, every=0.005, what=f"the end of the role in {where}")
        with capsys.disabled():
            print(f"\nno coordinator {(time.monotonic() - left) * 1000:.0f} ms after stepping down: {where}", end="")
    refused = person.call("POST", STEP_DOWN, json=body, expect=409).json()
    assert (refused["type"], refused["role"]) == ("/problems/not-a-step-down", "user")
