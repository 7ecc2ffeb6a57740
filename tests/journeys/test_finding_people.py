"""Through the gateway nobody lists people of another institution, by whatever search, mask or cursor."""

import pytest

from tests.journeys.outside import Outside
from tests.journeys.test_coordinators import leader_of
from tests.journeys.test_main_job import plan_now
from tests.journeys.visitor import Addresses, Visitor

PEOPLE = "/api/v1/people"


@pytest.fixture
def leader(at: Addresses) -> tuple[Visitor, str]:
    return leader_of(at)


@pytest.mark.parametrize("prefix", ["", "α", "αα", "a@", "%", "_", "*"])
def test_fewer_than_three_characters_are_refused(leader: tuple[Visitor, str], prefix: str) -> None:
    person, _ = leader

    assert person.call("GET", PEOPLE, params={"search": prefix}).status_code == 400


@pytest.mark.parametrize(
    "mask", ["   ", "%%%", "___", "***", "%ου", "α β γ", "αα ου", "@staff.example", "%@staff.example", "user-1"]
)
def test_masks_and_pairs_of_letters_find_nobody(leader: tuple[Visitor, str], mask: str) -> None:
    person, _ = leader

    assert person.call("GET", PEOPLE, params={"search": mask}, expect=200).json() == {"items": []}


def test_somebody_elsewhere_is_found_by_name_and_written_to_by_who_knows_the_address(
    at: Addresses, outside: Outside, leader: tuple[Visitor, str]
) -> None:
    person, _ = leader
    other, _ = leader_of(at, "institution-coordinator-other")
    address, surname = (
        other.get("/api/v1/session")["person"]["email"],
        outside.personas()["institution-coordinator-other"]["surname"],
    )
    assert address

    by_name = person.call("GET", PEOPLE, params={"search": surname.lower()}, expect=200).json()
    (by_address,) = person.call("GET", PEOPLE, params={"search": address.upper()}, expect=200).json()["items"]

    assert set(by_name) == {"items"}
    assert 0 < len(by_name["items"]) <= 10
    assert all(one["masked"] and "***" in one["email"] for one in by_name["items"])
    assert address not in str(by_name)
    assert (by_address["masked"], by_address["email"]) == (False, address.upper())
    assert person.call("GET", PEOPLE, params={"search": surname, "limit": 200}).status_code == 400


@pytest.mark.parametrize("what", ["people", "coordinators"])
def test_a_cursor_of_another_institutions_list_opens_nothing(
    at: Addresses, leader: tuple[Visitor, str], what: str
) -> None:
    person, here = leader
    other, there = leader_of(at, "institution-coordinator-other")
    theirs = {one["id"] for one in other.get(f"{there}/{what}?limit=200")["items"]}
    stolen = person.get(f"{here}/{what}?limit=1")["next"]
    assert stolen, "there are several here"

    for query in ("", f"?cursor={stolen}", "?search=%25", "?search=α"):
        assert person.call("GET", f"{there}/{what}{query}", expect=403).json()["reason"] == "not-your-institution"
    mine = other.get(f"{there}/{what}?cursor={stolen}&limit=200")["items"]
    assert {one["id"] for one in mine} <= theirs


def test_planning_with_somebody_found_by_name_tells_no_address(
    at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    other, _ = leader_of(at, "institution-coordinator-other")
    address = other.get("/api/v1/session")["person"]["email"]
    surname = outside.personas()["institution-coordinator-other"]["surname"]
    found = coordinator.get(f"{PEOPLE}?search={surname}")["items"]
    (them,) = [one for one in found if one["person_id"] == other.get("/api/v1/session")["person"]["id"]]
    conference = plan_now(coordinator)
    path = f"/api/v1/conferences/{conference['id']}/participants"

    coordinator.post(path, {"people": [{"person_id": them["person_id"]}]})
    (by_name,) = coordinator.get(path)["items"]
    guessed = coordinator.get(f"{path}?search={address[:8]}")["items"]
    coordinator.post(path, {"people": [{"email": address}]})
    (by_address,) = coordinator.get(path)["items"]

    assert (by_name["email"], by_name["masked"], guessed) == (them["email"], True, [])
    assert (by_address["email"], by_address["masked"]) == (address, False)
