"""What a coordinator sees whom the register no longer names, until it does again (S2)."""

from collections.abc import Iterator

import pytest

from runner.running import Running
from tests.browser.conftest import NewWalk
from tests.journeys.outside import Outside
from tests.journeys.roles import give_role, roles_of
from tests.journeys.visitor import Addresses, Visitor

PERSONA, A_BODY = "coordinator-left", ["5012"]


@pytest.fixture
def register(running: Running, at: Addresses, outside: Outside) -> Iterator[Outside]:
    """Names the coordinator, whatever earlier tests made of them; says at the end what it said before."""
    before = outside.personas()[PERSONA]["employment"]
    outside.put(f"/personas/{PERSONA}/employment", employment=A_BODY)
    person = Visitor(at)
    person.sign_in(PERSONA)
    if "unit_coordinator" not in roles_of(person):
        give_role(running, person, "unit_coordinator")
    yield outside
    outside.put(f"/personas/{PERSONA}/employment", employment=A_BODY)
    person.sign_in(PERSONA)
    outside.put(f"/personas/{PERSONA}/employment", employment=before)


@pytest.mark.parametrize(("script", "language"), [(True, "el"), (True, "en"), (False, "el")])
def test_the_home_page_says_until_when_and_what_to_do(
    new_walk: NewWalk, register: Outside, script: bool, language: str
) -> None:
    register.put(f"/personas/{PERSONA}/employment", employment="none")
    walk = new_walk(script=script, language=language, pictures="employment" if script else "")
    walk.sign_in(PERSONA)
    walk.confirm()
    if language == "en":
        walk.press("English")
    walk.go("/", "flagged")
    notice = walk.page.locator("main .note-warning")
    assert walk.words("Μένετε Συντονιστής έως", "You remain a coordinator until") in notice.inner_text()
    assert walk.words("διεύθυνση προσωπικού", "personnel department") in notice.inner_text()
    assert walk.page.get_by_role("link", name=walk.words("Νέα τηλεδιάσκεψη", "New conference")).count() > 0

    register.put(f"/personas/{PERSONA}/employment", employment=A_BODY)
    again = new_walk(script=script, language=language, pictures="employment" if script else "")
    again.sign_in(PERSONA)
    again.confirm()
    again.go("/", "corrected")
    assert again.page.locator("main .note-warning").count() == 0
