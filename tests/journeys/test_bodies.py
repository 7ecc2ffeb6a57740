"""Units and institutions, made, used and closed, through the gateway: what uses one keeps it open (S17, O6)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import membership
from tests.journeys.test_main_job import activated
from tests.journeys.visitor import Addresses, Visitor

INSTITUTIONS, UNITS = "/api/v1/institutions", "/api/v1/units"
OWN_UNIT = "/api/v1/account/unit"


def named(what: str) -> dict[str, str]:
    return {"name": f"{what} {datetime.now(UTC):%H%M%S%f}"}


def closing(person: Visitor, unit_id: str) -> dict[str, Any]:
    answer = person.call("DELETE", f"{UNITS}/{unit_id}", expect=(204, 409))
    return dict(answer.json()) if answer.content else {}


def test_a_unit_is_closed_when_nobody_and_nothing_uses_it_any_more(
    at: Addresses, outside: Outside, free_hosts: None
) -> None:
    lead, other = Visitor(at), Visitor(at)
    lead.sign_in("institution-coordinator-1")
    other.sign_in("institution-coordinator-other")
    person, _ = activated(at, outside, "user-1")
    place = eventually(lambda: membership(person), what="the person in orgs")
    home, institution = place["unit"]["id"], f"{INSTITUTIONS}/{place['institution']['id']}"

    unit = lead.post(f"{institution}/units", named("Διεύθυνση Δοκιμών"), expect=201)
    assert other.call("DELETE", f"{UNITS}/{unit['id']}", expect=403).json()["reason"] == "not-your-institution"
    person.call("PUT", OWN_UNIT, json={"unit_id": unit["id"]}, expect=200)
    refused = closing(lead, unit["id"])
    assert (refused["type"], refused["uses"]) == ("/problems/unit-in-use", {"people": 1})

    tomorrow = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1)
    period = {"starts_at": tomorrow.isoformat(), "ends_at": (tomorrow + timedelta(minutes=30)).isoformat()}
    conference = eventually(lambda: planned(lead, unit_id=unit["id"], **period), what="the unit in conferences")
    eventually(
        lambda: closing(lead, unit["id"])["uses"] == {"people": 1, "conferences": 1}, what="the conference in orgs"
    )

    person.call("PUT", OWN_UNIT, json={"unit_id": home}, expect=200)
    assert closing(lead, unit["id"])["uses"] == {"conferences": 1}
    lead.call("DELETE", f"/api/v1/conferences/{conference['id']}", expect=204)
    eventually(lambda: closing(lead, unit["id"]) == {}, what="the end of the conference in orgs")

    assert unit["id"] not in str(person.get(f"{institution}/units"))
    assert lead.get(f"{UNITS}/{unit['id']}")["state"] == "closed"
    chosen = person.call("PUT", OWN_UNIT, json={"unit_id": unit["id"]}, expect=422)
    assert chosen.json()["type"] == "/problems/unit-not-available"
    eventually(lambda: refused_for(lead, unit_id=unit["id"], **period), what="the closed unit in conferences")


def planned(lead: Visitor, **body: Any) -> dict[str, Any] | None:
    """None as long as, or as soon as, conferences refuses the unit."""
    answer = lead.call("POST", "/api/v1/conferences", json={"title": "Δοκιμή", **body}, expect=(201, 422))
    if answer.status_code == 422:
        assert answer.json()["type"] == "/problems/unit-not-allowed"
        return None
    return dict(answer.json())


def refused_for(lead: Visitor, **body: Any) -> bool:
    """One that slipped through meanwhile is given up again: hosts are few."""
    made = planned(lead, **body)
    if made is not None:
        lead.call("DELETE", f"/api/v1/conferences/{made['id']}", expect=204)
    return made is None


def test_an_institution_is_made_changed_closed_and_opened_again(at: Addresses) -> None:
    administrator, lead = Visitor(at), Visitor(at)
    administrator.sign_in_as_administrator()
    lead.sign_in("institution-coordinator-1")
    wanted = named("Φορέας")
    assert lead.call("POST", INSTITUTIONS, json=wanted, expect=403).json()["reason"] == "administrators-only"

    made = administrator.post(INSTITUTIONS, {**wanted, "contact_phone": "210 123 4567"}, expect=201)
    path = f"{INSTITUTIONS}/{made['id']}"
    read = administrator.call("GET", path)
    changed = administrator.call(
        "PATCH", path, json={"contact_name": "Γραφείο"}, headers={"If-Match": read.headers["ETag"]}, expect=200
    )
    assert (changed.json()["contact_name"], changed.json()["contact_phone"]) == ("Γραφείο", "+302101234567")
    assert "contact_name" not in lead.get(path)
    assert administrator.get(f"{path}/figures")["people"] == 0
    assert lead.call("GET", f"{path}/people", expect=403).json()["reason"] == "not-your-institution"

    assert administrator.post(f"{path}/closure")["state"] == "closed"
    assert made["id"] not in str(lead.get(f"{INSTITUTIONS}?search={wanted['name']}"))
    assert administrator.post(f"{path}/reopening")["state"] == "active"
    administrator.post(f"{path}/closure")

    own = membership(lead)
    assert own is not None
    in_use = administrator.call("POST", f"{INSTITUTIONS}/{own['institution']['id']}/closure", expect=409).json()
    assert in_use["type"] == "/problems/institution-in-use"
    assert in_use["uses"]["coordinators"] > 0
