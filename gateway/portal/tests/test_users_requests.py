"""«Χρήστες» → «Προς έγκριση» (S16)."""

from typing import Any

import pytest
from examples import of, page, session
from pages import Visitor
from played_gateway import PlayedGateway

TAB, REQUESTS = "/users/requests", "/api/v1/role-requests"
REQUEST = "01930000-0000-7000-8000-000000000201"


def asked(**changes: Any) -> dict[str, Any]:
    return of("orgs", "RoleRequest", id=REQUEST, **changes)


@pytest.fixture
def leader(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    gateway.on("GET", "/api/v1/session", session("institution_coordinator"))
    gateway.on("GET", REQUESTS, page(asked()))
    gateway.on("GET", f"{REQUESTS}/{REQUEST}", asked())
    return coordinator


def test_the_table_shows_what_the_guide_shows(leader: Visitor, gateway: PlayedGateway) -> None:
    tab = leader.get(TAB)

    table = tab.main.one("table")
    assert [cell.text for cell in table.one("thead").all("th")] == [
        "Ονοματεπώνυμο", "Αιτούμενος ρόλος", "Οργανική Μονάδα", "Κατάσταση", "Ημ/νία Δημιουργίας", "Ενέργειες",
    ]  # fmt: skip
    for words in ("ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ", "Συντονιστής Οργανικής Μονάδας", "Γενικό Τμήμα", "ΝΕΑ"):
        assert words in table.text
    for words in ("Σχόλια", "Οργανώνω τις", "m.papadopoulou@digital.example", "Επιβεβαιωμένος", "210 123 4567"):
        assert words in table.one("details").text
    assert gateway.calls("GET", REQUESTS)[-1].query["state"] == "open"
    assert "checked" in tab.main.one("input", name="open").attributes


def test_without_the_box_the_history_is_shown(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", REQUESTS, page(asked(state="rejected", comment="Υπάρχει ήδη."), next="later"))

    tab = leader.get(f"{TAB}?chosen=1")

    assert gateway.calls("GET", REQUESTS)[-1].query["state"] == "all"
    assert "checked" not in tab.main.one("input", name="open").attributes
    assert "ΑΠΟΡΡΙΦΘΕΙΣΑ" in tab.main.one("table").text
    assert "Υπάρχει ήδη." in tab.main.one("details").text
    assert not [link for link in tab.main.all("a") if "Αποδοχή" in link.text], "what is decided is not decided again"
    later = tab.main.link("Παλαιότερα")
    leader.get(later)
    assert gateway.calls("GET", REQUESTS)[-1].query == {"state": "all", "limit": "20", "cursor": "later"}


def test_accepting_is_asked_once_more(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{REQUESTS}/{REQUEST}/acceptance", asked(state="accepted"))
    question = leader.get(leader.get(TAB).main.link("Αποδοχή"))

    done = leader.send(question, "Ναι, αποδοχή")

    assert "Ο ρόλος δίνεται αμέσως" in question.text
    assert (done.path, "Το αίτημα έγινε δεκτό." in done.text) == (TAB, True)
    assert len(gateway.calls("POST", f"{REQUESTS}/{REQUEST}/acceptance")) == 1


def test_rejecting_takes_a_comment(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{REQUESTS}/{REQUEST}/rejection", asked(state="rejected"))
    question = leader.get(leader.get(TAB).main.link("Απόρριψη"))

    too_long = leader.send(question, "Ναι, απόρριψη", {"comment": "α" * 2001})
    done = leader.send(question, "Ναι, απόρριψη", {"comment": " Υπάρχει ήδη.\r\n"})
    leader.send(question, "Ναι, απόρριψη")

    assert (too_long.status, too_long.errors) == (422, ["Γράψτε έως 2000 χαρακτήρες."])
    assert "Το αίτημα απορρίφθηκε." in done.text
    sent = [call.body for call in gateway.calls("POST", f"{REQUESTS}/{REQUEST}/rejection")]
    assert sent == [{"comment": "Υπάρχει ήδη."}, {"comment": None}]


@pytest.mark.parametrize("act", ["acceptance", "rejection"])
def test_whom_another_forestalled_is_told(leader: Visitor, gateway: PlayedGateway, act: str) -> None:
    gateway.refuse("POST", f"{REQUESTS}/{REQUEST}/{act}", "role-request-closed", state="accepted")
    button = {"acceptance": "Ναι, αποδοχή", "rejection": "Ναι, απόρριψη"}[act]

    crossed = leader.send(leader.get(f"{TAB}/{REQUEST}/{act}"), button)
    gateway.on("GET", f"{REQUESTS}/{REQUEST}", asked(state="accepted"))
    late = leader.get(f"{TAB}/{REQUEST}/{act}")

    for answer in (crossed, late):
        assert (answer.status, "Το αίτημα δεν είναι πια ανοικτό" in answer.text) == (409, True)


def test_without_requests_the_page_says_so(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", REQUESTS, page())

    assert "Δεν υπάρχει αίτημα που να περιμένει απάντηση." in leader.get(TAB).text
    assert "Δεν υπάρχουν αιτήματα." in leader.get(f"{TAB}?chosen=1").text


def test_who_runs_the_platform_sees_whose_request_it_is(leader: Visitor, gateway: PlayedGateway) -> None:
    body = session("user")
    body["roles"].append({"role": "platform_administrator", "institution_id": None, "unit_id": None})
    gateway.on("GET", "/api/v1/session", body)

    tab = leader.get(TAB)

    assert "Φορέας" in [cell.text for cell in tab.main.one("thead").all("th")]
    assert "Υπουργείο Ψηφιακής Διακυβέρνησης" in tab.main.one("table").text


def test_nobody_is_offered_to_answer_their_own_request(leader: Visitor, gateway: PlayedGateway) -> None:
    own = asked()
    own["person"]["id"] = session()["person"]["id"]
    gateway.on("GET", REQUESTS, page(own))

    assert not [link for link in leader.get(TAB).main.all("a") if "Αποδοχή" in link.text]


@pytest.mark.parametrize(
    ("role", "listed"), [("institution_coordinator", True), ("unit_coordinator", False), ("user", False)]
)
def test_the_tab_is_for_those_who_answer(leader: Visitor, gateway: PlayedGateway, role: str, listed: bool) -> None:
    gateway.on("GET", "/api/v1/session", session(role))

    tabs = leader.get(TAB).main.one("nav")

    assert (TAB in [link.attributes["href"] for link in tabs.all("a")]) is listed


def test_who_may_not_answer_is_refused_by_the_service(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", "/api/v1/session", session("unit_coordinator"))
    gateway.refuse("GET", REQUESTS, "forbidden", reason="institution-coordinators-only")

    assert leader.get(TAB).status == 403
