"""«Διαχείριση Email» (S7)."""

from typing import Any

import pytest
from examples import ID, of
from pages import Visitor
from played_gateway import PlayedGateway

EMAILS = "/api/v1/account/emails"
PENDING = "01930000-0000-7000-8000-000000000005"


def email(id: str, address: str, **changes: Any) -> dict[str, Any]:
    return of("identity", "AccountEmail", id=id, email=address) | changes


def emails(*extra: dict[str, Any]) -> dict[str, Any]:
    primary = email(ID, "m.papadopoulou@digital.example", confirmed=True, primary=True, proof="link")
    return {"items": [primary, *extra], "free": 3 - len(extra)}


PROVEN = email("01930000-0000-7000-8000-000000000006", "proven@example.org", confirmed=True, proof="link")
WAITING = email(PENDING, "waiting@example.org")


@pytest.fixture
def person(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    gateway.on("GET", EMAILS, emails(PROVEN, WAITING))
    return coordinator


def test_the_tab_shows_the_addresses_and_the_places_left(person: Visitor) -> None:
    page = person.get("/account/emails")

    assert page.title.startswith("Διαχείριση Email – Ο Λογαριασμός μου")
    assert [each.text for each in page.main.one("nav").all("a")][:2] == [
        "Επεξεργασία Στοιχείων Λογαριασμού",
        "Διαχείριση Email",
    ]
    assert "Εδώ μπορείτε να διαχειριστείτε τα επιπλέον email σας" in page.text
    assert "Διαθέσιμες θέσεις: 1" in page.text
    rows = page.main.one("ul", **{"class": "found"}).all("li")
    assert "proven@example.org Επιβεβαιωμένο" in rows[0].text
    assert "waiting@example.org Αναμένει επιβεβαίωση" in rows[1].text
    assert "Ορισμός ως βασικό" in rows[0].text
    assert "Ορισμός ως βασικό" not in rows[1].text
    assert "Νέα αποστολή" in rows[1].text


def test_adding_says_that_a_link_was_sent(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", EMAILS, email(ID, "new@example.org"), 201)

    page = person.send(person.get("/account/emails"), "Προσθήκη", {"email": " new@example.org "})

    assert "Ανοίξτε τον σύνδεσμο επιβεβαίωσης" in page.text
    assert gateway.calls("POST", EMAILS)[0].body == {"email": "new@example.org"}


@pytest.mark.parametrize(
    ("type", "words"),
    [
        ("email-taken", "ανήκει σε άλλον λογαριασμό"),
        ("email-already-mine", "είναι ήδη στον λογαριασμό σας"),
        ("emails-full", "Δεν υπάρχει άλλη διαθέσιμη θέση"),
    ],
)
def test_why_an_address_was_not_added(person: Visitor, gateway: PlayedGateway, type: str, words: str) -> None:
    gateway.refuse("POST", EMAILS, type)

    page = person.send(person.get("/account/emails"), "Προσθήκη", {"email": "new@example.org"})

    assert page.status == 422
    assert words in page.errors[0]
    assert page.main.one("input", name="email").attributes["value"] == "new@example.org"


@pytest.mark.parametrize("written", ["", "no address", "a@b"])
def test_what_is_no_address_is_said_before_it_is_sent(person: Visitor, gateway: PlayedGateway, written: str) -> None:
    page = person.send(person.get("/account/emails"), "Προσθήκη", {"email": written})

    assert page.status == 422
    assert not gateway.calls("POST", EMAILS)


def test_without_a_place_left_there_is_no_form(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", EMAILS, emails(PROVEN, WAITING, WAITING | {"id": ID[:-1] + "9"}))

    page = person.get("/account/emails")

    assert "Διαθέσιμες θέσεις: 0" in page.text
    assert not page.main.all("input", name="email")


def test_the_link_is_sent_again(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{EMAILS}/{PENDING}/confirmation", WAITING, 202)

    page = person.send(person.get("/account/emails"), "Νέα αποστολή")

    assert "Στείλαμε νέο σύνδεσμο" in page.text


def test_too_many_links_are_refused_with_when_to_come_back(person: Visitor, gateway: PlayedGateway) -> None:
    path = f"{EMAILS}/{PENDING}/confirmation"
    gateway.refuse("POST", path, "too-many-attempts", headers={"Retry-After": "1200"})

    page = person.send(person.get("/account/emails"), "Νέα αποστολή")

    assert page.status == 429
    assert "1200" in page.text
    assert page.main.link("Δοκιμάστε ξανά") == "/account/emails"


def test_a_proven_one_is_made_primary(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{EMAILS}/{PROVEN['id']}/primary", emails(PROVEN))

    page = person.send(person.get("/account/emails"), "Ορισμός ως βασικό")

    assert "Το βασικό email άλλαξε" in page.text


def test_removing_is_asked_on_a_page_of_its_own(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("DELETE", f"{EMAILS}/{PROVEN['id']}", None, 204)

    asked = person.get(person.get("/account/emails").main.link("Αφαίρεση"))
    page = person.send(asked, "Ναι, αφαίρεση")

    assert "proven@example.org" in asked.text
    assert asked.main.link("Όχι") == "/account/emails"
    assert "Η διεύθυνση αφαιρέθηκε." in page.text


@pytest.mark.parametrize("id", [ID, "01930000-0000-7000-8000-0000000000ff"])
def test_the_primary_and_an_unknown_address_are_not_offered_for_removal(person: Visitor, id: str) -> None:
    assert person.get(f"/account/emails/{id}/removal").status == 404


def test_a_proven_extra_address_is_not_called_the_activation(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.on(
        "POST",
        "/api/v1/email-confirmations",
        {"email": "maria@example.org", "primary": False, "status": "active"},
    )

    page = visitor.send(visitor.get("/confirm?token=" + "x" * 43), "Επιβεβαίωση")

    assert "προστέθηκε στα επιπλέον email" in page.text
