"""Every page, in both languages, at three widths, by eye (pictures), axe and structure."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.conftest import NewWalk
from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.test_main_job import plan_now
from tests.journeys.visitor import Visitor

PUBLIC = {
    "home": "/",
    "terms": "/terms",
    "privacy": "/privacy",
    "accessibility": "/accessibility-statement",
    "support": "/support",
    "refused": "/refused",
    "lost-proof": "/confirm?token=" + "x" * 43,
    "lost-ticket": "/join/" + "x" * 43,
    "nowhere": "/nowhere",
}


@pytest.mark.parametrize("language", ["el", "en"])
@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages(new_walk: NewWalk, name: str, language: str) -> None:
    walk = new_walk(language=language, pictures="public")
    if language == "en":
        walk.go("/")
        walk.press("English")

    walk.go(PUBLIC[name], name)

    assert walk.page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("language", ["el", "en"])
def test_a_coordinators_pages(new_walk: NewWalk, language: str) -> None:
    walk = new_walk(language=language, pictures="signed-in")
    walk.sign_in("institution-coordinator-1")
    walk.confirm()
    if language == "en":
        walk.press("English")
    for name, path in {"home": "/", "conferences": "/conferences", "new": "/conferences/new"}.items():
        walk.go(path, name)
    walk.press({"el": "Αποθήκευση", "en": "Save"}[language], "new-errors")


@pytest.mark.parametrize("language", ["el", "en"])
def test_a_conferences_pages(new_walk: NewWalk, outside: Outside, coordinator: Visitor, language: str) -> None:
    """All that its coordinator sees of it, and what stands behind a personal link from before the start to the end."""
    address = f"pages.{datetime.now(UTC):%H%M%S%f}@elsewhere.example"
    start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(hours=2)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    guests = [{"email": address, "name": "Ευστάθιος Χατζηκωνσταντίνου-Παπαδημητρακόπουλος"}]
    present, future = plan_now(coordinator, participants=guests), plan_now(coordinator, **times, participants=guests)
    for conference in (present, future):
        coordinator.post(f"/api/v1/conferences/{conference['id']}/invitations", {}, expect=202)
    doors = [link_in(outside.mail_with(address, str(each["title"])), "/join/") for each in (present, future)]
    eventually(lambda: coordinator.get(f"/api/v1/conferences/{present['id']}")["room"] == "ready", what="the room")
    here, later = (f"/conferences/{conference['id']}" for conference in (present, future))
    (place,) = coordinator.get(f"/api/v1{here}/participants")["items"]
    walk, guest = (new_walk(language=language, pictures=pictures) for pictures in ("conference", "ticket"))
    walk.sign_in("unit-coordinator-1")
    walk.confirm()
    for reader in (walk, guest):
        reader.go("/support")
        if language == "en":
            reader.press("English")

    walk.go("/conferences", "list")
    walk.go(f"{here}?search=νικολ", "search")
    walk.go(f"{here}/edit", "edit")
    walk.fill(title="")
    walk.press({"el": "Αποθήκευση", "en": "Save"}[language], "edit-errors")
    walk.go(f"{here}/participants/{place['id']}/removal", "removal")
    walk.go(f"{here}/live", "live")
    walk.go(f"{here}/end", "end")
    walk.go(f"{later}/cancellation", "cancellation")
    guest.go(doors[0], "open")
    guest.go(doors[1], "waiting")

    coordinator.post(f"/api/v1{here}/end", expect=200)
    coordinator.call("DELETE", f"/api/v1{later}", expect=204)
    walk.go(here, "ended")
    walk.go(f"{here}/report", "report")
    walk.go(f"{here}/end", "too-late")
    walk.go(later, "cancelled")
    guest.go(doors[0], "ended")
    guest.go(doors[1], "cancelled")


@pytest.mark.parametrize("persona", ["not-employed", "legal-entity", "invalid-taxid"])
def test_refused_people_are_told_why_and_signed_out_at_taxisnet(
    new_walk: NewWalk, outside: Outside, persona: str
) -> None:
    walk = new_walk(pictures="refused")
    walk.go("/auth/login")
    walk.page.locator(f"#persona-{persona}").check()
    walk.page.get_by_role("button", name="Συνέχεια").click()
    walk.page.wait_for_url("**/refused")
    walk.look(persona)

    walk.go("/auth/login")
    assert walk.page.locator(f"#persona-{persona}").count() == 1, "TaxisNet asks again who this is"


def test_the_menu_works_by_keyboard_alone(new_walk: NewWalk) -> None:
    walk = new_walk(script=False)
    walk.go("/")
    walk.page.keyboard.press("Tab")
    assert walk.page.evaluate("document.activeElement.getAttribute('href')") == "#main"

    summary = walk.page.locator(".display-menu summary")
    summary.focus()
    walk.page.keyboard.press("Enter")
    walk.page.locator("input[name=contrast]").nth(1).focus()
    walk.page.keyboard.press("Space")
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    chosen = walk.page.locator("html").get_attribute("class")
    walk.go("/terms")

    assert chosen
    assert walk.page.locator("html").get_attribute("class") == chosen, "remembered on the next page"
