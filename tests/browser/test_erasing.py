"""«Τα δεδομένα μου», «Διαγραφή λογαριασμού» and the certificate, by script and without, in both languages (S6, O5)."""

import json

import pytest

from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.outside import Outside, eventually
from tests.journeys.test_main_job import activated, plan_now
from tests.journeys.visitor import Addresses, Visitor


def signed_in(walk: Walk, persona: str) -> Walk:
    walk.sign_in(persona)
    walk.confirm()
    return walk


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_reading_ones_data_and_deleting_the_account(
    new_walk: NewWalk, at: Addresses, outside: Outside, script: bool
) -> None:
    persona = "user-4" if script else "user-3"
    _, address = activated(at, outside, persona)
    walk = signed_in(new_walk(script=script, pictures="erasing" if script else ""), persona)
    walk.go("/account")
    walk.follow("Όλα όσα τηρούμε για εσάς", "data")
    surname = outside.personas()[persona]["surname"]
    eventually(lambda: surname in walk.text(), what="the name on the page")
    for summary in walk.page.locator("main summary").all():
        summary.focus()
        walk.page.keyboard.press("Enter")
    walk.look("data-open")
    downloaded = walk.page.request.get(f"{at.gateway}/account/data.json")
    assert surname in json.dumps(downloaded.json(), ensure_ascii=False)

    walk.go("/account")
    walk.follow("Διαγραφή λογαριασμού", "deletion")
    assert "δεν θα μπορεί να ανακτηθεί" in walk.text()
    walk.fill(email="another@staff.example")
    walk.press("OK", "wrong-address")
    walk.fill(email=address)
    walk.page.locator("main [name=email]").press("Enter")
    walk.page.wait_for_url(f"{at.gateway}/")
    walk.look("deleted")
    assert "Ο λογαριασμός σας διαγράφηκε." in walk.text()
    assert walk.page.locator(".user-menu").count() == 0

    walk.follow("Βεβαίωση διαγραφής", "certificate")
    walk.until("Η διαγραφή έχει ολοκληρωθεί παντού.", within=120)
    walk.look("certificate-complete")


def test_what_stands_in_the_way_is_listed(new_walk: NewWalk, coordinator: Visitor) -> None:
    conference = plan_now(coordinator)
    address = coordinator.get("/api/v1/session")["person"]["email"]
    walk = signed_in(new_walk(script=False, pictures="erasing"), "unit-coordinator-1")

    eventually(lambda: heard_of(coordinator, conference["number"]), what="the conference in identity")
    walk.go("/account/deletion")
    walk.fill(email=address)
    walk.press("OK")

    assert f"Τηλεδιάσκεψη {conference['number']}" in walk.text()
    walk.look("refused")
    coordinator.call("DELETE", f"/api/v1/conferences/{conference['id']}", expect=204)


def heard_of(coordinator: Visitor, number: int) -> bool:
    """Whether identity knows of the conference: its part of the download says so."""
    parts = coordinator.get("/api/v1/account/export")["parts"]
    return str(number) in json.dumps(next(part for part in parts if part["service"] == "identity"))


@pytest.mark.parametrize("path", ["/account/data", "/account/deletion", "/certificate/unknown"])
def test_the_pages_speak_english_too(new_walk: NewWalk, coordinator: Visitor, path: str) -> None:
    walk = new_walk(language="en", pictures="erasing")
    walk.sign_in("unit-coordinator-1")
    walk.confirm()
    walk.go("/")
    walk.press("English")
    walk.go(path, path.strip("/").replace("/", "-"))
    assert walk.page.locator("html").get_attribute("lang") == "en"
