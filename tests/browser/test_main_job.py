"""The main job as people do it, in a real browser, with and without script."""

import io
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from tests.browser.conftest import NewWalk
from tests.journeys.outside import Outside, calendar_entries, eventually, link_in

ATHENS = ZoneInfo("Europe/Athens")
GUEST_NAME = "=1+1"


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_from_sign_in_to_the_report(new_walk: NewWalk, outside: Outside, script: bool) -> None:
    stamp = f"{datetime.now(ATHENS):%H%M%S%f}"
    persona = {True: "user-2", False: "user-3"}[script]
    title = f"Συνεδρίαση {stamp}"
    person = outside.personas()[persona]
    user_address, guest_address = f"{persona}.{stamp}@staff.example", f"guest.{stamp}@elsewhere.example"

    # A plain user activates an account.
    user = new_walk(script=script, pictures="user")
    user.go("/", "home")
    user.sign_in(persona)
    user.look("confirmation")
    user.confirm()
    if user.page.url.endswith("/activation"):
        user.look("activation")
        user.press("Αποστολή email επιβεβαίωσης", "activation-errors")
        user.fill(email=user_address)
        for box in user.page.locator("main input[type=checkbox]").all():
            box.check()
        user.press("Αποστολή email επιβεβαίωσης", "activation-sent")
        user.proof(user_address)
    user.go("/conferences", "conferences")

    # A coordinator plans, adds both and invites.
    coordinator = new_walk(script=script, pictures="coordinator")
    coordinator.sign_in("unit-coordinator-2")
    coordinator.confirm()
    coordinator.look("home")
    coordinator.go("/conferences", "conferences")
    coordinator.go("/conferences/new", "new")
    coordinator.press("Αποθήκευση", "new-errors")
    start = datetime.now(ATHENS)
    coordinator.fill(
        title=title,
        description="Ημερήσια διάταξη: <b>προϋπολογισμός</b>",
        starts_on=f"{start:%Y-%m-%d}",
        starts_at=f"{start:%H:%M}",
    )
    coordinator.press("Αποθήκευση")
    coordinator.look("conference-empty")
    here = re.split("[?#]", coordinator.page.url)[0]
    for address, name in ((user_address, ""), (guest_address, GUEST_NAME)):
        coordinator.fill(email=address, guest_name=name)
        coordinator.press("Προσθήκη", "conference-added")
    coordinator.press("Αποστολή προσκλήσεων", "conference-invited")

    # One mail each, with a calendar entry; both links lead through our page into the meeting.
    walks = []
    for address, name in ((user_address, f"{person['name']} {person['surname']}"), (guest_address, GUEST_NAME)):
        mail = outside.mail_with(address, title)
        assert len(calendar_entries(mail)) >= 1
        assert len([each for each in outside.mails_to(address) if title in each["text"]]) == 1, "one mail each"
        joiner = new_walk(script=script, pictures="join")
        joiner.go(link_in(mail, "/join/"), "door")
        joiner.until("Είσοδος στην τηλεδιάσκεψη")
        if joiner.page.locator("main [name=name]").count():
            joiner.fill(name=name)
        joiner.press("Είσοδος στην τηλεδιάσκεψη")
        assert set(joiner.meeting_name().split()) == set(name.split())
        joiner.page.get_by_role("button", name="Είσοδος").first.click()
        walks.append(joiner)
    coordinator.go(f"{here}/live")
    coordinator.until("2 από 2 συμμετέχοντες είναι συνδεδεμένοι")
    assert GUEST_NAME in coordinator.text()
    coordinator.look("live")
    for joiner in walks:
        joiner.page.wait_for_timeout(1100)  # a stay of no second has no length
        joiner.page.get_by_role("button", name="Αποχώρηση").first.click()

    # End it; the report says who was there, as long as the sandbox saw them.
    coordinator.go(f"{here}/end", "end")
    coordinator.press("Ναι, τερματισμός")
    coordinator.go(f"{here}/report")
    number = coordinator.page.locator("dd").first.inner_text()
    meeting_id = next(meeting["id"] for meeting in outside.meetings() if meeting["topic"].endswith(f" {number}"))
    truth = sorted(f"00:00:{item['seconds']:02d}" for item in outside.attendance(meeting_id))
    shown = eventually(
        lambda: (
            coordinator.page.reload()
            and sorted(coordinator.page.locator("td.number").all_inner_texts()) == truth
            and coordinator.text()
        ),
        within=60,
        what=f"durations {truth}",
    )
    coordinator.look("report")
    assert GUEST_NAME in shown
    assert "Guest" in shown
    assert "Οι διευθύνσεις IP" in shown
    with coordinator.page.expect_download() as download:
        coordinator.page.get_by_role("link", name="Εξαγωγή σε Excel").click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert [c.data_type for row in sheet.iter_rows() for c in row if c.value == GUEST_NAME] == ["s"]
