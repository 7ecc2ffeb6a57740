"""«Φορέας» and «Φορείς» in a real browser: units made, renamed, closed; institutions by administrators (S17, O6)."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import membership
from tests.journeys.test_main_job import activated
from tests.journeys.visitor import Addresses

SCRIPT_AND_LANGUAGE = pytest.mark.parametrize(("script", "language"), [(True, "el"), (True, "en"), (False, "el")])


def named(what: str) -> str:
    return f"{what} {datetime.now(UTC):%H%M%S%f}"


def signed_in(walk: Walk, persona: str, language: str = "el") -> Walk:
    walk.sign_in(persona)
    walk.confirm()
    in_language(walk, language)
    return walk


def in_language(walk: Walk, language: str) -> None:
    walk.language = language
    if language == "en":
        walk.press("English")


def row(walk: Walk, name: str) -> Locator:
    return walk.page.locator("main tbody tr", has_text=name)


def act(walk: Walk, name: str, words: str) -> Locator:
    """The link of a unit's row that says this."""
    return row(walk, name).get_by_role("link", name=words)


def follow(walk: Walk, link: Locator, picture: str) -> None:
    with walk.page.expect_navigation():
        link.click()
    walk.look(picture)


@SCRIPT_AND_LANGUAGE
def test_a_coordinator_runs_the_units_of_the_own_institution(
    new_walk: NewWalk, at: Addresses, outside: Outside, script: bool, language: str
) -> None:
    person, _ = activated(at, outside, "user-1")
    home = eventually(lambda: membership(person), what="the person in orgs")["unit"]["id"]
    pictures = "bodies" if script else ""
    walk = signed_in(new_walk(script=script, pictures=pictures), "institution-coordinator-1", language)
    walk.page.get_by_role("navigation").get_by_role(
        "link", name=walk.words("Φορέας", "Institution"), exact=True
    ).click()
    walk.look("institution")

    walk.follow(walk.words("Νέα Οργανική Μονάδα", "New unit"), "new-unit")
    create = walk.words("Δημιουργία", "Create")
    walk.press(create, "new-unit-without-name")
    assert walk.page.locator("main [name=name]").get_attribute("aria-invalid") == "true"
    walk.fill(name="γενικο τμημα")
    walk.press(create, "new-unit-name-taken")
    assert walk.page.locator("main [name=name]").get_attribute("aria-invalid") == "true"
    first, name = named("Διεύθυνση"), named("Γραφείο Δοκιμών")
    walk.fill(name=first)
    walk.press(create, "unit-created")

    rename, close = walk.words("Μετονομασία", "Rename"), walk.words("Κλείσιμο", "Close")
    follow(walk, act(walk, first, rename), "unit-rename")
    walk.fill(name=name)
    walk.press(walk.words("Αποθήκευση", "Save"))
    unit_path = act(walk, name, rename).get_attribute("href") or ""
    person.call("PUT", "/api/v1/account/unit", json={"unit_id": unit_path.rsplit("/", 1)[-1]}, expect=200)
    follow(walk, act(walk, name, close), "unit-in-use")
    assert walk.words("Χρήστες που ανήκουν εκεί: 1", "People who belong there: 1") in walk.text()
    person.call("PUT", "/api/v1/account/unit", json={"unit_id": home}, expect=200)

    walk.follow(walk.words("Επιστροφή στον φορέα", "Back to the institution"))
    follow(walk, act(walk, name, close), "unit-closure")
    walk.press(walk.words("Ναι, κλείσιμο", "Yes, close"), "unit-closed")
    assert walk.words("Κλειστή", "Closed") in row(walk, name).inner_text()

    surname = outside.personas()["user-1"]["surname"]
    walk.fill(search=surname.lower())
    walk.press(walk.words("Αναζήτηση", "Search"), "people-found")
    assert surname in walk.page.locator("main table").last.inner_text()
    walk.fill(search="κανείςτέτοιος")
    walk.press(walk.words("Αναζήτηση", "Search"), "people-none")
    expect(walk.page.locator("main .empty")).to_be_visible()


def test_a_unit_is_made_by_keyboard_alone(new_walk: NewWalk) -> None:
    walk = signed_in(new_walk(script=False), "institution-coordinator-2")
    walk.go("/institution")
    name, keyboard = named("Πρωτόκολλο"), walk.page.keyboard
    walk.page.get_by_role("link", name="Νέα Οργανική Μονάδα").focus()
    with walk.page.expect_navigation():
        keyboard.press("Enter")
    walk.page.locator("main a").first.focus()
    keyboard.press("Tab")
    assert walk.page.evaluate("document.activeElement.name") == "name"
    keyboard.type(name)
    with walk.page.expect_navigation():
        keyboard.press("Enter")
    assert "Η Οργανική Μονάδα δημιουργήθηκε." in walk.text()

    act(walk, name, "Κλείσιμο").focus()
    with walk.page.expect_navigation():
        keyboard.press("Enter")
    walk.page.get_by_role("link", name="Όχι").focus()
    keyboard.press("Tab")
    with walk.page.expect_navigation():
        keyboard.press("Enter")
    assert "Κλειστή" in row(walk, name).inner_text()


@pytest.mark.parametrize("persona", ["unit-coordinator-1", "user-1"])
def test_others_have_no_such_item(new_walk: NewWalk, at: Addresses, outside: Outside, persona: str) -> None:
    activated(at, outside, persona)
    walk = signed_in(new_walk(), persona)

    assert walk.page.get_by_role("link", name="Φορέας", exact=True).count() == 0
    walk.go("/institution", "refused")
    assert walk.page.locator("main table").count() == 0


@SCRIPT_AND_LANGUAGE
def test_an_administrator_runs_institutions(new_walk: NewWalk, script: bool, language: str) -> None:
    walk = new_walk(script=script, pictures="bodies-admin" if script else "")
    walk.sign_in_as_administrator()
    in_language(walk, language)
    walk.go("/admin/institutions", "institutions")
    walk.follow(walk.words("Νέος φορέας", "New institution"), "new-institution")
    create, name = walk.words("Δημιουργία", "Create"), named("Δήμος Δοκιμών")
    walk.fill(name="υπουργειο εσωτερικων", contact_phone="όχι")
    walk.press(create, "new-institution-wrong")
    walk.fill(name=name, contact_name="Γραφείο", contact_email="epresence@d.example", contact_phone="210 123 4567")
    walk.press(create, "institution-created")
    there = walk.page.url.partition("?")[0]
    assert "210 123 4567" in walk.text()

    walk.follow(walk.words("Επεξεργασία στοιχείων", "Edit the data"), "institution-edit")
    walk.fill(contact_name="Γραφείο Τηλεδιασκέψεων")
    walk.press(walk.words("Αποθήκευση", "Save"))
    assert "Γραφείο Τηλεδιασκέψεων" in walk.text()
    walk.follow(walk.words("Νέα Οργανική Μονάδα", "New unit"))
    walk.fill(name="Αρχείο")
    walk.press(create)
    assert walk.page.url.startswith(there)

    close = walk.words("Κλείσιμο φορέα", "Close the institution")
    walk.follow(close, "institution-closure")
    walk.press(walk.words("Ναι, κλείσιμο", "Yes, close"), "institution-closed")
    walk.follow(walk.words("Άνοιγμα ξανά", "Open again"), "institution-reopening")
    walk.press(walk.words("Ναι, άνοιγμα", "Yes, open"))
    walk.follow(close)
    walk.press(walk.words("Ναι, κλείσιμο", "Yes, close"))

    walk.go("/admin/institutions")
    walk.fill(search="ψηφιακης διακυβερνησης")
    walk.press(walk.words("Αναζήτηση", "Search"), "institutions-found")
    walk.follow("Υπουργείο Ψηφιακής Διακυβέρνησης")
    walk.follow(close)
    walk.press(walk.words("Ναι, κλείσιμο", "Yes, close"), "institution-in-use")
    assert walk.words("Δεν μπορεί να κλείσει ακόμη", "It cannot be closed yet") in walk.text()
