"""Groups of users through the gateway: made from a report, added whole, private, and gone with the people (S30)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from runner.running import Running
from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import give_role
from tests.journeys.test_main_job import activated, plan_now
from tests.journeys.visitor import Addresses, Visitor

GROUPS = "/api/v1/groups"


def group_of(coordinator: Visitor, *addresses: str) -> dict[str, Any]:
    """Made from the report of a conference that these people, and a guest, had a place in; nobody ever connected."""
    conference = plan_now(coordinator)
    here = f"/api/v1/conferences/{conference['id']}"
    people = [{"email": address} for address in (*addresses, "guest@elsewhere.example")]
    coordinator.post(f"{here}/participants", {"people": people})
    coordinator.post(f"{here}/end", expect=200)
    body = {"name": f"Ομάδα {datetime.now(UTC):%H%M%S%f}", "description": "Συνεδρίαση ομάδας"}
    return dict(coordinator.post(f"{here}/report/group", body, expect=201))


def members(coordinator: Visitor, group: dict[str, Any]) -> list[str]:
    return [each["email"] for each in coordinator.get(f"{GROUPS}/{group['id']}")["members"]]


def test_a_group_is_made_kept_and_planned_with(at: Addresses, outside: Outside, coordinator: Visitor) -> None:
    _, first = activated(at, outside, "user-1")
    _, second = activated(at, outside, "user-2")

    group = group_of(coordinator, first)
    path = f"{GROUPS}/{group['id']}"

    assert (group["member_count"], members(coordinator, group)) == (1, [first])
    assert group["id"] in [each["id"] for each in coordinator.get(f"{GROUPS}?limit=200")["items"]]
    added = coordinator.post(f"{path}/members", {"email": second}, expect=201)
    assert coordinator.post(f"{path}/members", {"email": second}, expect=200) == added
    etag = coordinator.call("GET", path, expect=200).headers["ETag"]
    renamed = {"json": {"name": "Άλλο όνομα"}, "headers": {"If-Match": etag}}
    assert coordinator.call("PATCH", path, expect=200, **renamed).json()["member_count"] == 2
    coordinator.call("PATCH", path, expect=412, **renamed)

    mails = [len(outside.mails_to(address)) for address in (first, second)]
    start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
    period = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=15)).isoformat()}
    planned = plan_now(coordinator, participants=[{"email": first}], group_ids=[group["id"]], **period)
    assert sorted(each["outcome"] for each in planned["results"]) == ["added", "added", "already"]
    assert planned["participant_count"] == 2
    assert [len(outside.mails_to(address)) for address in (first, second)] == mails

    coordinator.call("DELETE", path, expect=204)
    here = f"/api/v1/conferences/{planned['id']}"
    refused = coordinator.post(f"{here}/participants", {"group_ids": [group["id"]]}, expect=422)
    assert refused["type"] == "/problems/group-not-found"
    assert coordinator.get(here)["participant_count"] == 2
    coordinator.call("DELETE", here, expect=204)


def test_nobody_else_finds_it(at: Addresses, outside: Outside, coordinator: Visitor) -> None:
    _, address = activated(at, outside, "user-1")
    group = group_of(coordinator, address)
    leader, user = Visitor(at), Visitor(at)
    leader.sign_in("institution-coordinator-1")
    user.sign_in("user-1")

    for other in (leader, user):
        other.call("GET", f"{GROUPS}/{group['id']}", expect=404)
        other.call("DELETE", f"{GROUPS}/{group['id']}", expect=404)
    assert group["id"] not in [each["id"] for each in leader.get(f"{GROUPS}?limit=200")["items"]]
    assert user.call("GET", GROUPS, expect=403).json()["reason"] == "coordinators-only"
    coordinator.call("DELETE", f"{GROUPS}/{group['id']}", expect=204)


def test_whoever_deletes_the_account_is_off_every_group(at: Addresses, outside: Outside, coordinator: Visitor) -> None:
    person, address = activated(at, outside, "user-4")
    group = group_of(coordinator, address)
    assert members(coordinator, group) == [address]

    person.post("/api/v1/account/deletion", {"email": address}, expect=202)

    eventually(lambda: members(coordinator, group) == [], what="a group without the person")
    coordinator.call("DELETE", f"{GROUPS}/{group['id']}", expect=204)


def test_groups_wait_for_a_role_that_comes_back(running: Running, at: Addresses, outside: Outside) -> None:
    person, address = activated(at, outside, "user-5")
    give_role(running, person, "unit_coordinator")
    group = group_of(person, address)

    person.post("/api/v1/account/step-down", {"role": "user"})
    eventually(lambda: person.call("GET", GROUPS).status_code == 403, what="the end of the role in conferences")
    person.call("GET", f"{GROUPS}/{group['id']}", expect=404)

    give_role(running, person, "unit_coordinator")
    assert members(person, group) == [address]
    person.call("DELETE", f"{GROUPS}/{group['id']}", expect=204)
    person.post("/api/v1/account/step-down", {"role": "user"})
