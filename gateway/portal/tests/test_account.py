"""«Ο Λογαριασμός μου» (S5)."""

from typing import Any

import pytest
from examples import OTHER_UNIT, account, membership, session, terms
from pages import Visitor
from played_gateway import PlayedGateway

ACCOUNT = "/api/v1/account"
READ = {"status": "active", "next": "done", "phone": "+302101234567", "other_contact": "Εσωτερικό 12"}


@pytest.fixture
def person(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    gateway.on("GET", ACCOUNT, account(**READ), headers={"ETag": '"7"'})
    return coordinator


def test_the_initials_menu_leads_to_the_account(person: Visitor, gateway: PlayedGateway) -> None:
    page = person.get("/account")

    menu = page.root.one("details", **{"class": "user-menu"})
    assert menu.link("Ο Λογαριασμός μου") == "/account"
    assert "Αποσύνδεση" in menu.text


def test_whose_account_is_not_active_yet_is_led_to_what_it_lacks(visitor: Visitor, gateway: PlayedGateway) -> None:
    visitor.sign_in()
    gateway.on("GET", "/api/v1/session", session(status="awaiting_activation", next="activation"))
    gateway.on("GET", ACCOUNT, account())
    gateway.on("GET", "/api/v1/terms", terms())

    page = visitor.get("/account")

    assert page.path == "/activation"
    assert "Ο Λογαριασμός μου" not in page.root.one("header").text


def test_the_tab_shows_what_is_fixed_and_offers_what_may_change(person: Visitor) -> None:
    page = person.get("/account")

    assert (page.heading, page.title) == (
        "Ο Λογαριασμός μου",
        "Επεξεργασία Στοιχείων Λογαριασμού – Ο Λογαριασμός μου – e:Presence.gov.gr",
    )
    tabs = page.main.one("nav")
    assert [each.text for each in tabs.all("a", **{"aria-current": "page"})] == ["Επεξεργασία Στοιχείων Λογαριασμού"]
    for fixed in ("ΠΑΠΑΔΟΠΟΥΛΟΥ", "ΜΑΡΙΑ", "m.papadopoulou@digital.example", "Συντονιστής Οργανικής Μονάδας"):
        assert fixed in page.text
    assert "Υπουργείο Ψηφιακής Διακυβέρνησης" in page.text
    assert "Γενικό Τμήμα" in page.text
    form = page.form("Αποθήκευση")
    assert form.one("input", name="phone").attributes["value"] == "210 123 4567"
    assert form.one("textarea", name="other_contact").text == "Εσωτερικό 12"


def test_saving_sends_the_version_that_was_read(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("PATCH", ACCOUNT, account(**READ))

    after = person.send(person.get("/account"), "Αποθήκευση", {"phone": " 697 123 4567 ", "other_contact": ""})

    assert "Οι αλλαγές αποθηκεύτηκαν." in after.text
    (sent,) = gateway.calls("PATCH", ACCOUNT)
    assert sent.headers["if-match"] == '"7"'
    assert sent.body == {"phone": "697 123 4567", "other_contact": None}


def test_what_is_no_phone_is_said_at_the_field(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("PATCH", ACCOUNT, "phone-invalid", errors=[{"pointer": "/phone", "detail": "Γράψτε δέκα ψηφία."}])

    page = person.send(person.get("/account"), "Αποθήκευση", {"phone": "12"})

    assert (page.status, page.errors) == (422, ["Γράψτε δέκα ψηφία."])
    assert page.main.one("input", name="phone").attributes["aria-invalid"] == "true"
    assert page.main.one("input", name="phone").attributes["value"] == "12"


def test_a_change_that_crossed_another_is_shown_beside_ones_own(person: Visitor, gateway: PlayedGateway) -> None:
    first = person.get("/account")
    gateway.on("GET", ACCOUNT, account(**(READ | {"phone": "+302109999999"})), headers={"ETag": '"8"'})
    gateway.refuse("PATCH", ACCOUNT, "precondition-failed")

    page = person.send(first, "Αποθήκευση", {"phone": "6971234567"})

    assert page.status == 412
    assert "210 999 9999" in page.text
    assert page.main.one("input", name="phone").attributes["value"] == "6971234567"
    gateway.on("PATCH", ACCOUNT, account(**READ))
    person.send(page, "Αποθήκευση")
    assert gateway.calls("PATCH", ACCOUNT)[-1].headers["if-match"] == '"8"'


def test_another_unit_of_the_own_institution_is_chosen_after_the_rest_is_saved(
    person: Visitor, gateway: PlayedGateway
) -> None:
    gateway.on("PATCH", ACCOUNT, account(**READ), headers={"ETag": '"8"'})
    gateway.on("PUT", f"{ACCOUNT}/unit", membership())
    page = person.get("/account")
    offered = [each.text for each in page.main.one("select", name="unit_id").all("option")]

    person.send(page, "Αποθήκευση", {"unit_id": OTHER_UNIT})

    assert offered == ["Γενικό Τμήμα", "Διεύθυνση Εφαρμογών"]
    (chosen,) = gateway.calls("PUT", f"{ACCOUNT}/unit")
    assert chosen.body == {"unit_id": OTHER_UNIT}


def test_the_unit_that_stays_is_not_chosen_again(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("PATCH", ACCOUNT, account(**READ))

    person.send(person.get("/account"), "Αποθήκευση")

    assert not gateway.calls("PUT", f"{ACCOUNT}/unit")


def test_a_unit_closed_meanwhile_is_said_and_saving_again_works(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("PATCH", ACCOUNT, account(**READ), headers={"ETag": '"8"'})
    gateway.refuse("PUT", f"{ACCOUNT}/unit", "unit-not-available")

    page = person.send(person.get("/account"), "Αποθήκευση", {"unit_id": OTHER_UNIT})

    assert page.status == 422
    assert "δεν είναι διαθέσιμη" in page.errors[0]
    person.send(page, "Αποθήκευση")
    assert [each.headers["if-match"] for each in gateway.calls("PATCH", ACCOUNT)] == ['"7"', '"8"']


@pytest.mark.parametrize(("field", "value"), [("phone", "2" * 41), ("other_contact", "x" * 1001)])
def test_what_is_too_long_is_said_before_it_is_sent(person: Visitor, field: str, value: Any) -> None:
    page = person.send(person.get("/account"), "Αποθήκευση", {field: value})

    assert page.status == 422
    assert "Γράψτε έως" in page.errors[0]


def test_without_orgs_the_tab_still_works(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("GET", "/api/v1/membership", "not-found")

    page = person.get("/account")

    assert page.status == 200
    assert "Οργανική Μονάδα" not in [each.text for each in page.main.all("dt")]
