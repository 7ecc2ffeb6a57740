"""«Ο Λογαριασμός μου» in a real browser: by eye, by keyboard alone, with and without script (S5, S7, O1)."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from runner.running import Running
from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.outside import Outside, link_in
from tests.journeys.test_account import age

TABS = {"details": "/account", "emails": "/account/emails", "sessions": "/account/sessions"}
FOCUSED = "[document.activeElement.tagName, document.activeElement.name || '', document.activeElement.innerText || '']"


def fresh(name: str) -> str:
    return f"{name}.{datetime.now(UTC):%H%M%S%f}@elsewhere.example"


def enter(walk: Walk, persona: str = "unit-coordinator-1") -> Walk:
    walk.sign_in(persona)
    walk.confirm()
    if walk.language == "en":
        walk.press("English")
    return walk


def session_of(walk: Walk) -> str:
    return next(cookie["value"] for cookie in walk.page.context.cookies() if cookie["name"] == "__Host-epresence")


def tab_to(walk: Walk, words: str, *, key: str = "Tab", within: int = 80) -> None:
    """Move the focus by the keyboard alone to the control that says this, or is called this."""
    for _ in range(within):
        walk.page.keyboard.press(key)
        _, name, text = walk.page.evaluate(FOCUSED)
        if words == name or words in " ".join(text.split()):
            return
    raise AssertionError(f"«{words}» is not reached by {key}")


@pytest.mark.parametrize("language", ["el", "en"])
def test_every_tab_by_eye(new_walk: NewWalk, language: str) -> None:
    walk = enter(new_walk(language=language, pictures="account"))
    walk.page.locator(".user-menu summary").click()
    walk.look("initials-menu")

    for name, path in TABS.items():
        walk.go(path, name)
        assert walk.page.locator(".tabs [aria-current=page]").count() == 1

    walk.go("/account")
    walk.fill(phone="12")
    walk.page.locator("main form button.btn-primary").click()
    walk.look("phone-refused")
    assert walk.page.locator("main [name=phone]").get_attribute("aria-invalid") == "true"
    walk.go("/account/emails")
    walk.fill(email="no address")
    walk.page.locator("main form button.btn-primary").last.click()
    walk.look("email-refused")


def test_addresses_by_keyboard_without_script(new_walk: NewWalk, outside: Outside) -> None:
    """From the initials to a proven address that is primary for a moment, and back as it was."""
    walk = enter(new_walk(script=False, pictures="addresses"))
    address = fresh("keyboard")
    tab_to(walk, "Γ.")
    walk.page.keyboard.press("Enter")
    tab_to(walk, "Ο Λογαριασμός μου")
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    tab_to(walk, "Διαχείριση Email")
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    assert "Διαθέσιμες θέσεις: 3" in walk.text()
    before = walk.page.locator("main p.address").inner_text()

    tab_to(walk, "email")
    walk.page.keyboard.type(address)
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    walk.look("added")
    assert "Διαθέσιμες θέσεις: 2" in walk.text()
    walk.go(link_in(outside.mail_with(address, "επιπλέον email"), "/confirm?token="))
    walk.press("Επιβεβαίωση", "proven")
    assert "προστέθηκε στα επιπλέον email" in walk.text()

    walk.go("/account/emails", "with-a-proven-one")
    tab_to(walk, f"Ορισμός ως βασικό {address}")
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    walk.look("made-primary")
    assert walk.page.locator("main p.address").inner_text() == address
    outside.mail_with(before, "ορίστηκε άλλη διεύθυνση")
    tab_to(walk, f"Ορισμός ως βασικό {before}")
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    tab_to(walk, f"Αφαίρεση {address}")
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    walk.look("removal")
    tab_to(walk, "Ναι, αφαίρεση")
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    assert "Διαθέσιμες θέσεις: 3" in walk.text()


def test_details_and_unit_are_saved(new_walk: NewWalk) -> None:
    walk = enter(new_walk(script=False, pictures="details"))
    walk.go("/account")
    unit = walk.page.locator("main [name=unit_id]")
    here = unit.input_value()
    elsewhere = next(each for each in unit.locator("option").all() if each.get_attribute("value") != here)
    chosen = elsewhere.get_attribute("value")

    walk.fill(phone="210 123-4567", other_contact="Εσωτερικό 12\n3ος όροφος")
    unit.select_option(chosen)
    walk.press("Αποθήκευση", "saved")

    assert "Οι αλλαγές αποθηκεύτηκαν." in walk.text()
    assert walk.page.locator("main [name=phone]").input_value() == "210 123 4567"
    assert walk.page.locator("main [name=other_contact]").input_value() == "Εσωτερικό 12\n3ος όροφος"
    assert walk.page.locator("main [name=unit_id]").input_value() == chosen
    walk.page.locator("main [name=unit_id]").select_option(here)
    walk.fill(phone="", other_contact="")
    walk.press("Αποθήκευση")


def test_two_tabs_that_save_do_not_lose_each_others_words(new_walk: NewWalk) -> None:
    walk = enter(new_walk(script=False, pictures="details"))
    walk.go("/account")
    second = walk.page.context.new_page()
    other = Walk(page=second, at=walk.at, outside=walk.outside, script=False)
    other.go("/account")
    other.fill(other_contact="του άλλου")
    other.press("Αποθήκευση")

    walk.fill(other_contact="τα δικά μου")
    walk.press("Αποθήκευση", "crossed")

    assert "του άλλου" in walk.text()
    assert walk.page.locator("main [name=other_contact]").input_value() == "τα δικά μου"
    walk.fill(other_contact="")
    walk.press("Αποθήκευση")
    assert "Οι αλλαγές αποθηκεύτηκαν." in walk.text()


def test_a_session_elsewhere_is_seen_and_ended(new_walk: NewWalk) -> None:
    there, here = enter(new_walk(script=False)), enter(new_walk(script=False, pictures="sessions"))
    here.go("/account/sessions", "two")
    assert re.search(r"Chrome σε Linux\s+Αυτή η συνεδρία", here.text())

    here.press("Τερματισμός όλων των άλλων", "ended")

    assert "Όλες οι άλλες συνεδρίες τερματίστηκαν." in here.text()
    there.go("/conferences")
    assert there.page.locator(".user-menu").count() == 0


@pytest.mark.parametrize("language", ["el", "en"])
def test_before_its_end_the_session_says_so_and_goes_on_by_keyboard(
    new_walk: NewWalk, running: Running, language: str
) -> None:
    walk = new_walk(language=language, pictures="session")
    walk.page.clock.install()
    enter(walk)
    walk.go("/account")
    words = "γράφω ακόμη"
    walk.fill(other_contact=words)
    box = walk.page.locator("#session-warning")
    expect(box).to_be_empty()

    age(running, session_of(walk), used="28 minutes 30 seconds", created="1 hour")
    walk.page.clock.fast_forward("28:10")

    expect(box).to_contain_text({"el": "Η σύνδεσή σας λήγει στις", "en": "Your session ends at"}[language])
    assert box.get_attribute("role") == "alert"
    assert walk.page.evaluate(FOCUSED)[1] == "other_contact", "the focus stays where one writes"
    if language == "el":
        walk.look("warning")  # once in the life of a page: taking the picture leaves its marks on it
    tab_to(walk, {"el": "Συνέχεια", "en": "Continue"}[language], key="Shift+Tab")
    walk.page.keyboard.press("Enter")
    expect(box).to_contain_text({"el": "συνεχίζεται", "en": "goes on"}[language])
    assert walk.page.evaluate("document.activeElement !== document.body"), "the focus is not lost"
    assert walk.page.locator("main [name=other_contact]").input_value() == words
    walk.page.clock.fast_forward("00:11")
    expect(box).to_be_empty()

    age(running, session_of(walk), used="31 minutes", created="1 hour")
    walk.page.clock.fast_forward("31:00")
    expect(box).to_contain_text({"el": "Η σύνδεσή σας έληξε", "en": "Your session has ended"}[language])
    assert walk.page.locator("main [name=other_contact]").input_value() == words
    if language == "en":
        walk.look("ended")


def test_a_session_at_its_greatest_age_is_not_prolonged(new_walk: NewWalk, running: Running) -> None:
    walk = new_walk()
    walk.page.clock.install()
    enter(walk)
    walk.go("/account")
    age(running, session_of(walk), used="0 minutes", created="11 hours 58 minutes 30 seconds")
    walk.page.clock.fast_forward("28:10")

    box = walk.page.locator("#session-warning")
    box.get_by_role("button", name="Συνέχεια").click()

    expect(box).to_contain_text("δεν παρατείνεται άλλο")
    assert box.get_by_role("button").count() == 0


def test_without_script_the_page_leads_to_the_notice_by_itself(new_walk: NewWalk, running: Running) -> None:
    walk = enter(new_walk(script=False, pictures="session-notice"))
    age(running, session_of(walk), used="0 minutes", created="11 hours 57 minutes 55 seconds")
    walk.go("/account")
    walk.page.wait_for_url("**/session-notice?next=/account", timeout=15_000)
    walk.look("soon")
    walk.press("Συνέχεια", "fixed")
    assert "δεν παρατείνεται άλλο" in walk.text()

    age(running, session_of(walk), used="29 minutes", created="1 hour")
    walk.go("/session-notice?next=/account")
    walk.press("Συνέχεια", "goes-on")
    walk.follow("Επιστροφή στη σελίδα")
    assert walk.page.url.endswith("/account")

    age(running, session_of(walk), used="30 minutes", created="1 hour")
    walk.go("/session-notice?next=/account", "over")
    assert walk.page.locator("main").get_by_role("link", name="Είσοδος").get_attribute("href") == (
        "/auth/login?next=%2Faccount"
    )
