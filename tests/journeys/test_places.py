"""One person has one place, by however many addresses they were added (S22)."""

from datetime import UTC, datetime

from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.test_main_job import activated, enter, plan_now
from tests.journeys.visitor import Addresses, Visitor, secret_in


def test_one_person_added_by_two_addresses_has_one_place_and_two_links(
    at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    _, primary = activated(at, outside, "user-3")
    other = f"other.{datetime.now(UTC):%H%M%S%f}@home.example"
    conference = plan_now(coordinator)
    here = f"/api/v1/conferences/{conference['id']}"
    people = [{"email": primary}, {"email": other, "name": "Μυστηριώδης Καλεσμένη"}]
    coordinator.post(f"{here}/participants", {"people": people})
    coordinator.post(f"{here}/invitations", {}, expect=202)
    links = [link_in(outside.mail_with(address, str(conference["title"])), "/join/") for address in (primary, other)]
    assert coordinator.get(here)["participant_count"] == 2

    coordinator.post("/api/v1/invitations", {"email": other, "surname": "Α", "name": "Β"}, expect=(201, 202))
    invitation = secret_in(link_in(outside.mail_with(other, "/invitation?token="), "/invitation?token="))
    Visitor(at).sign_in("user-3", invitation=invitation)  # whoever signs in with an invitation proves its address

    eventually(lambda: coordinator.get(here)["participant_count"] == 1, what="one place")
    (place,) = coordinator.get(f"{here}/participants")["items"]
    assert (place["email"], place["guest"]) == (primary, False)
    assert len({enter(at, link) for link in links}) == 1, "both links lead to the one place"
    again = coordinator.post(f"{here}/participants", {"people": [{"email": other}]})["results"]
    assert [result["outcome"] for result in again] == ["already"]
