"""Coordinators who edit each other's conferences, one way, through the gateway (S18)."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runner.running import Running
from tests.journeys.collaborating import CANDIDATES, COLLABORATIONS, accepted, asked, ended_before, id_of
from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import give_role
from tests.journeys.test_main_job import activated, plan_now
from tests.journeys.visitor import Addresses, Visitor

GENEROUS_SECONDS = 10.0


def tomorrows(owner: Visitor) -> str:
    """The path of a conference of theirs that is still to come."""
    start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1)
    period = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    return f"/api/v1/conferences/{plan_now(owner, **period)['id']}"


def sees(person: Visitor, path: str) -> bool:
    return person.call("GET", path, expect=(200, 404)).status_code == 200


def managed(person: Visitor) -> list[str]:
    found = person.get("/api/v1/conferences?scope=future&as=manager&limit=200")["items"]
    return [f"/api/v1/conferences/{each['id']}" for each in found]


def newest_mail(outside: Outside, address: str, subject: str, since: int) -> dict[str, Any]:
    return eventually(
        lambda: next((mail for mail in outside.mails_to(address)[since:] if subject in mail["subject"]), None),
        what=f"«{subject}»",
    )


def test_a_collaborator_edits_the_owners_conferences_until_it_ends(
    at: Addresses, outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    (owner, owner_address), (helper, helper_address), (other, _) = (
        activated(at, outside, f"unit-coordinator-{number}") for number in (1, 2, 3)
    )
    personas = outside.personas()
    ended_before(owner, helper, other)
    here = tomorrows(owner)
    before = {address: len(outside.mails_to(address)) for address in (owner_address, helper_address)}
    assert id_of(helper) in [each["id"] for each in owner.get(f"{CANDIDATES}?limit=200")["items"]]
    assert not sees(helper, here)

    (result,) = asked(owner, helper)
    assert result["outcome"] == "added"
    assert [each["outcome"] for each in asked(owner, helper, owner)] == ["already", "not_eligible"]
    assert id_of(helper) not in [each["id"] for each in owner.get(f"{CANDIDATES}?limit=200")["items"]]
    mail = newest_mail(outside, helper_address, "Αίτημα συνεργασίας", before[helper_address])
    assert f"{personas['unit-coordinator-1']['surname']} {personas['unit-coordinator-1']['name']}" in mail["text"]
    assert f"{at.gateway}/account/collaborators" in mail["text"]
    assert mail["text"].index("σας ζητά") < mail["text"].index("asks you to be their collaborator")
    assert not sees(helper, here), "asked is not accepted"
    path = f"{COLLABORATIONS}/{result['collaboration_id']}"
    assert other.call("POST", f"{path}/acceptance").status_code == 404
    assert owner.call("POST", f"{path}/acceptance").json()["reason"] == "not-your-request"

    helper.post(f"{path}/acceptance")
    since = time.monotonic()
    eventually(lambda: sees(helper, here), within=GENEROUS_SECONDS, every=0.005, what="the right in conferences")
    with capsys.disabled():
        print(f"\nmay edit {(time.monotonic() - since) * 1000:.0f} ms after accepting", end="")
    newest_mail(outside, owner_address, "έγινε δεκτό", before[owner_address])

    seen = helper.call("GET", here, expect=200)
    assert set(seen.json()["may"]) == set(owner.get(here)["may"]) - {"cancel", "postpone", "handover"}
    changes = {"title": "Την επεξεργάστηκε ο συνεργάτης"}
    helper.call("PATCH", here, json=changes, headers={"If-Match": seen.headers["ETag"]}, expect=200)
    helper.post(f"{here}/participants", {"people": [{"email": "guest@elsewhere.example"}]})
    assert (owner.get(here)["title"], owner.get(here)["participant_count"]) == (changes["title"], 1)
    refused = helper.call("DELETE", here, expect=403).json()
    assert refused["reason"] == "not-your-conference"
    assert here in managed(helper)
    assert not sees(owner, tomorrows(helper)), "one way only"

    helper.call("DELETE", path, expect=204)
    since = time.monotonic()
    eventually(lambda: not sees(helper, here), within=GENEROUS_SECONDS, every=0.005, what="the end of the right")
    with capsys.disabled():
        print(f"\nmay edit no more {(time.monotonic() - since) * 1000:.0f} ms after ending it", end="")
    newest_mail(outside, owner_address, "διακόπηκε", before[owner_address])
    assert here not in managed(helper)
    assert helper.call("PATCH", here, json=changes, headers={"If-Match": '"9"'}).status_code == 404
    gone = owner.call("DELETE", path, expect=409).json()
    assert gone["type"] == "/problems/collaboration-ended"


def test_rejecting_tells_the_one_who_asked_and_cancelling_nobody(at: Addresses, outside: Outside) -> None:
    (owner, owner_address), (other, other_address) = (
        activated(at, outside, f"unit-coordinator-{number}") for number in (1, 3)
    )
    ended_before(owner, other)
    before = {address: len(outside.mails_to(address)) for address in (owner_address, other_address)}

    (result,) = asked(owner, other)
    newest_mail(outside, other_address, "Αίτημα συνεργασίας", before[other_address])
    owner.call("DELETE", f"{COLLABORATIONS}/{result['collaboration_id']}", expect=204)
    (anew,) = asked(owner, other)
    other.call("DELETE", f"{COLLABORATIONS}/{anew['collaboration_id']}", expect=204)

    newest_mail(outside, owner_address, "απορρίφθηκε", before[owner_address])
    told = [mail["subject"] for mail in outside.mails_to(other_address)[before[other_address] :]]
    assert all("Αίτημα συνεργασίας" in subject for subject in told), told


def test_it_ends_with_the_role_of_one_of_the_two(
    running: Running, at: Addresses, outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    owner, _ = activated(at, outside, "unit-coordinator-1")
    helper, _ = activated(at, outside, "user-1")
    give_role(running, helper, "unit_coordinator")
    ended_before(owner, helper)
    here = tomorrows(owner)
    accepted(owner, helper)
    eventually(lambda: sees(helper, here), within=GENEROUS_SECONDS, what="the right in conferences")

    helper.post("/api/v1/account/step-down", {"role": "user"})
    since = time.monotonic()

    assert owner.get(COLLABORATIONS)["helpers"] == []
    eventually(lambda: not sees(helper, here), within=GENEROUS_SECONDS, every=0.005, what="the end of the right")
    with capsys.disabled():
        print(f"\nmay edit no more {(time.monotonic() - since) * 1000:.0f} ms after stepping down", end="")
    assert helper.call("GET", COLLABORATIONS).json()["reason"] == "coordinators-only"


def test_whoever_deletes_the_account_collaborates_with_nobody(
    running: Running, at: Addresses, outside: Outside
) -> None:
    owner, _ = activated(at, outside, "unit-coordinator-1")
    helper, address = activated(at, outside, "user-leading-zero")
    give_role(running, helper, "unit_coordinator")
    ended_before(owner, helper)
    accepted(owner, helper)
    accepted(helper, owner)
    export = helper.get("/api/v1/account/export")
    (part,) = [each["data"] for each in export["parts"] if each["service"] == "orgs"]
    assert [len(part[half]) for half in ("collaborators", "helping")] == [1, 1]

    helper.post("/api/v1/account/deletion", {"email": address}, expect=202)

    eventually(lambda: owner.get(COLLABORATIONS) == {"helpers": [], "helping": []}, what="the end of both")
