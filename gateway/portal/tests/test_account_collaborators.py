"""«Συνεργάτες» (S18)."""

from typing import Any

import pytest
from examples import ID, conference, of, page, session
from pages import Visitor
from played_gateway import PlayedGateway

TAB, CANDIDATES_PAGE = "/account/collaborators", "/account/collaborators/candidates"
COLLABORATIONS, CANDIDATES = "/api/v1/collaborations", "/api/v1/collaboration-candidates"
INCOMING = "01930000-0000-7000-8000-000000000302"
PEOPLE = {
    f"01930000-0000-7000-8000-00000000040{number}": (surname, name)
    for number, (surname, name) in enumerate((("ΓΕΩΡΓΙΟΥ", "ΔΗΜΗΤΡΙΟΣ"), ("ΝΙΚΟΛΑΟΥ", "ΝΙΚΟΣ")), 1)
}
FIRST, SECOND = PEOPLE


def colleague(id: str = FIRST) -> dict[str, Any]:
    surname, name = PEOPLE[id]
    return of("orgs", "Colleague", id=id, surname=surname, name=name, role="institution_coordinator")


def collaboration(id: str = ID, state: str = "pending", person: str = FIRST) -> dict[str, Any]:
    return of("orgs", "Collaboration", id=id, state=state, person=colleague(person))


def results(*outcomes: str) -> dict[str, Any]:
    return {
        "results": [
            {"person_id": id_, "outcome": outcome, "collaboration_id": None if outcome == "not_eligible" else ID}
            for id_, outcome in zip(PEOPLE, outcomes, strict=False)
        ]
    }


@pytest.fixture
def person(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    gateway.on(
        "GET", COLLABORATIONS, {"helpers": [collaboration()], "helping": [collaboration(INCOMING, person=SECOND)]}
    )
    gateway.on("GET", CANDIDATES, page(*(colleague(id_) for id_ in PEOPLE)))
    gateway.on("POST", COLLABORATIONS, results("added", "added"))
    return coordinator


@pytest.mark.parametrize(
    ("role", "offered"), [("institution_coordinator", True), ("unit_coordinator", True), ("user", False)]
)
def test_the_tab_is_for_coordinators(person: Visitor, gateway: PlayedGateway, role: str, offered: bool) -> None:
    gateway.on("GET", "/api/v1/session", session(role))
    gateway.on("GET", "/api/v1/account/sessions", {"items": []})

    tabs = person.get("/account/sessions").main.one("nav", **{"aria-label": "Καρτέλες του λογαριασμού"})
    names = [link.text for link in tabs.all("a")]

    assert ("Συνεργάτες" in names) is offered
    if offered:
        assert names.index("Αίτημα αλλαγής ρόλου") + 1 == names.index("Συνεργάτες")
        assert names.index("Συνεργάτες") + 1 == names.index("Two Factor Authentication")


def test_two_halves_say_who_helps_me_and_whom_i_help(person: Visitor, gateway: PlayedGateway) -> None:
    tab = person.get(TAB)

    assert "Προσοχή! Η συνεργασία δεν είναι αμφίδρομη." in tab.text
    above, below = tab.main.all("table")
    assert [row.text for row in above.one("tbody").all("tr")] == [
        "ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ m.papadopoulou@digital.example Συντονιστής Φορέα Γενικό Τμήμα Σε αναμονή "
        "25-11-2026 Διαγραφή : ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ"
    ]
    (incoming,) = below.one("tbody").all("tr")
    assert incoming.text.startswith("ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ")
    assert "Αποδοχή" in incoming.text
    assert "Απόρριψη" in incoming.text

    active = {"helpers": [collaboration(state="active")], "helping": [collaboration(INCOMING, "active", SECOND)]}
    gateway.on("GET", COLLABORATIONS, active)
    above, below = person.get(TAB).main.all("table")
    for table in (above, below):
        assert "Ενεργή" in table.text
        assert "Διαγραφή" in table.text
        assert "Αποδοχή" not in table.text


def test_without_any_it_says_so(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", COLLABORATIONS, {"helpers": [], "helping": []})

    tab = person.get(TAB)

    assert "Δεν έχετε συνεργάτες." in tab.text
    assert "Κανείς δεν σας έχει στείλει αίτημα συνεργασίας." in tab.text


def test_those_ticked_are_asked(person: Visitor, gateway: PlayedGateway) -> None:
    form = person.get(CANDIDATES_PAGE)
    labels = [label.text for label in form.form("Προσθήκη").all("label")]

    after = person.send(form, "Προσθήκη", {"person_ids": [FIRST, SECOND]})

    assert labels == ["ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ", "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ"]
    assert "Το αίτημα συνεργασίας στάλθηκε." in after.text
    (sent,) = gateway.calls("POST", COLLABORATIONS)
    assert sent.body == {"person_ids": [FIRST, SECOND]}


def test_whoever_ticks_nobody_is_told_at_once(person: Visitor, gateway: PlayedGateway) -> None:
    answer = person.send(person.get(CANDIDATES_PAGE), "Προσθήκη", {})

    assert (answer.status, answer.errors) == (422, ["Επιλέξτε τουλάχιστον έναν Συντονιστή."])
    assert not gateway.calls("POST", COLLABORATIONS)


def test_who_is_no_coordinator_any_more_is_said(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", COLLABORATIONS, results("added", "not_eligible"))

    after = person.send(person.get(CANDIDATES_PAGE), "Προσθήκη", {"person_ids": [FIRST, SECOND]})

    assert "Το αίτημα δεν στάλθηκε σε όλους" in after.text


def test_all_are_asked_without_script_after_being_asked_once_more(person: Visitor, gateway: PlayedGateway) -> None:
    sure = person.get(person.get(CANDIDATES_PAGE).main.link("Προσθήκη όλων"))
    assert "Πλήθος: 2" in sure.text
    assert not gateway.calls("POST", COLLABORATIONS)

    after = person.send(sure, "Ναι, προσθήκη όλων")

    assert "Το αίτημα συνεργασίας στάλθηκε." in after.text
    (sent,) = gateway.calls("POST", COLLABORATIONS)
    assert sent.body == {}


def test_the_search_goes_along_with_the_pages_and_offers_no_all(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", CANDIDATES, page(colleague(), next="more"))

    found = person.get(f"{CANDIDATES_PAGE}?search=γεωργ")
    person.get(found.main.link("Επόμενοι"))

    assert "Προσθήκη όλων" not in found.text
    asked = [call.query for call in gateway.calls("GET", CANDIDATES)]
    assert asked == [{"search": "γεωργ", "limit": "50"}, {"search": "γεωργ", "limit": "50", "cursor": "more"}]


@pytest.mark.parametrize(
    ("search", "words"),
    [("", "Δεν υπάρχουν άλλοι Συντονιστές"), ("ξ", "Δεν βρέθηκε Συντονιστής με αυτό το όνομα.")],
)
def test_an_empty_list_says_why(person: Visitor, gateway: PlayedGateway, search: str, words: str) -> None:
    gateway.on("GET", CANDIDATES, page())

    assert words in person.get(f"{CANDIDATES_PAGE}?search={search}").text


def test_accepting_takes_one_press(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{COLLABORATIONS}/{INCOMING}/acceptance", collaboration(INCOMING, "active", SECOND))

    after = person.send(person.get(TAB), "Αποδοχή")

    assert "Αποδεχθήκατε το αίτημα." in after.text
    assert len(gateway.calls("POST", f"{COLLABORATIONS}/{INCOMING}/acceptance")) == 1


@pytest.mark.parametrize(
    ("half", "state", "link", "heading", "mailed"),
    [
        ("helpers", "pending", "Διαγραφή", "Ακύρωση αιτήματος συνεργασίας", False),
        ("helpers", "active", "Διαγραφή", "Διακοπή συνεργασίας", True),
        ("helping", "pending", "Απόρριψη", "Απόρριψη αιτήματος συνεργασίας", True),
        ("helping", "active", "Διαγραφή", "Διακοπή συνεργασίας", True),
    ],
)
def test_ending_is_asked_once_more(
    person: Visitor, gateway: PlayedGateway, half: str, state: str, link: str, heading: str, mailed: bool
) -> None:
    mine = {"helpers": [], "helping": []} | {half: [collaboration(state=state)]}
    gateway.on("GET", COLLABORATIONS, mine)
    gateway.on("DELETE", f"{COLLABORATIONS}/{ID}", None, 204)

    sure = person.get(person.get(TAB).main.link(link))
    assert sure.main.one("h1").text == heading
    assert "Είστε σίγουροι ότι θέλετε να διακοπεί η συνεργασία με τον χρήστη ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ;" in sure.text
    assert ("ενημερώνεται με email" in sure.text.lower()) is mailed
    assert not gateway.calls("DELETE", f"{COLLABORATIONS}/{ID}")
    after = person.send(sure, "Ναι")

    assert "Το αίτημα ή η συνεργασία διαγράφηκε." in after.text
    assert len(gateway.calls("DELETE", f"{COLLABORATIONS}/{ID}")) == 1


def test_what_is_over_meanwhile_is_said_plainly(person: Visitor, gateway: PlayedGateway) -> None:
    tab, sure = person.get(TAB), person.get(f"{TAB}/{ID}/end")
    gateway.refuse("DELETE", f"{COLLABORATIONS}/{ID}", "collaboration-ended")
    gateway.refuse("POST", f"{COLLABORATIONS}/{INCOMING}/acceptance", "collaboration-ended")

    for answer in (person.send(sure, "Ναι"), person.send(tab, "Αποδοχή"), person.get(f"{TAB}/{FIRST}/end")):
        assert answer.status == 409
        assert "Η συνεργασία δεν ισχύει πια" in answer.text


def test_a_plain_user_who_comes_by_an_old_link_is_refused(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", "/api/v1/session", session("user"))
    gateway.refuse("GET", COLLABORATIONS, "forbidden", reason="coordinators-only")

    assert person.get(TAB).status == 403


def test_a_collaborator_sees_the_owners_conference_with_what_may_be_done(
    person: Visitor, gateway: PlayedGateway
) -> None:
    """The page offers what the service allows: here all but cancelling."""
    may = ["edit", "participants", "invite", "live", "end", "join", "host_start"]
    shown = conference(id=ID, state="open", may=may)
    gateway.on("GET", f"/api/v1/conferences/{ID}", shown, headers={"ETag": '"1"'})
    gateway.on("GET", f"/api/v1/conferences/{ID}/participants", page())

    found = person.get(f"/conferences/{ID}")

    assert found.main.link("Επεξεργασία")
    assert not [link for link in found.main.all("a") if "Ακύρωση" in link.text]
