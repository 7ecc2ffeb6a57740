"""Every page that stands alone, in both languages, at three widths, by eye (pictures), axe and structure."""

import pytest

from tests.browser.conftest import NewWalk
from tests.journeys.outside import Outside

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
