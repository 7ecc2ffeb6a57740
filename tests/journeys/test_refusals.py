"""Who is not let in, why, and that nothing of them stays (S1, S2): each ends at TaxisNet's logout and on our page."""

from urllib.parse import urlsplit

import pytest
import requests

from tests.journeys.outside import Outside
from tests.journeys.visitor import TIMEOUT_SECONDS, Addresses, Visitor


def refusal_after(visitor: Visitor, at: Addresses, location: str) -> str:
    """Follow a refused person through TaxisNet's logout to our page; return the reason told there."""
    assert "/logout/" in location, location
    back = requests.get(location, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    assert back.status_code in (302, 303, 307)
    assert back.headers["Location"].startswith(at.gateway), "back to us, not elsewhere"
    assert visitor.call("GET", "/api/v1/session").status_code == 401, "no session was made"
    return str(visitor.get("/api/v1/sign-in/refusal")["reason"])


@pytest.mark.parametrize(
    ("persona", "reason"),
    [("not-employed", "not-employed"), ("legal-entity", "legal-entity"), ("invalid-taxid", "tax-id-invalid")],
)
def test_people_who_may_not_enter_are_told_why(visitor: Visitor, at: Addresses, persona: str, reason: str) -> None:
    assert refusal_after(visitor, at, visitor.through_taxisnet(persona)) == reason


def test_who_denies_consent_is_not_signed_in(visitor: Visitor, at: Addresses) -> None:
    assert refusal_after(visitor, at, visitor.through_taxisnet("user-1", decision="deny")) == "access-denied"


@pytest.mark.parametrize("mode", ["error", "timeout", "malformed"])
def test_a_failing_taxisnet_is_said_to_fail_not_the_person(
    visitor: Visitor, at: Addresses, outside: Outside, mode: str
) -> None:
    start = visitor.call("GET", "/auth/login", expect=302)
    callback = requests.get(
        f"{start.headers['Location']}&persona=user-1", timeout=TIMEOUT_SECONDS, allow_redirects=False
    ).headers["Location"]
    outside.put("/faults/taxisnet", mode=mode)
    try:
        location = visitor.call("GET", callback, expect=302).headers["Location"]
    finally:
        outside.put("/faults/taxisnet", mode="off")

    assert refusal_after(visitor, at, location) == "provider-unavailable"


def test_a_state_made_elsewhere_is_refused(visitor: Visitor, at: Addresses) -> None:
    other = Visitor(at)
    start = other.call("GET", "/auth/login", expect=302)
    callback = requests.get(
        f"{start.headers['Location']}&persona=user-1", timeout=TIMEOUT_SECONDS, allow_redirects=False
    ).headers["Location"]

    assert refusal_after(visitor, at, visitor.call("GET", callback, expect=302).headers["Location"]) == "state-invalid"


def test_a_callback_serves_once(visitor: Visitor, at: Addresses) -> None:
    start = visitor.call("GET", "/auth/login", expect=302)
    bound = dict(visitor.cookies)
    callback = requests.get(
        f"{start.headers['Location']}&persona=user-1", timeout=TIMEOUT_SECONDS, allow_redirects=False
    ).headers["Location"]
    assert urlsplit(visitor.call("GET", callback, expect=302).headers["Location"]).path == "/sign-in"

    again = Visitor(at, cookies=bound)
    assert refusal_after(again, at, again.call("GET", callback, expect=302).headers["Location"]) == "state-invalid"


@pytest.mark.parametrize("persona", ["user-padded", "user-leading-zero"])
def test_what_taxisnet_pads_and_encodes_is_understood(visitor: Visitor, persona: str) -> None:
    assert urlsplit(visitor.through_taxisnet(persona)).path == "/sign-in"

    pending = visitor.get("/api/v1/sign-in")
    assert pending["surname"] == pending["surname"].strip()
    assert "&#" not in pending["surname"] + pending["name"]
    assert pending["masked_tax_id"].startswith("*****")


def test_an_unanswering_hrms_refuses_nobody(visitor: Visitor) -> None:
    assert urlsplit(visitor.through_taxisnet("hrms-unavailable")).path == "/sign-in"
    assert visitor.get("/api/v1/sign-in")["employment"]["state"] == "unavailable"


def test_the_session_cookie_is_the_browsers_alone(coordinator: Visitor) -> None:
    cookie = coordinator.cookies["__Host-epresence"]

    assert (cookie["path"], cookie["secure"], cookie["httponly"], cookie["samesite"]) == ("/", True, True, "Lax")
    assert cookie["domain"] == ""


def test_a_request_from_another_site_is_refused(coordinator: Visitor) -> None:
    answer = coordinator.call("POST", "/api/v1/sign-out", headers={"Origin": "https://elsewhere.example"})

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/origin-refused"
    assert coordinator.get("/api/v1/session")["person"]
