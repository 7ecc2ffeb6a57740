"""«Συνεργάτες»: asking, accepting, rejecting, ending; without script, by keyboard, in both languages (S18)."""

import pytest

from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.collaborating import accepted, asked, ended_before
from tests.journeys.outside import Outside
from tests.journeys.test_main_job import activated, plan_now
from tests.journeys.visitor import Addresses, Visitor

TAB = "/account/collaborators"
OWNER, HELPER, THIRD = "unit-coordinator-1", "unit-coordinator-2", "institution-coordinator-2"


@pytest.fixture
def people(at: Addresses, outside: Outside) -> tuple[Visitor, Visitor, Visitor]:
    """Three coordinators of one institution who do not work together yet."""
    owner, helper, third = (activated(at, outside, persona)[0] for persona in (OWNER, HELPER, THIRD))
    ended_before(owner, helper, third)
    return owner, helper, third


def signed_in(walk: Walk, persona: str, language: str = "el") -> Walk:
    walk.sign_in(persona)
    walk.confirm()
    if language == "en":
        walk.language = "en"
        walk.press("English")
    return walk


def name_of(outside: Outside, persona: str) -> str:
    known = outside.personas()[persona]
    return f"{known['surname']} {known['name']}"


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_asking_accepting_and_ending(
    new_walk: NewWalk, outside: Outside, people: tuple[Visitor, Visitor, Visitor], script: bool
) -> None:
    owner, *_ = people
    title = str(plan_now(owner)["title"])
    walk = signed_in(new_walk(script=script, pictures="collaborators"), OWNER)
    walk.go("/account")
    walk.follow("Συνεργάτες", "none")
    assert "Δεν έχετε συνεργάτες." in walk.text()

    walk.follow("Προσθήκη", "candidates")
    walk.press("Προσθήκη", "nobody-ticked")
    walk.page.get_by_label(name_of(outside, HELPER)).check()
    walk.press("Προσθήκη", "asked")
    assert "Το αίτημα συνεργασίας στάλθηκε." in walk.text()
    assert "Σε αναμονή" in walk.text()

    other = signed_in(new_walk(script=script, pictures="collaborators"), HELPER)
    other.go(TAB, "incoming")
    other.press("Αποδοχή", "accepted")
    assert "Ενεργή" in other.text()
    other.go("/conferences")
    other.until(title)
    other.follow(title, "owners-conference")
    assert other.page.locator("main").get_by_role("link", name="Επεξεργασία").count()

    walk.go(TAB, "active")
    assert "Ενεργή" in walk.text()
    walk.follow("Διαγραφή", "ending")
    question = f"Είστε σίγουροι ότι θέλετε να διακοπεί η συνεργασία με τον χρήστη {name_of(outside, HELPER)};"
    assert question in walk.text()
    walk.press("Ναι", "ended")
    assert "Δεν έχετε συνεργάτες." in walk.text()
    other.go(TAB)
    assert "Κανείς δεν σας έχει στείλει αίτημα συνεργασίας." in other.text()


def test_one_box_ticks_all_and_says_when_only_some_are(
    new_walk: NewWalk, people: tuple[Visitor, Visitor, Visitor]
) -> None:
    walk = signed_in(new_walk(pictures="collaborators"), OWNER)
    walk.go(f"{TAB}/candidates")
    all_, each = walk.page.get_by_label("Επιλογή όλων"), walk.page.locator("[name=person_ids]")

    all_.check()
    assert all(each.nth(number).is_checked() for number in range(each.count()))
    assert each.count() >= 2
    each.first.uncheck()
    assert all_.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    walk.look("some-ticked")
    each.first.check()
    assert all_.is_checked()
    count = each.count()
    walk.press("Προσθήκη", "all-asked")

    assert walk.page.locator("main table tbody tr").count() == count


def test_without_script_all_are_asked_after_one_more_question(
    new_walk: NewWalk, people: tuple[Visitor, Visitor, Visitor]
) -> None:
    owner, *_ = people
    count = owner.get("/api/v1/collaboration-candidates")["total"]
    walk = signed_in(new_walk(script=False, pictures="collaborators"), OWNER)
    walk.go(f"{TAB}/candidates")
    assert not walk.page.get_by_label("Επιλογή όλων").is_visible()

    walk.follow("Προσθήκη όλων", "everybody")
    assert f"Πλήθος: {count}" in walk.text()
    walk.press("Ναι, προσθήκη όλων")

    assert walk.page.locator("main table tbody tr").count() == count
    walk.go(f"{TAB}/candidates", "nobody-left")
    assert "Δεν υπάρχουν άλλοι Συντονιστές" in walk.text()


def test_rejecting_in_english_by_keyboard_alone(
    new_walk: NewWalk, outside: Outside, people: tuple[Visitor, Visitor, Visitor]
) -> None:
    owner, helper, third = people
    asked(owner, helper)
    accepted(helper, third)
    accepted(third, helper)
    walk = signed_in(new_walk(pictures="collaborators"), HELPER, "en")
    walk.go(TAB, "both-halves")
    walk.go(f"{TAB}/candidates", "candidates")
    walk.go(TAB)
    reject = walk.page.locator("main").get_by_role("link", name="Reject")
    reject.focus()
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    walk.look("rejecting")
    assert f"end the collaboration with the user {name_of(outside, OWNER)}?" in walk.text()

    walk.page.get_by_role("link", name="No", exact=True).focus()
    walk.page.keyboard.press("Tab")
    assert walk.page.evaluate("document.activeElement.textContent.trim()") == "Yes"
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")

    assert "was deleted" in walk.text()
    assert owner.get("/api/v1/collaborations")["helpers"] == []
