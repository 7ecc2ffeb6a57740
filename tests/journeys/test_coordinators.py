"""Inviting a coordinator, through the gateway and the mailbox: accepted, seen by others, and ended again (S12–S14)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import coordinates, roles_of
from tests.journeys.test_invitations import accept, fresh, invitation_mailed
from tests.journeys.test_main_job import activated
from tests.journeys.visitor import Addresses, Visitor

GENEROUS_SECONDS = 10.0
PERSONA = "user-7"  # whom an invitation made a coordinator is not asked for employment any more


def leader_of(at: Addresses, persona: str = "institution-coordinator-1") -> tuple[Visitor, str]:
    """A coordinator of the ministry, and where it is found."""
    leader = Visitor(at)
    leader.sign_in(persona)
    return leader, f"/api/v1/institutions/{leader.get('/api/v1/membership')['institution']['id']}"


def wish(leader: Visitor, here: str, address: str, surname: str) -> dict[str, Any]:
    (unit, *_) = leader.get(f"{here}/units")["items"]
    return {"surname": surname, "name": "Όνομα", "email": address, "phone": "2101234567", "unit_id": unit["id"]}


def row_of(leader: Visitor, here: str, address: str) -> dict[str, Any] | None:
    found = leader.get(f"{here}/coordinators?search={address}")["items"]
    return found[0] if found else None


def demoted_again(leader: Visitor, person: Visitor) -> None:
    person_id = person.get("/api/v1/session")["person"]["id"]
    leader.post(f"/api/v1/coordinators/{person_id}/demotion")


def test_an_invited_coordinator_coordinates_until_demoted(
    at: Addresses, outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    surname = outside.personas()[PERSONA]["surname"]
    known, own_address = activated(at, outside, PERSONA)
    leader, here = leader_of(at)
    address = fresh("coordinator")

    pending = leader.post(f"{here}/coordinator-invitations", wish(leader, here, address, surname), expect=201)

    listed = row_of(leader, here, address)
    assert listed is not None
    assert (listed["status"], listed["invitation_id"]) == ("pending", pending["invitation_id"])
    token = invitation_mailed(outside, address)
    assert "Συντονιστής Οργανικής Μονάδας" in outside.mail_with(address, "/invitation?token=")["text"]
    person = accept(at, PERSONA, token)
    accepted = time.monotonic()
    had: dict[str, Callable[[], bool]] = {
        "conferences": lambda: coordinates(person),
        "the session": lambda: roles_of(person) == ["unit_coordinator"],
        "the portal": lambda: "/conferences/new" in person.call("GET", "/conferences").text,
    }
    for where, there in had.items():
        eventually(there, within=GENEROUS_SECONDS, every=0.005, what=f"the role in {where}")
        with capsys.disabled():
            print(f"\na coordinator {(time.monotonic() - accepted) * 1000:.0f} ms after signing in: {where}", end="")
    person_id = person.get("/api/v1/session")["person"]["id"]
    assert roles_of(known) == ["unit_coordinator"], "also in the browser of before"

    details = leader.get(f"/api/v1/coordinators/{person_id}")
    assert (details["surname"], details["may"]) == (surname, ["demote"])
    proofs = {each["email"]: each["proof"] for each in details["account"]["emails"]}
    assert (proofs[own_address], proofs[address]) == ("link", "invitation")
    assert details["account"]["terms_accepted_at"] is not None
    other, _ = leader_of(at, "institution-coordinator-other")
    assert other.call("GET", f"/api/v1/coordinators/{person_id}").status_code == 404
    assert other.call("GET", f"{here}/coordinators", expect=403).json()["reason"] == "not-your-institution"

    leader.post(f"/api/v1/coordinators/{person_id}/demotion")
    left = time.monotonic()
    for where, gone in {name: lambda there=there: not there() for name, there in had.items()}.items():
        eventually(gone, within=GENEROUS_SECONDS, every=0.005, what=f"the end of the role in {where}")
        with capsys.disabled():
            print(f"\nno coordinator {(time.monotonic() - left) * 1000:.0f} ms after the demotion: {where}", end="")
    assert row_of(leader, here, address) is None
    assert outside.mail_with(own_address, "μετέτρεψε τον ρόλο σας")
    assert leader.call("GET", f"/api/v1/coordinators/{person_id}").status_code == 404


def test_another_surname_waits_for_the_inviter(at: Addresses, outside: Outside) -> None:
    person, _ = activated(at, outside, PERSONA)
    leader, here = leader_of(at)
    told = leader.get("/api/v1/session")["person"]["email"]
    address, surname = fresh("other-surname"), f"ΑΛΛΟ-{datetime.now(UTC):%H%M%S%f}"
    leader.post(f"{here}/coordinator-invitations", wish(leader, here, address, surname), expect=201)

    person = accept(at, PERSONA, invitation_mailed(outside, address))

    waiting = eventually(
        lambda: (row := row_of(leader, here, address)) and row["status"] == "surname_differs" and row,
        what="the question",
    )
    assert waiting["accepted_surname"] == outside.personas()[PERSONA]["surname"]
    assert "Την πρόσκληση αποδέχτηκε" in outside.mail_with(told, surname)["text"]
    assert roles_of(person) == ["user"]
    leader.post(f"/api/v1/coordinator-invitations/{waiting['invitation_id']}/confirmation")
    eventually(lambda: roles_of(person) == ["unit_coordinator"], what="the role")
    demoted_again(leader, person)


def test_an_invitation_taken_back_lets_nobody_in(at: Addresses, outside: Outside) -> None:
    person, _ = activated(at, outside, PERSONA)
    leader, here = leader_of(at)
    address = fresh("taken-back")
    surname = outside.personas()[PERSONA]["surname"]
    made = leader.post(f"{here}/coordinator-invitations", wish(leader, here, address, surname), expect=201)
    token = invitation_mailed(outside, address)

    leader.call("DELETE", f"/api/v1/coordinator-invitations/{made['invitation_id']}", expect=204)
    time.sleep(1)  # identity hears of it
    accept(at, PERSONA, token)

    assert roles_of(person) == ["user"]
    assert row_of(leader, here, address) is None


def test_who_coordinates_here_needs_no_invitation(at: Addresses, outside: Outside) -> None:
    leader, here = leader_of(at)
    second = Visitor(at)
    second.sign_in("institution-coordinator-2")
    address = second.get("/api/v1/session")["person"]["email"]

    refused = leader.call(
        "POST", f"{here}/coordinator-invitations", json=wish(leader, here, address, "ΓΕΩΡΓΙΟΥ"), expect=409
    )

    assert refused.json()["type"] == "/problems/already-coordinator"
