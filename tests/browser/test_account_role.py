"""«Αίτημα αλλαγής ρόλου»: asking, withdrawing, stepping down; without script, by keyboard, in both languages (S8)."""

from collections.abc import Callable, Iterator

import pytest

from runner.running import Running
from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import give_role
from tests.journeys.test_main_job import activated
from tests.journeys.visitor import Addresses

TAB = "/account/role"
ASKS, STEPS_DOWN = "user-6", "user-5"
ASKED = ["phone", "role", "institution_id", "unit_id", "reason"]


@pytest.fixture
def works_at(at: Addresses, outside: Outside) -> Iterator[Callable[[list[str] | str], None]]:
    """What the register answers of `ASKS`, heard of everywhere; at the end as before."""
    before = outside.personas()[ASKS]["employment"]
    person, _ = activated(at, outside, ASKS)

    def work(employment: list[str] | str) -> None:
        outside.put(f"/personas/{ASKS}/employment", employment=employment)
        person.sign_in(ASKS)
        count = len(employment) if isinstance(employment, list) else 0
        eventually(
            lambda: len(person.get("/api/v1/role-request-options")["institutions"]) == count, what="the bodies in orgs"
        )

    yield work
    work(before)


def signed_in(walk: Walk, persona: str) -> Walk:
    walk.sign_in(persona)
    walk.confirm()
    return walk


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_asking_and_withdrawing(new_walk: NewWalk, works_at: Callable[[list[str]], None], script: bool) -> None:
    works_at(["8840", "5012"])
    walk = signed_in(new_walk(script=script, pictures="role"), ASKS)
    walk.go("/account")
    walk.follow("Αίτημα αλλαγής ρόλου", "form")

    walk.fill(phone="")
    walk.press("Υποβολή αιτήματος", "errors")
    walk.fill(phone="261 012 3456", reason="Οργανώνω τις τηλεδιασκέψεις των κλινικών.")
    for name, choice in {
        "role": "Συντονιστής Οργανικής Μονάδας",
        "institution_id": "Γενικό Νοσοκομείο Πατρών",
        "unit_id": "Γενικό Τμήμα",
    }.items():
        walk.page.locator(f"main [name={name}]").select_option(label=choice)
    groups = walk.page.locator("main [name=unit_id] optgroup").evaluate_all("all => all.map(one => one.label)")
    units_of_the_hospital = walk.page.locator("main [name=unit_id] optgroup", has_text="Νοσηλευτική")
    walk.page.locator("main [name=unit_id]").select_option(
        units_of_the_hospital.locator("option").first.get_attribute("value")
    )
    walk.press("Υποβολή αιτήματος", "asked")
    assert groups == ["Γενικό Νοσοκομείο Πατρών", "Δήμος Αθηναίων"]
    assert "Το αίτημα υποβλήθηκε." in walk.text()
    assert "ΝΕΑ" in walk.text()
    assert "Έχετε ήδη αίτημα που περιμένει απάντηση" in walk.text()

    walk.follow("Απόσυρση", "withdrawal")
    walk.press("Ναι, απόσυρση", "withdrawn")
    assert "Το αίτημα αποσύρθηκε." in walk.text()
    assert "ΔΙΕΓΡΑΜΜΕΝΗ" in walk.text()


@pytest.mark.parametrize("language", ["el", "en"])
def test_the_pages_in_both_languages(new_walk: NewWalk, works_at: Callable[..., None], language: str) -> None:
    works_at(["8840"])
    walk = signed_in(new_walk(pictures="role"), ASKS)
    leader = signed_in(new_walk(pictures="role"), "institution-coordinator-2")
    for each in (walk, leader):
        each.language = language
        if language == "en":
            each.press("English")

    walk.go(TAB, "one-institution")
    works_at("none")
    walk.go(TAB, "not-employed")
    leader.go(TAB, "highest")
    leader.press({"el": "Υποβιβασμός ρόλου", "en": "Step down"}[language], "step-down")

    expected = {"el": "Δεν βρέθηκε ενεργή σχέση εργασίας", "en": "No employment of yours"}
    assert expected[language] in walk.text()
    assert {"el": "Ισχύει αμέσως.", "en": "It takes effect at once."}[language] in leader.text()


def test_asking_by_keyboard_alone(new_walk: NewWalk, works_at: Callable[..., None]) -> None:
    works_at(["8840", "5012"])
    walk = signed_in(new_walk(script=False), ASKS)
    walk.go(TAB)
    walk.page.locator("main [name=phone]").focus()
    keyboard, focused = walk.page.keyboard, []
    for down, text in ((0, "2610123456"), (2, ""), (1, ""), (0, ""), (0, "Για τις κλινικές.")):
        focused.append(walk.page.evaluate("document.activeElement.name"))
        for _ in range(down):
            keyboard.press("ArrowDown")
        if text:
            keyboard.press("Control+A")
            keyboard.type(text)
        keyboard.press("Tab")
    with walk.page.expect_navigation():
        keyboard.press("Enter")

    assert focused == ASKED
    assert "Το αίτημα υποβλήθηκε." in walk.text()
    walk.follow("Απόσυρση")
    walk.press("Ναι, απόσυρση")


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_stepping_down(new_walk: NewWalk, running: Running, at: Addresses, outside: Outside, script: bool) -> None:
    person, _ = activated(at, outside, STEPS_DOWN)
    give_role(running, person, "unit_coordinator")
    walk = signed_in(new_walk(script=script, pictures="role"), STEPS_DOWN)
    walk.go(TAB, "coordinator")

    walk.press("Υποβιβασμός ρόλου", "leaving")
    walk.press("Ναι, υποβιβασμός", "left")

    assert "Ο ρόλος σας άλλαξε." in walk.text()
    assert "Μπορείτε να πραγματοποιήσετε υποβιβασμό ρόλου" not in walk.text()
    walk.go("/account")
    walk.until("Απλός χρήστης")
