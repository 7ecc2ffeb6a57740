"""The personal link (S26)."""

import pytest
from examples import TICKET, at, ticket
from pages import Visitor
from played_gateway import PlayedGateway

PATH = f"/api/v1/join/{TICKET}"
ADDRESS = "https://zoom.example/w/1?tk=secret"


def test_one_button_enters(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", PATH, ticket())
    gateway.on("POST", PATH, {"join_url": ADDRESS})
    page = visitor.get(f"/join/{TICKET}")

    away = visitor.send(page, "Είσοδος στην τηλεδιάσκεψη")

    assert page.text.count("Η διεύθυνση IP δεν τηρείται") == 1
    assert away.main.link("Άνοιγμα") == ADDRESS
    assert gateway.calls("POST", PATH)[0].body == {}


def test_a_guest_without_a_name_is_asked_for_it(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", PATH, ticket(name="", name_required=True, guest=True))
    gateway.on("POST", PATH, {"join_url": ADDRESS})
    page = visitor.get(f"/join/{TICKET}")

    nameless = visitor.send(page, "Είσοδος στην τηλεδιάσκεψη", {"name": "  "})
    visitor.send(nameless, "Είσοδος στην τηλεδιάσκεψη", {"name": "Ελένη"})

    assert nameless.errors == ["Συμπληρώστε το όνομά σας."]
    assert [asked.body for asked in gateway.calls("POST", PATH)] == [{"name": "Ελένη"}]


def test_waiting_counts_down_in_words_and_refreshes_without_script(visitor: Visitor, gateway: PlayedGateway) -> None:
    early = ticket("waiting")
    early["conference"]["join_opens_at"] = at(hours=26, minutes=4, seconds=30)
    gateway.on("GET", PATH, early)

    page = visitor.get(f"/join/{TICKET}")

    assert "Η είσοδος ανοίγει σε 1 ημέρα, 2 ώρες" in page.text
    assert page.root.one("noscript").one("meta").attributes["content"] == "30"
    assert "Είσοδος στην τηλεδιάσκεψη" not in page.text


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("waiting", "Η είσοδος ανοίγει σε"),
        ("preparing", "Ο χώρος της τηλεδιάσκεψης ετοιμάζεται"),
        ("ended", "έχει ολοκληρωθεί"),
        ("cancelled", "ακυρώθηκε"),
    ],
)
def test_each_state_is_told(visitor: Visitor, gateway: PlayedGateway, state: str, told: str) -> None:
    gateway.on("GET", PATH, ticket(state))

    assert told in visitor.get(f"/join/{TICKET}").text


def test_a_room_not_ready_at_the_click_waits_on_the_same_page(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", PATH, ticket())
    gateway.refuse("POST", PATH, "room-preparing", headers={"Retry-After": "3"})
    page = visitor.get(f"/join/{TICKET}")

    waiting = visitor.send(page, "Είσοδος στην τηλεδιάσκεψη")

    assert "Ο χώρος της τηλεδιάσκεψης ετοιμάζεται" in waiting.text


def test_a_conference_that_ended_at_the_click_is_told(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", PATH, ticket())
    page = visitor.get(f"/join/{TICKET}")
    gateway.refuse("POST", PATH, "conference-over", state="ended")
    form = page.form("Είσοδος στην τηλεδιάσκεψη")
    gateway.on("GET", PATH, ticket("ended"))

    assert form is not None
    assert "έχει ολοκληρωθεί" in visitor.send(page, "Είσοδος στην τηλεδιάσκεψη").text


def test_a_withdrawn_ticket_says_whom_to_ask(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("GET", PATH, "ticket-withdrawn")

    page = visitor.get(f"/join/{TICKET}")

    assert page.status == 410
    assert "Επικοινωνήστε με τον συντονιστή" in page.text


def test_looking_again_and_again_keeps_no_session_alive(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", PATH, ticket("waiting"))

    coordinator.get(f"/join/{TICKET}")

    assert {asked.headers.get("x-polled") for asked in gateway.asked} == {"true"}


def test_a_ticket_stays_one_step_of_the_path(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("GET", "/api/v1/join/aaaaaaaaaaaaaaaaaaaa%3Fadmin%3D1", "not-found")

    assert visitor.get("/join/aaaaaaaaaaaaaaaaaaaa%3Fadmin=1").status == 404


def test_an_unknown_link_says_where_a_right_one_is(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("GET", f"/api/v1/join/{TICKET}", "not-found")

    page = visitor.get(f"/join/{TICKET}")

    assert page.status == 404
    assert "πιο πρόσφατο email πρόσκλησης" in page.text
