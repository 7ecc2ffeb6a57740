"""Invitations to the platform, a coordinator's, a conference's, an operator's: each ends in an account (S19, S22)."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from runner.running import Running
from tests.journeys.outside import Outside, calendar_entries, eventually, link_in
from tests.journeys.test_main_job import plan_now
from tests.journeys.test_refusals import refusal_after
from tests.journeys.visitor import Addresses, Visitor, secret_in

OUTSIDER = "user-leading-zero"


def fresh(name: str) -> str:
    return f"{name}.{datetime.now(UTC):%H%M%S%f}@elsewhere.example"


@contextmanager
def unknown_to_the_register(outside: Outside, persona: str) -> Iterator[None]:
    employment = outside.personas()[persona]["employment"]
    outside.put(f"/personas/{persona}/employment", employment="none")
    try:
        yield
    finally:
        outside.put(f"/personas/{persona}/employment", employment=employment)


def invitation_mailed(outside: Outside, address: str) -> str:
    return secret_in(link_in(outside.mail_with(address, "/invitation?token="), "/invitation?token="))


def accept(at: Addresses, persona: str, token: str) -> Visitor:
    """Follow the link and sign in; somebody new accepts the texts, and nothing else is asked."""
    person = Visitor(at)
    missing = person.sign_in(persona, invitation=token)
    assert missing in ("terms", "done")
    if missing == "terms":
        person.accept_terms()
    return person


def test_an_invited_outsider_becomes_a_user_of_the_inviters_institution(
    at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    address = fresh("invited")
    invitation = coordinator.post(
        "/api/v1/invitations", {"email": address, "surname": "ΕΞΩΤΕΡΙΚΗ", "name": "ΕΙΡΗΝΗ"}, expect=201
    )
    token = invitation_mailed(outside, address)

    with unknown_to_the_register(outside, OUTSIDER):
        person = accept(at, OUTSIDER, token)
        (email,) = person.get("/api/v1/account")["emails"]
        account = person.get("/api/v1/account")

    assert (email["email"], email["confirmed"], email["primary"], email["proof"]) == (address, True, True, "invitation")
    assert (account["status"], account["employment"]) == ("active", "none")
    mine = {row["id"]: row for row in coordinator.get("/api/v1/invitations?state=accepted")["items"]}
    assert mine[invitation["id"]]["person_id"] == account["id"]
    inviters = coordinator.get("/api/v1/membership")["institution"]["id"]
    eventually(
        lambda: person.call("GET", "/api/v1/membership").json().get("institution", {}).get("id") == inviters,
        what="the membership",
    )
    assert person.get("/api/v1/conferences?scope=current")["items"] == []


def test_who_was_asked_for_with_a_conference_gets_both_mails_and_then_the_place(
    at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    address = fresh("participant")
    conference = plan_now(coordinator)
    here = f"/api/v1/conferences/{conference['id']}"
    coordinator.post(f"{here}/participants", {"people": [{"email": address, "name": "Ο'Νηλ", "account": "invite"}]})
    coordinator.post(f"{here}/invitations", {}, expect=202)
    token = invitation_mailed(outside, address)
    entry = outside.mail_with(address, str(conference["title"]))

    person = accept(at, "user-padded", token)

    def place() -> dict[str, Any]:
        (found,) = coordinator.get(f"{here}/participants")["items"]
        return dict(found)

    eventually(lambda: not place()["guest"], what="the place of somebody with an account")
    assert place()["email"] == address
    assert calendar_entries(entry)
    assert len(outside.mails_to(address)) == 2
    current = person.get("/api/v1/conferences?scope=current")["items"]
    assert [item["id"] for item in current] == [conference["id"]]


def test_the_first_administrator_comes_by_a_command(running: Running, at: Addresses, outside: Outside) -> None:
    address = fresh("administrator")
    command = running.processes.service("identity", "invite-administrator", address, "ΖΑΧΑΡΙΟΥ", "ΘΕΟΔΩΡΟΣ")
    subprocess.run(command.command, env=command.environment, check=True, capture_output=True, timeout=60)

    person = accept(at, OUTSIDER, invitation_mailed(outside, address))

    eventually(
        lambda: "platform_administrator" in [role["role"] for role in person.get("/api/v1/session")["roles"]],
        what="the administrator's role",
    )


def test_an_invitation_taken_back_during_the_sign_in_refuses_and_leaves_taxisnet(
    at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    """Whoever else it may be: refused at the last step, told why, signed out at TaxisNet (S1)."""
    address = fresh("revoked")
    invited = {"email": address, "surname": "ΧΑΤΖΗΣ", "name": "ΑΝΤΩΝΙΟΣ"}
    invitation = coordinator.post("/api/v1/invitations", invited, expect=201)
    person = Visitor(at)
    page = person.through_taxisnet("not-employed", invitation=invitation_mailed(outside, address))
    assert page.endswith("/sign-in")
    coordinator.call("DELETE", f"/api/v1/invitations/{invitation['id']}", expect=204)

    refused = person.call("POST", "/api/v1/sign-in/confirmation", json={"update_name": False}, expect=403).json()

    assert refused["reason"] == "invitation-spent"
    assert refusal_after(person, at, refused["logout_url"]) == "invitation-spent"
