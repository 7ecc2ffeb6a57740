"""Who takes part, who is connected, who was there (S22, S27–S29)."""

import pytest
from examples import ID, conference, live, page, participant, report
from pages import Visitor
from played_gateway import PlayedGateway

PATH = f"/api/v1/conferences/{ID}"
PEOPLE = f"{PATH}/participants"
FOUND = {
    "person_id": "01930000-0000-7000-8000-0000000000cc",
    "name": "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ",
    "institution": {"id": "01930000-0000-7000-8000-0000000000dd", "name": "Δήμος"},
    "email": "n***u@x.example",
    "masked": True,
}


@pytest.fixture(autouse=True)
def shown(gateway: PlayedGateway) -> None:
    gateway.on("GET", PATH, conference(id=ID))
    invited = participant(2, invited_at="2026-11-20T10:00:00+00:00", guest=True, name="")
    gateway.on("GET", PEOPLE, page(participant(1), invited))


def outcome(gateway: PlayedGateway, word: str) -> None:
    gateway.on("POST", PEOPLE, {"results": [{"email": None, "outcome": word, "participant_id": None}]})


def test_somebody_found_in_the_search_is_added_by_one_button(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", "/api/v1/people", {"items": [FOUND]})
    outcome(gateway, "added")
    page = coordinator.get(f"/conferences/{ID}")

    found = coordinator.send(page, "Αναζήτηση", {"search": "νικο"})
    done = coordinator.send(found, "Προσθήκη : ΝΙΚΟΛΑΟΥ")

    assert "n***u@x.example" in found.text
    assert "Ο συμμετέχων προστέθηκε." in done.text
    assert gateway.calls("POST", PEOPLE)[0].body == {"people": [{"person_id": FOUND["person_id"]}]}


def test_whoever_is_found_by_the_address_is_added_by_it(coordinator: Visitor, gateway: PlayedGateway) -> None:
    """By account the address would be masked for whoever has just written it."""
    gateway.on("GET", "/api/v1/people", {"items": [FOUND | {"email": "nikos@x.example", "masked": False}]})
    outcome(gateway, "added")

    found = coordinator.get(f"/conferences/{ID}?search=nikos@x.example")
    coordinator.send(found, "Προσθήκη : ΝΙΚΟΛΑΟΥ")

    (asked,) = gateway.calls("POST", PEOPLE)
    assert asked.body == {"people": [{"email": "nikos@x.example", "account": "guest"}]}


def test_whoever_is_found_and_disabled_meanwhile_is_told_not_to_be_added(
    coordinator: Visitor, gateway: PlayedGateway
) -> None:
    gateway.on("GET", "/api/v1/people", {"items": [FOUND]})
    outcome(gateway, "invalid")

    done = coordinator.send(coordinator.get(f"/conferences/{ID}?search=νικο"), "Προσθήκη : ΝΙΚΟΛΑΟΥ")

    assert done.status == 200
    assert "ο λογαριασμός δεν είναι πια ενεργός" in done.text


def test_two_characters_are_too_few_to_search(coordinator: Visitor, gateway: PlayedGateway) -> None:
    page = coordinator.get(f"/conferences/{ID}?search=νι")

    assert "Γράψτε τουλάχιστον 3 χαρακτήρες." in page.text
    assert not gateway.calls("GET", "/api/v1/people")


def test_a_guest_is_added_with_a_name(coordinator: Visitor, gateway: PlayedGateway) -> None:
    outcome(gateway, "added")
    page = coordinator.get(f"/conferences/{ID}")

    coordinator.submit(page, "Προσθήκη", {"email": "g@x.example", "guest_name": "=1+1"})
    coordinator.submit(page, "Προσθήκη", {"email": "h@x.example", "invite": "y"})

    assert [asked.body["people"][0] for asked in gateway.calls("POST", PEOPLE)] == [
        {"email": "g@x.example", "account": "guest", "name": "=1+1"},
        {"email": "h@x.example", "account": "invite"},
    ]


@pytest.mark.parametrize(
    ("word", "told"), [("already", "Συμμετέχει ήδη"), ("over_capacity", "μέγιστο πλήθος"), ("added", "προστέθηκε")]
)
def test_each_outcome_is_told(coordinator: Visitor, gateway: PlayedGateway, word: str, told: str) -> None:
    outcome(gateway, word)
    page = coordinator.get(f"/conferences/{ID}")

    assert told in coordinator.send(page, "Προσθήκη", {"email": "g@x.example"}).text


def test_an_address_that_is_none_stays_on_the_form(coordinator: Visitor, gateway: PlayedGateway) -> None:
    outcome(gateway, "invalid")
    page = coordinator.get(f"/conferences/{ID}")

    ours = coordinator.send(page, "Προσθήκη", {"email": "no address", "guest_name": "Ελένη"})
    theirs = coordinator.send(page, "Προσθήκη", {"email": "odd@x.example"})

    for again in (ours, theirs):
        assert again.status == 422
        assert again.errors == ["Γράψτε μια διεύθυνση email όπως name@example.gr."]
    assert ours.root.one("input", name="guest_name").attributes["value"] == "Ελένη"


def test_those_not_yet_invited_are_ticked(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{PATH}/invitations", {"queued": 1}, 202)
    page = coordinator.get(f"/conferences/{ID}")

    done = coordinator.send(page, "Αποστολή προσκλήσεων")

    ticked = [
        box.attributes["value"] for box in page.root.all("input", name="participant_ids") if "checked" in box.attributes
    ]
    assert ticked == [participant(1)["id"]]
    assert "Οι προσκλήσεις στέλνονται." in done.text
    assert gateway.calls("POST", f"{PATH}/invitations")[0].body == {"participant_ids": ticked}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("el", ["", "Σε αναμονή αποστολής", "Στάλθηκε", "Δεν παραδόθηκε: ελέγξτε τη διεύθυνση"]),
        ("en", ["", "Waiting to be sent", "Sent", "Not delivered: check the address"]),
    ],
)
def test_each_row_tells_what_became_of_the_mail(
    coordinator: Visitor, gateway: PlayedGateway, language: str, words: list[str]
) -> None:
    moment = "2026-11-20T10:00:00+00:00"
    invited = [
        participant(number, invited_at=moment, mail={"state": state, "at": moment})
        for number, state in enumerate(("queued", "sent", "failed"), 2)
    ]
    gateway.on("GET", PEOPLE, page(participant(1), *invited))
    coordinator.client.set_cookie("__Host-portal-language", language)

    shown = coordinator.get(f"/conferences/{ID}")

    assert [row.all("td")[3].text for row in shown.root.one("tbody").all("tr")] == words


def test_inviting_nobody_is_told(coordinator: Visitor, gateway: PlayedGateway) -> None:
    page = coordinator.get(f"/conferences/{ID}")

    again = coordinator.send(page, "Αποστολή προσκλήσεων", {"participant_ids": None})

    assert again.errors == ["Επιλέξτε τουλάχιστον έναν συμμετέχοντα."]
    assert not gateway.calls("POST", f"{PATH}/invitations")


def test_removing_is_asked_on_a_page_of_its_own(coordinator: Visitor, gateway: PlayedGateway) -> None:
    pid = participant(2)["id"]
    gateway.on("DELETE", f"{PEOPLE}/{pid}", None, 204)
    question = coordinator.get(f"/conferences/{ID}/participants/{pid}/removal")

    done = coordinator.send(question, "Ναι, αφαίρεση")

    assert "p2@digital.example" in question.text
    assert "Ο συμμετέχων αφαιρέθηκε." in done.text


def test_a_participant_without_rights_sees_the_facts_only(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", PATH, conference(id=ID, may=["join"], my_participation={"id": ID, "invited_at": None}))

    page = coordinator.get(f"/conferences/{ID}")

    assert not page.root.all("table")
    assert page.form("Σύνδεση")
    assert not gateway.calls("GET", PEOPLE)


def test_a_conference_that_is_not_there_is_told(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("GET", PATH, "not-found")

    assert coordinator.get(f"/conferences/{ID}").status == 404
    assert coordinator.get("/conferences/no-id").status == 404


def test_titles_and_names_are_never_markup(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", PATH, conference(id=ID, title="<script>alert(1)</script>", description="<b>x</b>"))

    page = coordinator.get(f"/conferences/{ID}")

    assert page.heading == "<script>alert(1)</script>"
    assert not page.root.all("b")


def test_the_live_page_lists_who_is_connected(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", f"{PATH}/live", live(), headers={"ETag": '"live-1"'})

    page = coordinator.get(f"/conferences/{ID}/live")

    assert "1 από 2 συμμετέχοντες είναι συνδεδεμένοι." in page.text
    assert page.root.one("div", id="live").attributes["data-etag"] == '"live-1"'
    assert page.main.link("Ανανέωση").endswith("/live")


def test_polling_the_list_keeps_no_session_alive_and_passes_304_on(
    coordinator: Visitor, gateway: PlayedGateway
) -> None:
    path = f"/conferences/{ID}/live/list"
    gateway.on("GET", f"{PATH}/live", live(), headers={"ETag": '"live-2"'})
    fresh = coordinator.client.get(path)
    gateway.on("GET", f"{PATH}/live", None, 304)
    same = coordinator.client.get(path, headers={"If-None-Match": fresh.headers["ETag"]})

    assert fresh.headers["X-Next-Interval"] == "5"
    assert same.status_code == 304
    asked = gateway.calls("GET", f"{PATH}/live")
    assert asked[1].headers["if-none-match"] == '"live-2"'
    assert {each.headers.get("x-polled") for each in asked} == {"true"}
    assert not gateway.calls("GET", "/api/v1/session")


def test_the_report_is_the_guides(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", f"{PATH}/report", report())

    page = coordinator.get(f"/conferences/{ID}/report")

    rows = [[cell.text for cell in (*row.all("th"), *row.all("td"))] for row in page.root.one("tbody").all("tr")]
    assert rows == [
        ["ΣΥΜΜΕΤΕΧΩΝ 1", "p1@digital.example", "Συνδέθηκε", "01:20:00"],
        ["=1+1 Guest", "p1@digital.example", "Δεν συνδέθηκε", "00:00:00"],
    ]
    for words in (
        "ID Τηλεδιάσκεψης 277123",
        "Desktop-Mobile : 1",
        "Τερματίστηκε πριν την ώρα λήξης Ημερομηνία: 28-04-2026 Ώρα: 11:05",
        "Οι διευθύνσεις IP των συμμετεχόντων δεν τηρούνται",
    ):
        assert words in page.text


def test_the_workbook_is_handed_on(coordinator: Visitor, gateway: PlayedGateway) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    headers = {"Content-Type": kind, "Content-Disposition": 'attachment; filename="277123.xlsx"'}
    gateway.on("GET", f"{PATH}/report.xlsx", b"PK workbook", headers=headers)

    response = coordinator.client.get(f"/conferences/{ID}/report.xlsx")

    assert response.data == b"PK workbook"
    assert response.headers["Content-Type"] == kind
    assert response.headers["Content-Disposition"] == 'attachment; filename="277123.xlsx"'


def test_a_report_too_early_is_told(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("GET", f"{PATH}/report.xlsx", "conference-not-ended", ends_at="2026-11-25T09:30:00+00:00")

    assert coordinator.get(f"/conferences/{ID}/report.xlsx").status == 409
