"""«Παράδοση σε άλλον Συντονιστή», and what is left without one (S24, S25)."""

from typing import Any

import pytest
from examples import ID, INSTITUTION, conference, of, page, session
from pages import Visitor
from played_gateway import Answer, Asked, PlayedGateway

LIST, HANDOVERS = "/api/v1/conferences", "/api/v1/handovers"
HERE = f"{LIST}/{ID}"
CANDIDATES = f"{HERE}/handover-candidates"
SECOND = "01930000-0000-7000-8000-0000000000c2"
NEW = of("conferences", "Candidate")
MINE = {"may": ["edit", "cancel", "handover"]}


@pytest.fixture
def chooser(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    """A coordinator with a conference of theirs, and a colleague."""
    gateway.on("GET", HERE, conference(id=ID, title="Σχέδιο", **MINE))
    gateway.on("GET", CANDIDATES, page(NEW))
    gateway.on("GET", LIST, page())
    return coordinator


def listed(gateway: PlayedGateway, *left: dict[str, Any], mine: tuple[dict[str, Any], ...] = ()) -> None:
    """What the lists of the page hold: those without coordinator, and my own planned ones."""

    def answer(asked: Asked) -> Answer:
        if asked.query["scope"] != "planned":
            return Answer(page())
        return Answer(page(*(left if "without_coordinator" in asked.query else mine)))

    gateway.replies["GET", LIST] = answer


def two() -> tuple[dict[str, Any], dict[str, Any]]:
    return conference(id=ID, title="Πρώτη", **MINE), conference(id=SECOND, number=277124, title="Δεύτερη", **MINE)


def test_one_is_handed_over_after_a_choice_and_a_question(chooser: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", f"{HERE}/participants", page())
    gateway.on("POST", f"{HERE}/handover", conference(id=ID, may=[]))

    choice = chooser.get(chooser.get(f"/conferences/{ID}").main.link("Παράδοση σε άλλον Συντονιστή"))
    question = chooser.send(choice, "Συνέχεια στην επιβεβαίωση", {"person_id": NEW["person_id"]})
    after = chooser.send(question, "Ναι, παράδοση")

    assert "ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ – Διεύθυνση Εφαρμογών" in choice.text
    assert "Είστε σίγουροι ότι θέλετε να παραδώσετε την τηλεδιάσκεψη;" in question.text
    assert "Οι συμμετέχοντες δεν ειδοποιούνται" in question.text
    assert question.main.link("Όχι") == f"/conferences/{ID}"
    (sent,) = gateway.calls("POST", f"{HERE}/handover")
    assert sent.body == {"person_id": NEW["person_id"]}
    assert (after.path, "Η τηλεδιάσκεψη παραδόθηκε." in after.text) == ("/conferences", True)


def test_who_still_sees_it_is_led_back_to_it(chooser: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{HERE}/handover", conference(id=ID, **MINE))
    question = chooser.get(f"/conferences/{ID}/handover?step=question&person_id={NEW['person_id']}")

    assert chooser.send(question, "Ναι, παράδοση").path == f"/conferences/{ID}"


def test_nobody_chosen_is_told(chooser: Visitor) -> None:
    choice = chooser.get(f"/conferences/{ID}/handover")

    again = chooser.send(choice, "Συνέχεια στην επιβεβαίωση")

    assert (choice.errors, again.status, again.errors) == ([], 422, ["Επιλέξτε Συντονιστή."])


def test_a_name_is_looked_for_and_pages_follow(chooser: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", CANDIDATES, page(NEW, next="more"))
    choice = chooser.get(f"/conferences/{ID}/handover")

    found = chooser.send(choice, "Αναζήτηση", {"search": "Γεωργίου"})
    chooser.get(found.main.link("Επόμενοι"))

    queries = [each.query for each in gateway.calls("GET", CANDIDATES)]
    assert queries[1:] == [
        {"search": "Γεωργίου", "limit": "20"},
        {"search": "Γεωργίου", "limit": "20", "cursor": "more"},
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [("?search=Άλλος", "Δεν βρέθηκε Συντονιστής του φορέα"), ("", "Ο φορέας δεν έχει άλλον ενεργό Συντονιστή.")],
)
def test_where_there_is_nobody_the_page_says_so(
    chooser: Visitor, gateway: PlayedGateway, query: str, words: str
) -> None:
    gateway.on("GET", CANDIDATES, page())

    assert words in chooser.get(f"/conferences/{ID}/handover{query}").text


def test_who_was_chosen_and_left_meanwhile_is_told_before_the_question(
    chooser: Visitor, gateway: PlayedGateway
) -> None:
    gateway.replies["GET", CANDIDATES] = lambda asked: Answer(page() if "person_id" in asked.query else page(NEW))

    answer = chooser.get(f"/conferences/{ID}/handover?step=question&person_id={ID}")

    assert answer.status == 422
    assert answer.errors == ["Το πρόσωπο αυτό δεν μπορεί να αναλάβει πια. Επιλέξτε άλλον Συντονιστή."]


def test_who_was_demoted_after_the_question_is_told_and_another_can_be_chosen(
    chooser: Visitor, gateway: PlayedGateway
) -> None:
    gateway.refuse("POST", f"{HERE}/handover", "receiver-not-possible", reason="not-a-coordinator")
    question = chooser.get(f"/conferences/{ID}/handover?step=question&person_id={NEW['person_id']}")

    again = chooser.send(question, "Ναι, παράδοση")

    assert again.status == 422
    assert "Επιλέξτε άλλον ενεργό Συντονιστή" in again.errors[0]
    assert again.form("Συνέχεια στην επιβεβαίωση")


@pytest.mark.parametrize(("state", "status"), [("ended", 409), ("cancelled", 409), ("scheduled", 403)])
def test_nobody_is_asked_to_confirm_what_will_be_refused(
    chooser: Visitor, gateway: PlayedGateway, state: str, status: int
) -> None:
    gateway.on("GET", HERE, conference(id=ID, state=state, may=[]))

    assert chooser.get(f"/conferences/{ID}/handover").status == status


@pytest.fixture
def leader(chooser: Visitor, gateway: PlayedGateway) -> Visitor:
    gateway.on("GET", "/api/v1/session", session("institution_coordinator"))
    return chooser


def test_those_ticked_are_handed_over_at_once(leader: Visitor, gateway: PlayedGateway) -> None:
    first, second = two()
    third = conference(id=INSTITUTION, title="Τρίτη", **MINE)
    listed(gateway, first, second, third)
    gateway.on("POST", HANDOVERS, {"count": 2, "items": [], "more": False})
    tab = leader.get("/conferences")

    choice = leader.send(tab, "Παράδοση επιλεγμένων", {"id": [ID, SECOND], "all": None})
    question = leader.send(choice, "Συνέχεια στην επιβεβαίωση", {"id": [ID, SECOND], "person_id": NEW["person_id"]})
    after = leader.send(question, "Ναι, παράδοση", {"id": [ID, SECOND]})

    assert "Χωρίς συντονιστή (3)" in tab.main.one("caption").text
    assert "Τηλεδιασκέψεις που παραδίδονται: 2" in choice.text
    assert "Τρίτη" not in choice.text
    assert [each.attributes["value"] for each in question.main.all("input", name="id")] == [ID, SECOND]
    (sent,) = gateway.calls("POST", HANDOVERS)
    assert sent.body == {"to": NEW["person_id"], "conference_ids": [ID, SECOND]}
    assert "Οι τηλεδιασκέψεις παραδόθηκαν." in after.text


def test_all_of_the_list_are_handed_over(leader: Visitor, gateway: PlayedGateway) -> None:
    listed(gateway, *two())
    gateway.on("POST", HANDOVERS, {"count": 1, "items": [], "more": False})

    choice = leader.get("/conferences/handover?of=left&all=1")
    question = leader.send(choice, "Συνέχεια στην επιβεβαίωση", {"person_id": NEW["person_id"]})
    after = leader.send(question, "Ναι, παράδοση", {"id": [ID, SECOND]})

    assert len(question.main.all("input", name="id")) == 2
    assert "Κάποιες τηλεδιασκέψεις δεν παραδόθηκαν" in after.text


def test_whose_it_was_is_said_as_far_as_it_is_known(leader: Visitor, gateway: PlayedGateway) -> None:
    first, second = two()
    nobody = {"id": "00000000-0000-0000-0000-000000000000", "name": "Χωρίς συντονιστή"}
    listed(gateway, first, second | {"coordinator": nobody})

    rows = leader.get("/conferences").main.one("tbody").all("tr")

    assert [row.one("td", **{"data-label": "Προηγούμενος Συντονιστής"}).text for row in rows] == [
        "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ",
        "Διαγραμμένος χρήστης",
    ]


def test_none_ticked_is_told(leader: Visitor, gateway: PlayedGateway) -> None:
    listed(gateway, *two())

    after = leader.send(leader.get("/conferences"), "Παράδοση επιλεγμένων", {"all": None})

    assert "Επιλέξτε τουλάχιστον μία τηλεδιάσκεψη για παράδοση." in after.text


def test_where_nothing_is_left_there_is_no_list(leader: Visitor, gateway: PlayedGateway) -> None:
    assert "Χωρίς συντονιστή" not in leader.get("/conferences").text
    assert "Δεν υπάρχουν πια τηλεδιασκέψεις" in leader.get("/conferences/handover?of=left&all=1").text


def test_a_unit_coordinator_is_not_asked_about_the_institutions(chooser: Visitor, gateway: PlayedGateway) -> None:
    chooser.get("/conferences")

    assert not [each for each in gateway.calls("GET", LIST) if "without_coordinator" in each.query]


def test_conferences_of_one_institution_at_a_time(leader: Visitor, gateway: PlayedGateway) -> None:
    """For administrators, whose list holds those of all."""
    first, second = two()
    listed(gateway, first, second | {"institution_id": SECOND})

    choice = leader.get("/conferences/handover?of=left&all=1")

    assert "Όσες μένουν από άλλους φορείς: 1." in choice.text
    assert "Δεύτερη" not in choice.text


def test_my_own_before_i_leave(chooser: Visitor, gateway: PlayedGateway) -> None:
    listed(gateway, mine=two())
    gateway.on("GET", "/api/v1/session", session("unit_coordinator"))
    options = {"reason": "role-not-higher", "role_request_id": None, "institutions": [], "step_down": ["user"]}
    gateway.on("GET", "/api/v1/role-request-options", options)

    question = chooser.get("/account/role/step-down?role=user")
    choice = chooser.get(question.main.link("Παραδώστε τις πρώτα σε άλλον Συντονιστή"))

    assert "Τηλεδιασκέψεις σας που μένουν χωρίς συντονιστή: 2." in question.text
    assert "Τηλεδιασκέψεις που παραδίδονται: 2" in choice.text


def test_stepping_down_is_asked_even_if_nobody_knows_what_would_be_left(
    chooser: Visitor, gateway: PlayedGateway
) -> None:
    gateway.replies["GET", LIST] = Answer({"type": "/problems/x", "title": "?", "status": 503}, 503)
    options = {"reason": "role-not-higher", "role_request_id": None, "institutions": [], "step_down": ["user"]}
    gateway.on("GET", "/api/v1/role-request-options", options)

    question = chooser.get("/account/role/step-down?role=user")

    assert "Όσες έχετε προγραμματίσει μένουν στους Συντονιστές του Φορέα." in question.text


def test_of_nothing_known_there_is_no_page(chooser: Visitor) -> None:
    assert chooser.get("/conferences/handover?of=everybody").status == 404
