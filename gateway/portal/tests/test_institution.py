"""«Φορέας» and «Διαχείριση» → «Φορείς»: institutions, their units and people (S17, O6)."""

from typing import Any

import examples
import pytest
from examples import INSTITUTION, OTHER_UNIT, UNIT
from pages import Visitor
from played_gateway import PlayedGateway

LIST = "/api/v1/institutions"
OWN, UNIT_PATH = f"{LIST}/{INSTITUTION}", f"/api/v1/units/{OTHER_UNIT}"
CLOSE_PAGE = f"/units/{OTHER_UNIT}/closure"
CONTACT = {"contact_name": "Γραφείο", "contact_email": "epresence@digital.example", "contact_phone": "+302101234567"}


def institution(*may: str, **changes: Any) -> dict[str, Any]:
    return examples.of("orgs", "Institution", id=INSTITUTION, may=list(may), **CONTACT, **changes)


def unit(**changes: Any) -> dict[str, Any]:
    known = {"id": OTHER_UNIT, "institution_id": INSTITUTION, "name": "Διεύθυνση Εφαρμογών", "general": False}
    return examples.of("orgs", "Unit", **{**known, "may": ["rename", "close"], "uses": {}, **changes})


def play(gateway: PlayedGateway, *may: str, **changes: Any) -> None:
    general, closed = examples.of("orgs", "Unit", id=UNIT), unit(id=examples.ID, name="Αρχείο", state="closed", may=[])
    gateway.on("GET", OWN, institution("inspect", *may, **changes), headers={"ETag": '"4"'})
    gateway.on("GET", f"{OWN}/figures", examples.of("orgs", "Figures"))
    gateway.on("GET", f"{OWN}/units", {"items": [closed, general, unit()], "next": None})
    gateway.on("GET", f"{OWN}/people", examples.page(examples.of("orgs", "Member")))
    gateway.on("GET", UNIT_PATH, unit(), headers={"ETag": '"2"'})


@pytest.fixture
def lead(visitor: Visitor, gateway: PlayedGateway) -> Visitor:
    visitor.sign_in()
    gateway.on("GET", "/api/v1/session", examples.session("institution_coordinator"))
    play(gateway, "add_unit")
    return visitor


@pytest.fixture
def admin(visitor: Visitor, gateway: PlayedGateway) -> Visitor:
    visitor.sign_in()
    session = examples.session("user")
    session["roles"].append({"role": "platform_administrator", "institution_id": None, "unit_id": None})
    gateway.on("GET", "/api/v1/session", session)
    gateway.on("GET", LIST, {"items": [institution("inspect"), institution("inspect", state="closed")], "next": None})
    play(gateway, "add_unit", "edit", "close")
    return visitor


@pytest.mark.parametrize("role", ["user", "unit_coordinator", "institution_coordinator"])
def test_the_menu_leads_institution_coordinators_to_their_institution(
    lead: Visitor, gateway: PlayedGateway, role: str
) -> None:
    gateway.on("GET", "/api/v1/session", examples.session(role))

    entries = [each.text for each in lead.get("/support").root.all("a")]

    assert ("Φορέας" in entries) == (role == "institution_coordinator")


def test_the_page_shows_data_figures_units_and_people(lead: Visitor, gateway: PlayedGateway) -> None:
    page = lead.get("/institution")

    assert page.root.one("h1").text == "Υπουργείο Ψηφιακής Διακυβέρνησης"
    facts = [each.text for each in page.main.all("dd")]
    assert {"Γραφείο", "epresence@digital.example", "210 123 4567", "412"} <= set(facts)
    units, people = page.main.all("table")
    rows = [row.text for row in units.all("tbody")[0].all("tr")]
    assert "Κλειστή" in rows[0]
    assert "δεν αλλάζει" in rows[1]
    assert "Μετονομασία : Διεύθυνση Εφαρμογών" in rows[2]
    assert "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ" in people.text
    assert gateway.calls("GET", f"{OWN}/units")[0].query["state"] == "all"
    assert "Επεξεργασία στοιχείων" not in page.text


def test_people_are_searched_and_followed_page_by_page(lead: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", f"{OWN}/people", examples.page(examples.of("orgs", "Member"), next="more"))

    found = lead.send(lead.get("/institution"), "Αναζήτηση", {"search": " μαρία "})
    lead.get(found.main.link("Επόμενοι"))

    queries = [(each.query.get("search"), each.query.get("cursor")) for each in gateway.calls("GET", f"{OWN}/people")]
    assert queries == [(None, None), ("μαρία", None), ("μαρία", "more")]
    assert found.main.one("input", name="search").attributes["value"] == "μαρία"


def test_nobody_found_is_said(lead: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", f"{OWN}/people", examples.page())

    assert "Δεν βρέθηκε χρήστης." in lead.get("/institution?search=άγνωστη").text


def test_a_unit_is_made_once_however_often_the_button_is_pressed(lead: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{OWN}/units", unit(), 201)
    form = lead.get(lead.get("/institution").main.link("Νέα Οργανική Μονάδα"))

    after = lead.send(form, "Δημιουργία", {"name": " Αρχείο "})
    lead.send(form, "Δημιουργία", {"name": "Αρχείο"})

    assert (after.path, "Η Οργανική Μονάδα δημιουργήθηκε." in after.text) == ("/institution", True)
    sent, again = gateway.calls("POST", f"{OWN}/units")
    assert sent.body == {"name": "Αρχείο"}
    assert sent.headers["idempotency-key"] == again.headers["idempotency-key"]


def test_a_name_that_is_missing_or_taken_is_said_at_its_field(lead: Visitor, gateway: PlayedGateway) -> None:
    form = lead.get(f"/institutions/{INSTITUTION}/units/new")
    missing = lead.send(form, "Δημιουργία", {"name": " "})
    errors = [{"pointer": "/name", "detail": "Επιλέξτε άλλο όνομα."}]
    gateway.refuse("POST", f"{OWN}/units", "name-taken", errors=errors)

    taken = lead.send(form, "Δημιουργία", {"name": "Αρχείο"})

    assert (missing.status, missing.errors) == (422, ["Γράψτε το όνομα της Οργανικής Μονάδας."])
    assert (taken.status, taken.errors) == (422, ["Επιλέξτε άλλο όνομα."])
    assert taken.main.one("input", name="name").attributes["value"] == "Αρχείο"


def test_a_unit_is_renamed_as_it_was_seen(lead: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("PATCH", UNIT_PATH, unit(name="Αρχείο"))
    form = lead.get(lead.get("/institution").main.link("Μετονομασία"))
    assert form.main.one("input", name="name").attributes["value"] == "Διεύθυνση Εφαρμογών"

    after = lead.send(form, "Αποθήκευση", {"name": "Αρχείο"})

    assert "Η Οργανική Μονάδα μετονομάστηκε." in after.text
    (sent,) = gateway.calls("PATCH", UNIT_PATH)
    assert (sent.body, sent.headers["if-match"]) == ({"name": "Αρχείο"}, '"2"')


def test_a_name_that_changed_meanwhile_is_not_written_over_unseen(lead: Visitor, gateway: PlayedGateway) -> None:
    form = lead.get(f"/units/{OTHER_UNIT}")
    gateway.on("GET", UNIT_PATH, unit(name="Νέα"), headers={"ETag": '"3"'})
    gateway.refuse("PATCH", UNIT_PATH, "precondition-failed")

    answer = lead.send(form, "Αποθήκευση", {"name": "Αρχείο"})

    assert (answer.status, len(answer.errors)) == (422, 1)
    assert answer.main.one("input", name="etag").attributes["value"] == '"3"'
    assert "Νέα" in answer.main.text


def test_closing_a_unit_is_asked_once_more(lead: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("DELETE", UNIT_PATH, None, 204)
    question = lead.get(lead.get("/institution").main.link("Κλείσιμο"))
    assert not gateway.calls("DELETE", UNIT_PATH)

    after = lead.send(question, "Ναι, κλείσιμο")

    assert (after.path, "Η Οργανική Μονάδα έκλεισε." in after.text) == ("/institution", True)


def test_a_unit_in_use_says_by_what_and_offers_no_button(lead: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", UNIT_PATH, unit(uses={"people": 3, "role_requests": 1, "conferences": 2}))

    page = lead.get(CLOSE_PAGE)

    assert [each.text for each in page.main.all("li")] == [
        "Χρήστες που ανήκουν εκεί: 3",
        "Αιτήματα ρόλου που περιμένουν απάντηση: 1",
        "Τηλεδιασκέψεις που έχουν προγραμματιστεί: 2",
    ]
    assert not page.main.all("button")


def test_a_unit_that_came_into_use_meanwhile_says_by_what(lead: Visitor, gateway: PlayedGateway) -> None:
    question = lead.get(CLOSE_PAGE)
    gateway.on("GET", UNIT_PATH, unit(uses={"people": 1}))
    gateway.refuse("DELETE", UNIT_PATH, "unit-in-use", uses={"people": 1})

    refused = lead.send(question, "Ναι, κλείσιμο")

    assert (refused.status, "Χρήστες που ανήκουν εκεί: 1" in refused.text) == (409, True)


@pytest.mark.parametrize("path", [f"/units/{OTHER_UNIT}", CLOSE_PAGE])
def test_what_may_not_be_done_has_no_page(lead: Visitor, gateway: PlayedGateway, path: str) -> None:
    gateway.on("GET", UNIT_PATH, unit(may=[]))

    assert lead.get(path).status == 403


def test_who_does_not_run_an_institution_is_told_so(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("GET", f"{OWN}/figures", "forbidden", reason="institution-coordinators-only")

    assert coordinator.get("/institution").status == 403
    for path in ("/admin/institutions", f"/admin/institutions/{INSTITUTION}", "/admin/institutions/new"):
        assert coordinator.get(path).status == 403


def test_administrators_find_institutions_closed_ones_too(admin: Visitor, gateway: PlayedGateway) -> None:
    page = admin.get("/admin/institutions?search=υπουργ")

    (asked,) = gateway.calls("GET", LIST)
    assert (asked.query["search"], asked.query["state"]) == ("υπουργ", "all")
    assert "Κλειστός" in page.main.text
    there = admin.get(page.main.link("Υπουργείο"))
    assert there.path == f"/admin/institutions/{INSTITUTION}"
    assert there.main.link("Κλείσιμο φορέα") == f"/admin/institutions/{INSTITUTION}/closure"
    assert there.main.link("Ίχνος ελέγχου").startswith("/admin/audit?")
    assert there.main.link("Διαχειριστές") == f"/users/coordinators?institution={INSTITUTION}"


def test_an_administrator_creates_an_institution(admin: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", LIST, institution("inspect"), 201)
    form = admin.get(admin.get("/admin/institutions").main.link("Νέος φορέας"))

    after = admin.send(form, "Δημιουργία", {"name": "Δήμος Αθηναίων", "contact_phone": "210 123 4567"})

    assert after.path == f"/admin/institutions/{INSTITUTION}"
    assert "Ο φορέας δημιουργήθηκε" in after.text
    (sent,) = gateway.calls("POST", LIST)
    assert sent.body == {
        "name": "Δήμος Αθηναίων",
        "contact_name": None,
        "contact_email": None,
        "contact_phone": "210 123 4567",
        "employment_api_id": None,
        "registry_code": None,
    }
    assert sent.headers["idempotency-key"]


def test_an_institution_is_changed_as_it_was_seen(admin: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("PATCH", OWN, institution("inspect"))
    form = admin.get(f"/admin/institutions/{INSTITUTION}/edit")
    assert form.main.one("input", name="contact_phone").attributes["value"] == "210 123 4567"

    after = admin.send(form, "Αποθήκευση", {"contact_name": ""})

    assert "Οι αλλαγές αποθηκεύτηκαν." in after.text
    (sent,) = gateway.calls("PATCH", OWN)
    assert (sent.body["contact_name"], sent.headers["if-match"]) == (None, '"4"')
    assert sent.body["employment_api_id"] == "2047"


@pytest.mark.parametrize(
    ("problem", "field"), [("name-taken", "name"), ("code-taken", "registry_code"), ("phone-invalid", "contact_phone")]
)
def test_what_the_service_refuses_is_said_at_its_field(
    admin: Visitor, gateway: PlayedGateway, problem: str, field: str
) -> None:
    gateway.refuse("PATCH", OWN, problem, errors=[{"pointer": f"/{field}", "detail": "Διορθώστε το."}])

    answer = admin.send(admin.get(f"/admin/institutions/{INSTITUTION}/edit"), "Αποθήκευση")

    assert (answer.status, answer.errors) == (422, ["Διορθώστε το."])
    assert answer.main.one("input", name=field).attributes["aria-invalid"] == "true"


def test_data_that_changed_meanwhile_is_not_written_over_unseen(admin: Visitor, gateway: PlayedGateway) -> None:
    form = admin.get(f"/admin/institutions/{INSTITUTION}/edit")
    gateway.refuse("PATCH", OWN, "precondition-failed")

    answer = admin.send(form, "Αποθήκευση", {"contact_name": "Άλλο"})

    assert (answer.status, len(answer.errors)) == (422, 1)
    assert answer.main.one("input", name="contact_name").attributes["value"] == "Άλλο"


def test_closing_an_institution_in_use_says_by_what(admin: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("POST", f"{OWN}/closure", "institution-in-use", uses={"coordinators": 12, "conferences": 9})
    question = admin.get(f"/admin/institutions/{INSTITUTION}/closure")

    refused = admin.send(question, "Ναι, κλείσιμο")

    assert refused.status == 409
    assert [each.text for each in refused.main.all("li")] == [
        "Συντονιστές του φορέα: 12",
        "Τηλεδιασκέψεις που έχουν προγραμματιστεί: 9",
    ]


def test_an_institution_is_closed_and_opened_again(admin: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{OWN}/closure", institution("inspect", state="closed"))
    gateway.on("POST", f"{OWN}/reopening", institution("inspect"))
    question = admin.get(f"/admin/institutions/{INSTITUTION}/closure")
    play(gateway, "reopen", state="closed")

    closed = admin.send(question, "Ναι, κλείσιμο")
    reopened = admin.send(admin.get(closed.main.link("Άνοιγμα ξανά")), "Ναι, άνοιγμα")

    assert "Ο φορέας έκλεισε." in closed.text
    assert "Νέα Οργανική Μονάδα" not in closed.text
    assert "Ο φορέας άνοιξε ξανά." in reopened.text


def test_an_administrator_comes_back_from_a_unit_to_its_institution(admin: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("DELETE", UNIT_PATH, None, 204)

    after = admin.send(admin.get(CLOSE_PAGE), "Ναι, κλείσιμο")

    assert after.path == f"/admin/institutions/{INSTITUTION}"
