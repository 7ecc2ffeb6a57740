"""«Ομάδες»: from the report to the next conference; without script, by keyboard, in both languages (S30)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.outside import Outside
from tests.journeys.test_main_job import activated, plan_now
from tests.journeys.visitor import Addresses, Visitor

TAB = "/users/groups"
WORDS = {
    "el": {
        "create": "Δημιουργία ομάδας χρηστών", "save": "Αποθήκευση", "changes": "Αποθήκευση Αλλαγών",
        "search": "Αναζήτηση", "add": "Προσθήκη στην ομάδα", "remove": "Αφαίρεση", "back": "Επιστροφή",
        "add members": "Προσθήκη μελών", "yes": "Ναι, διαγραφή",
    },
    "en": {
        "create": "Create a group of users", "save": "Save", "changes": "Save changes", "search": "Search",
        "add": "Add to the group", "remove": "Remove", "back": "Back", "add members": "Add members",
        "yes": "Yes, delete",
    },
}  # fmt: skip


@pytest.fixture
def ended(at: Addresses, outside: Outside, coordinator: Visitor) -> dict[str, Any]:
    """An ended conference that one person with an account, and a guest, had a place in."""
    _, address = activated(at, outside, "user-1")
    conference = plan_now(coordinator)
    here = f"/api/v1/conferences/{conference['id']}"
    people = [{"email": address}, {"email": "guest@elsewhere.example", "name": "Ελένη Επισκέπτρια"}]
    coordinator.post(f"{here}/participants", {"people": people})
    coordinator.post(f"{here}/end", expect=200)
    return conference


def signed_in(walk: Walk, persona: str = "unit-coordinator-1") -> Walk:
    walk.sign_in(persona)
    walk.confirm()
    if walk.language == "en" and walk.page.locator("html").get_attribute("lang") == "el":
        walk.press("English")
    return walk


@pytest.mark.parametrize(
    ("script", "language"),
    [
        pytest.param(True, "el", id="script on"),
        pytest.param(False, "el", id="script off"),
        pytest.param(True, "en", id="in English"),
    ],
)
def test_a_group_from_the_report_to_the_next_conference(
    new_walk: NewWalk, at: Addresses, outside: Outside, ended: dict[str, Any], script: bool, language: str
) -> None:
    _, second = activated(at, outside, "user-2")
    words, name = WORDS[language], f"Ομάδα Έργου {datetime.now(UTC):%H%M%S%f}"
    title = f"Συνεδρίαση ομάδας {datetime.now(UTC):%H%M%S%f}"
    walk = signed_in(new_walk(script=script, language=language, pictures="groups"))

    walk.go(f"/conferences/{ended['id']}/report", "report")
    walk.follow(words["create"], "new")
    walk.press(words["save"], "new-errors")
    walk.fill(name=name, description=title)
    walk.press(words["save"], "created")
    assert walk.page.locator("tbody tr").count() == 1
    assert "Ελένη" not in walk.page.locator("tbody").inner_text()
    group = walk.page.url.split("?")[0]

    walk.fill(email="nobody@elsewhere.example")
    walk.press(words["search"], "nobody-found")
    walk.fill(email=second)
    walk.press(words["search"], "found")
    walk.press(words["add"], "added")
    assert walk.page.locator("tbody tr").count() == 2
    walk.fill(email=second)
    walk.press(words["search"], "found-already")
    assert walk.page.get_by_role("button", name=words["add"]).count() == 0
    walk.fill(name=f"{name} νέο")
    walk.press(words["changes"], "saved")

    walk.go(TAB, "list")
    row = walk.page.locator("tbody tr", has_text=name)
    assert [cell.inner_text() for cell in row.locator("th, td").all()[:3]] == [f"{name} νέο", title, "2"]
    with walk.page.expect_navigation():
        row.get_by_role("link").nth(2).click()
    walk.look("plus")
    assert walk.page.locator("[name=title]").input_value() == title
    walk.press(words["save"])
    walk.look("conference")
    conference = walk.page.url.split("?")[0]
    assert walk.page.locator("tbody tr").count() == 2

    walk.press(words["add members"], "none-chosen")
    walk.go(conference)
    walk.page.locator("fieldset .form-check", has_text=f"{name} νέο").get_by_role("checkbox").check()
    walk.press(words["add members"], "all-there")
    assert walk.page.locator("tbody tr").count() == 2

    walk.go(group)
    walk.press(words["remove"], "removed")
    walk.go(f"{group}/deletion", "deletion")
    walk.press(words["yes"], "deleted")
    assert name not in walk.text()
    walk.go(f"{conference}/cancellation")
    walk.page.locator("main .btn-danger").click()


def test_adding_to_a_group_by_keyboard_alone(
    new_walk: NewWalk, at: Addresses, outside: Outside, ended: dict[str, Any], coordinator: Visitor
) -> None:
    _, second = activated(at, outside, "user-2")
    group = coordinator.post(f"/api/v1/conferences/{ended['id']}/report/group", {"name": "Πληκτρολόγιο"}, expect=201)
    walk = signed_in(new_walk(script=False))
    walk.go(f"{TAB}/{group['id']}")
    keyboard = walk.page.keyboard

    def on(words: str) -> None:
        """Tab until the element in focus says this."""
        for _ in range(60):
            keyboard.press("Tab")
            said = walk.page.evaluate("document.activeElement.innerText || document.activeElement.name || ''")
            if words in said:
                return
        raise AssertionError(f"«{words}» is out of the keyboard's reach")

    on("email")
    keyboard.type(second)
    with walk.page.expect_navigation():
        keyboard.press("Enter")
    on("Προσθήκη στην ομάδα")
    with walk.page.expect_navigation():
        keyboard.press("Enter")
    assert "Ο χρήστης προστέθηκε στην ομάδα." in walk.text()

    on("Αφαίρεση")
    with walk.page.expect_navigation():
        keyboard.press("Enter")
    assert "Ο χρήστης αφαιρέθηκε από την ομάδα." in walk.text()
    assert len(coordinator.get(f"/api/v1/groups/{group['id']}")["members"]) == 1
    coordinator.call("DELETE", f"/api/v1/groups/{group['id']}", expect=204)


def test_institution_coordinators_have_the_tab_and_users_do_not(new_walk: NewWalk) -> None:
    leader = signed_in(new_walk(), "institution-coordinator-2")
    user = signed_in(new_walk(), "user-3")

    leader.go(TAB, "empty")
    tabs = leader.page.locator("main nav.tabs a").all_inner_texts()
    user.go("/support")

    assert "Ομάδες" in tabs
    assert user.page.locator("header a", has_text="Χρήστες").count() == 0
