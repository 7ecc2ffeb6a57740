"""«Διαχειριστές»: inviting, accepting, viewing, demoting; without script, in both languages (S12, S13, S14)."""

import psycopg
import pytest

from runner.running import Running
from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.test_invitations import fresh, unknown_to_the_register

TAB, INVITED = "/users/coordinators", "user-padded"
ADDRESS = fresh("coordinator")  # one for all walks: an account has room for few
SEARCHED = "ό'νηλ"  # the person is written in capitals, without accents
SCRIPT_AND_LANGUAGE = pytest.mark.parametrize(("script", "language"), [(True, "el"), (True, "en"), (False, "el")])


def leader(new_walk: NewWalk, script: bool = True, language: str = "el") -> Walk:
    walk = new_walk(script=script, language=language, pictures="coordinators" if script else "")
    walk.sign_in("institution-coordinator-1")
    walk.confirm()
    if language == "en":
        walk.press("English")
    return walk


def invite(walk: Walk, surname: str, name: str, address: str = ADDRESS) -> None:
    walk.fill(surname=surname, name=name, email=address, phone="210 123 4567")
    walk.page.locator("main [name=unit_id]").select_option(label="Γενικό Τμήμα")
    walk.press(walk.words("Αποθήκευση", "Save"))


def look_for(walk: Walk, words: str) -> None:
    walk.fill(search=words)
    walk.press(walk.words("Αναζήτηση", "Search"))


def accept(new_walk: NewWalk, outside: Outside, link: str, *, script: bool = True) -> None:
    """The invited one follows the mail's link; the register does not know them."""
    walk = new_walk(script=script)
    with unknown_to_the_register(outside, INVITED):
        walk.go(link)
        walk.follow("Αποδοχή και είσοδος")
        walk.page.locator(f"#persona-{INVITED}").check()
        walk.page.get_by_role("button", name="Συνέχεια").click()
        walk.page.wait_for_url("**/sign-in")
        walk.confirm()
        if walk.page.url.endswith("/activation"):
            for box in walk.page.locator("main input[type=checkbox]").all():
                box.check()
            walk.press("Αποδοχή και συνέχεια")
    assert walk.page.locator(".user-menu").count() == 1


def mailed(outside: Outside) -> list[str]:
    """The links of all invitations mailed so far; the newest last."""
    mails = [mail for mail in outside.mails_to(ADDRESS) if "/invitation?token=" in mail["text"]]
    return [link_in(mail, "/invitation?token=") for mail in mails]


def next_link(outside: Outside, before: int) -> str:
    """Of the invitation mailed after so many."""
    return eventually(lambda: mailed(outside)[before:], what="the invitation's mail")[-1]


def a_minute_passes(running: Running) -> None:
    """Since the mail to this address."""
    address = running.processes.service("orgs", "web").environment["DATABASE_URL"]
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        connection.execute(
            "UPDATE coordinator_invitation SET sent_at = sent_at - interval '1 minute' WHERE address_key = %s",
            [ADDRESS],
        )


@SCRIPT_AND_LANGUAGE
def test_somebody_is_invited_accepts_is_viewed_and_demoted(
    new_walk: NewWalk, running: Running, outside: Outside, script: bool, language: str
) -> None:
    persona = outside.personas()[INVITED]
    before = len(mailed(outside))
    walk = leader(new_walk, script, language)
    walk.page.get_by_role("link", name=walk.words("Χρήστες", "Users"), exact=True).first.click()
    walk.page.wait_for_url(f"**{TAB}")
    walk.look("list")
    walk.follow(walk.words("Προσθήκη Συντονιστή Οργανικής Μονάδας", "Add a unit coordinator"), "new")
    walk.press(walk.words("Αποθήκευση", "Save"), "new-errors")
    assert walk.page.locator(".error-summary a").count() == 4
    invite(walk, persona["surname"], persona["name"])
    assert walk.words("Η πρόσκληση στέλνεται.", "The invitation is on its way.") in walk.text()
    walk.look("invited")
    next_link(outside, before)

    look_for(walk, SEARCHED)
    assert "(1 - 1)" in walk.text()
    row = walk.page.locator("main tbody")
    assert walk.words("Εκκρεμεί", "Pending") in row.inner_text()
    walk.follow(walk.words("Ανάπτυξη", "Expand"), "pending")
    assert ADDRESS in row.inner_text()
    again = walk.words("Επαναποστολή email ενεργοποίησης", "Resend the activation email")
    walk.press(again, "just-sent")
    assert walk.words("Η πρόσκληση μόλις στάλθηκε.", "mailed a moment ago") in walk.text()
    a_minute_passes(running)
    walk.press(again, "sent-again")
    assert walk.words("Η πρόσκληση στέλνεται ξανά", "The invitation is mailed again") in walk.text()
    accept(new_walk, outside, next_link(outside, before + 1), script=script)

    walk.until(walk.words("Ενεργός", "Active"))
    walk.follow(walk.words("Ανάπτυξη", "Expand"), "expanded")
    for words in (ADDRESS, walk.words("Αποδοχή όρων και ιδιωτικότητα", "Terms and privacy accepted")):
        assert words in row.inner_text()
    walk.follow(walk.words("Προβολή", "View"), "view")
    assert walk.words("Το email του χρήστη δεν μπορεί να τροποποιηθεί", "email cannot be changed") in walk.text()
    walk.follow(walk.words("Επιστροφή", "Back"))
    assert walk.page.locator("main [name=search]").input_value() == SEARCHED
    walk.follow(walk.words("Μετατροπή σε απλό χρήστη", "Turn into a plain user"), "demotion")
    walk.press(walk.words("Ναι, μετατροπή", "Yes, turn into a plain user"), "demoted")
    assert walk.words("Είναι πλέον απλός χρήστης", "They are a plain user now") in walk.text()
    assert walk.words("Δεν βρέθηκε Συντονιστής.", "No coordinator was found.") in walk.text()


@SCRIPT_AND_LANGUAGE
def test_an_invitation_is_taken_back(new_walk: NewWalk, script: bool, language: str) -> None:
    walk, surname = leader(new_walk, script, language), f"ΑΠΟΣΥΡΘΕΙΣΑ {language} {script}"
    walk.go(f"{TAB}/invitations/new")
    invite(walk, surname, "ΑΝΝΑ", fresh("withdrawn"))
    look_for(walk, surname)
    walk.follow(walk.words("Ανάπτυξη", "Expand"))
    walk.follow(walk.words("Απόσυρση πρόσκλησης", "Take the invitation back"), "withdrawal")
    walk.press(walk.words("Ναι, απόσυρση", "Yes, withdraw"), "withdrawn")

    assert walk.words("Η πρόσκληση αποσύρθηκε.", "The invitation was taken back.") in walk.text()
    assert walk.page.locator("main tbody").count() == 0


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_another_surname_waits_for_the_inviters_yes(new_walk: NewWalk, outside: Outside, script: bool) -> None:
    before = len(mailed(outside))
    walk = leader(new_walk, script)
    walk.go(f"{TAB}/invitations/new")
    invite(walk, "ΠΑΛΙΟΕΠΩΝΥΜΟΥ", "ΜΑΡΙΑ")
    accept(new_walk, outside, next_link(outside, before), script=script)

    look_for(walk, "παλιοεπώνυμου")
    walk.until("Άλλο επώνυμο")
    walk.follow("Ανάπτυξη", "surname-differs")
    assert outside.personas()[INVITED]["surname"] in walk.text()
    walk.press("Ναι, είναι αυτός/ή που κάλεσα", "recognised")
    look_for(walk, SEARCHED)
    assert "Ενεργός" in walk.page.locator("main tbody").inner_text()
    walk.follow("Μετατροπή σε απλό χρήστη")
    walk.press("Ναι, μετατροπή")


def test_an_administrator_invites_the_first_coordinator_of_an_institution(new_walk: NewWalk) -> None:
    walk = new_walk(pictures="coordinators-admin")
    walk.sign_in_as_administrator()
    walk.go("/admin/institutions?search=Δήμος Αθηναίων")
    walk.follow("Δήμος Αθηναίων")
    walk.follow("Διαχειριστές", "list")
    walk.follow("Προσθήκη Συντονιστή", "new")
    walk.page.locator("main [name=role]").select_option(label="Συντονιστής Φορέα")
    walk.fill(surname="ΠΡΩΤΗ", name="ΑΝΝΑ", email=fresh("first"))
    walk.press("Αποθήκευση", "invited")

    assert "Δήμος Αθηναίων" in walk.text()
    row = walk.page.locator("main tbody", has_text="ΠΡΩΤΗ ΑΝΝΑ")
    for words in ("Συντονιστής Φορέα", "Γενικό Τμήμα", "Εκκρεμεί"):
        assert words in row.inner_text()
    with walk.page.expect_navigation():
        row.get_by_role("link", name="Ανάπτυξη").click()
    walk.follow("Απόσυρση πρόσκλησης")
    walk.press("Ναι, απόσυρση", "withdrawn")
    assert walk.page.locator("main tbody", has_text="ΠΡΩΤΗ ΑΝΝΑ").count() == 0


def test_expanding_by_keyboard_alone(new_walk: NewWalk) -> None:
    walk = leader(new_walk, script=False)
    walk.go(TAB)
    walk.page.locator("main [name=search]").focus()
    keyboard = walk.page.keyboard
    keyboard.type("νικολάου γεώργιος")
    with walk.page.expect_navigation():
        keyboard.press("Enter")
    walk.page.get_by_role("link", name="Αποστολή Email").focus()
    keyboard.press("Tab")
    assert walk.page.evaluate("document.activeElement.innerText").startswith("Ανάπτυξη")
    with walk.page.expect_navigation():
        keyboard.press("Enter")
    assert "Αποδοχή όρων και ιδιωτικότητα" in walk.text()
