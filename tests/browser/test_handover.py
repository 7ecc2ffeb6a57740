"""«Παράδοση σε άλλον Συντονιστή» and «Χωρίς συντονιστή»; with and without script, in both languages (S24, S25)."""

import pytest

from runner.running import Running
from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import give_role
from tests.journeys.test_handover import LEAVES, STEP_DOWN, left_to, plan_later, signed_in
from tests.journeys.test_main_job import activated
from tests.journeys.visitor import Addresses, Visitor

LEADER, RECEIVER = "institution-coordinator-2", "ΒΑΣΙΛΕΙΟΥ ΑΝΝΑ"


@pytest.fixture
def leaver(running: Running, at: Addresses, outside: Outside) -> Visitor:
    person, _ = activated(at, outside, LEAVES)
    give_role(running, person, "unit_coordinator")
    return person


def walking(walk: Walk, persona: str) -> Walk:
    walk.sign_in(persona)
    walk.confirm()
    if walk.language == "en":
        walk.press("English")
    return walk


def choose(walk: Walk, name: str) -> None:
    walk.page.get_by_role("radio", name=name).check()


@pytest.mark.parametrize(("script", "language"), [(True, "el"), (False, "en")], ids=["script on", "script off"])
def test_one_is_handed_over_from_its_page(new_walk: NewWalk, leaver: Visitor, script: bool, language: str) -> None:
    planned = plan_later(leaver, days=50)
    walk = walking(new_walk(script=script, language=language, pictures="handover"), LEAVES)
    walk.go(f"/conferences/{planned['id']}", "conference")

    walk.follow(walk.words("Παράδοση σε άλλον Συντονιστή", "Hand over to another coordinator"), "choice")
    walk.press(walk.words("Συνέχεια στην επιβεβαίωση", "Continue to confirmation"), "nobody-chosen")
    assert walk.words("Επιλέξτε Συντονιστή.", "Choose a coordinator.") in walk.text()
    walk.fill(search="βασιλειου")
    walk.press(walk.words("Αναζήτηση", "Search"), "found")
    choose(walk, RECEIVER)
    walk.press(walk.words("Συνέχεια στην επιβεβαίωση", "Continue to confirmation"), "question")
    walk.press(walk.words("Ναι, παράδοση", "Yes, hand over"), "done")

    assert walk.words("Η τηλεδιάσκεψη παραδόθηκε.", "The conference was handed over.") in walk.text()
    assert str(planned["title"]) not in walk.text()


@pytest.mark.parametrize(("script", "language"), [(True, "en"), (False, "el")], ids=["script on", "script off"])
def test_what_was_left_is_chosen_and_handed_over(
    new_walk: NewWalk, at: Addresses, leaver: Visitor, script: bool, language: str
) -> None:
    planned = [plan_later(leaver, days=days) for days in (51, 52, 53)]
    leader = signed_in(at, LEADER)
    leaving = walking(new_walk(script=script, language=language, pictures="handover"), LEAVES)
    leaving.go("/account/role/step-down?role=user", "stepping-down")
    assert leaving.page.get_by_role("link", name=leaving.words("Παραδώστε τις πρώτα", "Hand them over")).is_visible()
    leaving.follow(leaving.words("Παραδώστε τις πρώτα", "Hand them over"), "mine")
    leaver.post(STEP_DOWN, {"role": "user"})
    eventually(lambda: {each["id"] for each in planned} <= left_to(leader), what="what was left")
    walk = walking(new_walk(script=script, language=language, pictures="handover"), LEADER)
    walk.go("/conferences", "left")
    some, all_ = (
        walk.words("Παράδοση επιλεγμένων", "Hand over those chosen"),
        walk.words("Παράδοση όλων", "Hand over all"),
    )

    walk.press(some, "none-ticked")
    assert walk.words("Επιλέξτε τουλάχιστον μία", "Choose at least one") in walk.text()
    for conference in planned[:2]:
        walk.page.get_by_role("checkbox", name=str(conference["title"])).check()
    walk.press(some, "choice-of-many")
    choose(walk, RECEIVER)
    walk.press(walk.words("Συνέχεια στην επιβεβαίωση", "Continue to confirmation"), "question-of-many")
    walk.press(walk.words("Ναι, παράδοση", "Yes, hand over"), "done-many")
    assert walk.words("Οι τηλεδιασκέψεις παραδόθηκαν.", "The conferences were handed over.") in walk.text()
    assert not {each["id"] for each in planned[:2]} & left_to(leader)

    walk.press(all_)
    choose(walk, RECEIVER)
    walk.press(walk.words("Συνέχεια στην επιβεβαίωση", "Continue to confirmation"))
    walk.press(walk.words("Ναι, παράδοση", "Yes, hand over"))
    assert left_to(leader) == set()
    assert walk.page.get_by_role("heading", name=walk.words("Χωρίς συντονιστή", "Without coordinator")).count() == 0
