"""«Χρήστες» → «Προς έγκριση»: the answer to role requests; without script, by keyboard, in both languages (S16)."""

import pytest

from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.outside import Outside
from tests.journeys.test_main_job import activated
from tests.journeys.test_roles import REQUESTS, STEP_DOWN, wish
from tests.journeys.visitor import Addresses, Visitor

TAB, APPLICANT = "/users/requests", "user-1"
SCRIPT_AND_LANGUAGE = pytest.mark.parametrize(("script", "language"), [(True, "el"), (True, "en"), (False, "el")])


def leader(new_walk: NewWalk, script: bool, language: str) -> Walk:
    walk = new_walk(script=script, language=language, pictures="requests" if script else "")
    walk.sign_in("institution-coordinator-1")
    walk.confirm()
    if language == "en":
        walk.press("English")
    return walk


def applicant(at: Addresses, outside: Outside) -> tuple[Visitor, str]:
    """Who has just asked for a role, and their surname."""
    person, _ = activated(at, outside, APPLICANT)
    person.post(REQUESTS, wish(person), expect=201)
    return person, outside.personas()[APPLICANT]["surname"]


@SCRIPT_AND_LANGUAGE
def test_a_request_is_rejected_and_the_next_accepted(
    new_walk: NewWalk, at: Addresses, outside: Outside, script: bool, language: str
) -> None:
    person, surname = applicant(at, outside)
    walk = leader(new_walk, script, language)
    walk.page.get_by_role("link", name=walk.words("Χρήστες", "Users"), exact=True).first.click()
    walk.page.wait_for_url("**/users/**")
    walk.go(TAB, "tab")
    row = walk.page.locator("main tbody", has_text=surname)
    row.locator("summary").click()
    assert "Οργανώνω τις τηλεδιασκέψεις του φορέα." in row.inner_text()
    walk.look("details")

    with walk.page.expect_navigation():
        row.get_by_role("link", name=walk.words("Απόρριψη", "Reject")).click()
    walk.look("rejection")
    walk.fill(comment="Υπάρχει ήδη Συντονιστής.")
    walk.press(walk.words("Ναι, απόρριψη", "Yes, reject"), "rejected")
    assert walk.page.locator("main tbody", has_text=surname).count() == 0
    walk.page.locator("main [name=open]").uncheck()
    walk.press(walk.words("Εμφάνιση", "Show"), "history")
    assert walk.page.locator("main tbody", has_text=surname).first.locator(".state-cancelled").count() == 1

    person.post(REQUESTS, wish(person), expect=201)
    walk.go(TAB)
    with walk.page.expect_navigation():
        row.get_by_role("link", name=walk.words("Αποδοχή", "Accept")).click()
    walk.look("acceptance")
    walk.press(walk.words("Ναι, αποδοχή", "Yes, accept"), "accepted")
    assert walk.words("Το αίτημα έγινε δεκτό.", "The request was accepted.") in walk.text()
    assert person.get("/api/v1/membership")["role"] == "institution_coordinator"
    person.post(STEP_DOWN, {"role": "user"})


def test_answering_by_keyboard_alone(new_walk: NewWalk, at: Addresses, outside: Outside) -> None:
    _, surname = applicant(at, outside)
    walk = leader(new_walk, False, "el")
    walk.go(TAB)
    walk.page.locator("main tbody", has_text=surname).get_by_role("link", name="Απόρριψη").focus()
    keyboard = walk.page.keyboard
    with walk.page.expect_navigation():
        keyboard.press("Enter")
    walk.page.locator("main [name=comment]").focus()
    keyboard.type("Όχι τώρα.")
    keyboard.press("Tab")
    keyboard.press("Tab")
    with walk.page.expect_navigation():
        keyboard.press("Enter")

    assert "Το αίτημα απορρίφθηκε." in walk.text()
