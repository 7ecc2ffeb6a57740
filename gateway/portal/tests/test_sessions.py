"""«Συνεδρίες», and what is said before a session ends (O1)."""

from typing import Any

import pytest
from examples import at, of, session
from pages import Page, Visitor
from played_gateway import PlayedGateway

SESSION = "/api/v1/session"
SESSIONS = "/api/v1/account/sessions"
OTHER = "01930000-0000-7000-8000-00000000000a"


def ending(**left: float) -> dict[str, Any]:
    return session() | {"expires_at": at(**left)}


def refresh_of(page: Page) -> str:
    return page.root.one("noscript").one("meta", **{"http-equiv": "refresh"}).attributes["content"]


@pytest.fixture
def person(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    gateway.on("GET", SESSION, ending(minutes=30))
    mine = of("identity", "AccountSessions")["items"][0]
    other = mine | {"id": OTHER, "device": "Chrome σε Android", "current": False}
    gateway.on("GET", SESSIONS, {"items": [other, mine]})
    return coordinator


def test_the_tab_lists_where_i_am_signed_in_this_browser_first(person: Visitor) -> None:
    page = person.get("/account/sessions")

    first, second = page.main.one("ul", **{"class": "found"}).all("li")
    assert "Firefox σε Windows Αυτή η συνεδρία" in first.text
    assert not first.all("button")
    assert "Chrome σε Android" in second.text
    assert "25-11-2026, 10:20" in second.text
    assert second.one("button").text.startswith("Τερματισμός")


def test_one_or_all_others_are_ended(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("DELETE", f"{SESSIONS}/{OTHER}", None, 204)
    gateway.on("DELETE", SESSIONS, None, 204)

    one = person.send(person.get("/account/sessions"), "Chrome σε Android")
    all_others = person.send(person.get("/account/sessions"), "Τερματισμός όλων των άλλων")

    assert "Η συνεδρία τερματίστηκε." in one.text
    assert "Όλες οι άλλες συνεδρίες τερματίστηκαν." in all_others.text


def test_one_that_is_over_already_is_no_error(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("DELETE", f"{SESSIONS}/{OTHER}", "not-found")

    assert "Η συνεδρία τερματίστηκε." in person.send(person.get("/account/sessions"), "Chrome σε Android").text


def test_alone_there_is_nothing_to_end(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", SESSIONS, of("identity", "AccountSessions"))

    assert not person.get("/account/sessions").main.all("button")


def test_a_page_left_open_leads_to_the_notice_before_the_session_ends(person: Visitor) -> None:
    page = person.get("/account/sessions?done=session-ended")

    seconds, _, address = refresh_of(page).partition("; url=")
    assert 1670 <= int(seconds) <= 1680
    assert address == "/session-notice?next=/account/sessions?done%3Dsession-ended"
    box = page.root.one("div", id="session-warning")
    assert (box.attributes["role"], box.text) == ("alert", "")
    assert 1790 <= int(box.attributes["data-left"]) <= 1800


def test_near_the_end_the_page_waits_for_it_and_does_not_run_in_circles(
    person: Visitor, gateway: PlayedGateway
) -> None:
    gateway.on("GET", SESSION, ending(seconds=60))

    assert 55 <= int(refresh_of(person.get("/account/sessions")).partition(";")[0]) <= 61


def test_visitors_without_a_session_hear_of_none(visitor: Visitor, gateway: PlayedGateway) -> None:
    page = visitor.get("/support")

    assert not page.root.all("noscript")
    assert not page.root.all("div", id="session-warning")


@pytest.mark.parametrize("path", ["/session/left", "/session-notice"])
def test_looking_how_long_it_lasts_does_not_prolong_it(person: Visitor, gateway: PlayedGateway, path: str) -> None:
    person.client.get(path)

    assert [asked.headers.get("x-polled") for asked in gateway.calls("GET", SESSION)] == ["true"]


def test_the_script_is_told_the_seconds_and_nothing_else(person: Visitor, gateway: PlayedGateway) -> None:
    left = person.client.get("/session/left").json
    gateway.refuse_session("GET", SESSION)
    over = person.client.get("/session/left").json

    assert left.keys() == {"seconds"}
    assert 1790 <= left["seconds"] <= 1800
    assert over == {"seconds": 0}


def test_the_script_prolongs_by_the_form(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{SESSION}/renewal", ending(minutes=30))
    page = person.get("/account/sessions")

    answer = person.submit(page, "Συνέχεια", headers={"Accept": "application/json"})

    assert 1790 <= answer.json["seconds"] <= 1800
    gateway.refuse_session("POST", f"{SESSION}/renewal")
    assert person.submit(page, "Συνέχεια", headers={"Accept": "application/json"}).json == {"seconds": 0}


def test_without_script_the_notice_lets_it_go_on_and_leads_back(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", SESSION, ending(seconds=100))
    notice = person.get("/session-notice?next=/account")
    assert notice.heading == "Η σύνδεσή σας λήγει σε λίγο"
    assert 95 <= int(refresh_of(notice)) <= 101
    gateway.on("POST", f"{SESSION}/renewal", ending(minutes=30))
    gateway.on("GET", SESSION, ending(minutes=30))

    page = person.send(Page(notice.main, 200, "", notice.response), "Συνέχεια")

    assert page.heading == "Η σύνδεσή σας συνεχίζεται"
    assert page.main.link("Επιστροφή στη σελίδα") == "/account"


def test_at_its_greatest_age_it_says_that_nothing_prolongs_it(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", SESSION, ending(seconds=100))
    gateway.on("POST", f"{SESSION}/renewal", ending(seconds=100))
    notice = person.get("/session-notice?next=/account")

    page = person.send(Page(notice.main, 200, "", notice.response), "Συνέχεια")

    assert "δεν παρατείνεται άλλο" in page.text
    assert not page.main.all("button")


@pytest.mark.parametrize("over", ["refused", "not swept yet"])
def test_after_the_end_the_notice_leads_to_a_new_sign_in_and_back(
    person: Visitor, gateway: PlayedGateway, over: str
) -> None:
    if over == "refused":
        gateway.refuse_session("GET", SESSION)
    else:
        gateway.on("GET", SESSION, ending(seconds=-10))

    page = person.get("/session-notice?next=/account/emails")

    assert page.heading == "Η σύνδεσή σας έχει λήξει"
    assert page.main.link("Είσοδος") == "/auth/login?next=%2Faccount%2Femails"
    assert not page.root.all("noscript")


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_notice_leads_nobody_away(person: Visitor, gateway: PlayedGateway, next: str) -> None:
    gateway.on("GET", SESSION, ending(seconds=100))

    assert person.get("/session-notice", query_string={"next": next}).main.link("Επιστροφή") == "/"
