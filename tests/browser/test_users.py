"""«Χρήστες» of institution coordinators: writing to all coordinators (S15), inviting people (S19)."""

from datetime import UTC, datetime

import pytest

from runner.running import Running
from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.outside import Outside
from tests.journeys.test_coordinator_messages import forget_what_was_sent

MESSAGES, PEOPLE = "/users/messages", "/users/people"
SCRIPT_AND_LANGUAGE = pytest.mark.parametrize(("script", "language"), [(True, "el"), (True, "en"), (False, "el")])


@pytest.fixture(autouse=True)
def a_new_day(running: Running) -> None:
    forget_what_was_sent(running)


def leader(new_walk: NewWalk, script: bool, language: str = "el") -> Walk:
    walk = new_walk(script=script, pictures="users" if script else "")
    walk.sign_in("institution-coordinator-1")
    walk.confirm()
    if language == "en":
        walk.language = language
        walk.press("English")
    return walk


def stamp() -> str:
    return f"{datetime.now(UTC):%H%M%S%f}"


@SCRIPT_AND_LANGUAGE
def test_a_message_is_written_asked_about_and_followed_to_its_end(
    new_walk: NewWalk, outside: Outside, script: bool, language: str
) -> None:
    walk, subject = leader(new_walk, script, language), f"Νέες οδηγίες {stamp()}"
    walk.go(PEOPLE)
    walk.follow(walk.words("Αποστολή Email", "Send e-mail"), "message-form")
    walk.press(walk.words("Προεπισκόπηση", "Preview"), "message-errors")
    walk.fill(subject=subject, body="Από Δευτέρα ισχύουν νέες οδηγίες.\n\nΔείτε τες εγκαίρως.")
    walk.press(walk.words("Προεπισκόπηση", "Preview"), "message-question")
    walk.press(walk.words("Διόρθωση", "Correct it"))
    assert "\n\nΔείτε τες εγκαίρως." in walk.page.locator("main [name=body]").input_value()
    walk.press(walk.words("Προεπισκόπηση", "Preview"))
    walk.press(walk.words("Ναι, αποστολή", "Yes, send"), "message-on-its-way")

    done = walk.page.get_by_text(walk.words("Η αποστολή ολοκληρώθηκε.", "The sending is complete."))
    done.wait_for(timeout=30_000)  # nobody reloads: the script, or the refresh in the page's head, does
    walk.look("message-sent")
    assert any(subject in mail["subject"] for mail in outside.get("/mail/messages")["items"])
    walk.follow(walk.words("Αποστολή Email", "Send e-mail"), "message-history")
    assert subject in walk.text()


def test_when_the_day_is_used_up_the_page_says_so(new_walk: NewWalk) -> None:
    walk = leader(new_walk, script=True)
    for number in range(3):
        walk.go(MESSAGES)
        walk.fill(subject=f"Νο {number}", body="Κείμενο")
        walk.press("Προεπισκόπηση")
        walk.press("Ναι, αποστολή")

    walk.go(MESSAGES, "message-used-up")

    assert "Τα σημερινά 3 μηνύματα του φορέα έχουν σταλεί." in walk.text()
    assert walk.page.locator("main textarea").count() == 0


@SCRIPT_AND_LANGUAGE
def test_somebody_is_invited_found_written_to_again_and_taken_back(
    new_walk: NewWalk, outside: Outside, script: bool, language: str
) -> None:
    walk, surname = leader(new_walk, script, language), f"ΠΡΟΣΚΕΚΛΗΜΕΝΟΥ{stamp()}"
    address = f"{stamp()}@elsewhere.example"
    walk.go(PEOPLE, "people")
    walk.follow(walk.words("Πρόσκληση χρήστη", "Invite a user"), "invite")
    walk.press(walk.words("Αποστολή πρόσκλησης", "Send the invitation"), "invite-errors")
    walk.fill(surname=surname, name="ΝΙΚΗ", email=address)
    walk.press(walk.words("Αποστολή πρόσκλησης", "Send the invitation"), "invited")
    outside.mail_with(address, "/invitation?token=")

    walk.fill(search=surname.lower())
    walk.page.locator("main [name=state]").select_option("pending")
    walk.press(walk.words("Αναζήτηση", "Search"), "people-found")
    assert walk.page.locator("main tbody tr").count() == 1
    walk.press(walk.words("Επαναποστολή", "Send again"), "sent-again")
    walk.go(f"{PEOPLE}?search={surname}")
    walk.press(walk.words("Ανάκληση", "Revoke"), "revocation")
    walk.press(walk.words("Ναι, ανάκληση", "Yes, revoke"), "revoked")
    walk.go(f"{PEOPLE}?search={surname}")
    assert walk.words("Ανακλήθηκε", "Revoked") in walk.page.locator("main tbody").inner_text()


def test_by_keyboard_alone_a_message_is_sent_and_somebody_invited(new_walk: NewWalk, outside: Outside) -> None:
    walk, mark = leader(new_walk, script=False), stamp()
    keyboard = walk.page.keyboard

    def enter() -> None:
        with walk.page.expect_navigation():
            keyboard.press("Enter")

    walk.go(MESSAGES)
    walk.page.locator("main [name=subject]").focus()
    keyboard.type(f"Πληκτρολόγιο {mark}")
    keyboard.press("Tab")
    keyboard.type("Κείμενο")
    keyboard.press("Tab")
    enter()
    walk.page.locator("main button").first.focus()
    keyboard.press("Tab")
    enter()
    assert f"Πληκτρολόγιο {mark}" in walk.page.locator("h1").inner_text()

    walk.go(f"{PEOPLE}/invitation")
    walk.page.locator("main [name=surname]").focus()
    for words in ("ΠΛΗΚΤΡΟΥ", "ΑΝΝΑ", f"{mark}@elsewhere.example"):
        keyboard.type(words)
        keyboard.press("Tab")
    keyboard.press("Tab")
    enter()
    assert "Η πρόσκληση στάλθηκε." in walk.text()
