"""«Αποστολή Email»: to all coordinators of the institution (S15)."""

from typing import Any

import pytest
from examples import INSTITUTION, of, session
from pages import Visitor
from played_gateway import PlayedGateway

PAGE = "/users/messages"
MESSAGES, OPTIONS = (
    f"/api/v1/institutions/{INSTITUTION}/coordinator-{what}" for what in ("messages", "message-options")
)
MESSAGE = "01930000-0000-7000-8000-000000000911"
READ = f"/api/v1/coordinator-messages/{MESSAGE}"
TEXT = {"subject": "Νέες οδηγίες", "body": "Από Δευτέρα\nισχύουν <b>νέες</b>."}

SHOWN = "Από Δευτέρα ισχύουν <b>νέες</b>."  # as the tests' browser reads a text: blanks are one


def message(**changes: Any) -> dict[str, Any]:
    return of("notifications", "CoordinatorMessage", id=MESSAGE, **changes)


def counts(**changes: int) -> dict[str, int]:
    return {"queued": 0, "sent": 0, "failed": 0, "dropped": 0} | changes


def recipients(*states: str, next: str | None = None) -> dict[str, Any]:
    return {"items": [of("notifications", "Recipient", state=state) for state in states], "next": next}


@pytest.fixture
def leader(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    gateway.on("GET", "/api/v1/session", session("institution_coordinator"))
    gateway.on("GET", OPTIONS, of("notifications", "CoordinatorMessageOptions"))
    gateway.on("GET", MESSAGES, {"items": [], "next": None})
    gateway.on("POST", MESSAGES, message(), 202)
    gateway.on("GET", READ, message())
    gateway.on("GET", f"{READ}/recipients", recipients("sent", "queued"))
    return coordinator


def test_the_form_says_to_whom_it_goes_and_what_is_left_today(leader: Visitor) -> None:
    page = leader.get(PAGE)

    assert page.title.startswith("Αποστολή Email – Χρήστες")
    form = page.form("Προεπισκόπηση")
    assert [label.text for label in form.all("label")] == ["Θέμα", "Μήνυμα"]
    assert "σε όλους τους ενεργούς Συντονιστές του φορέα σας" in page.text
    assert "ακόμη 2 από 3 μηνύματα" in page.text


def test_before_it_goes_the_number_of_recipients_is_shown_and_asked_once_more(
    leader: Visitor, gateway: PlayedGateway
) -> None:
    question = leader.send(leader.get(PAGE), "Προεπισκόπηση", TEXT)
    assert question.heading == "Να σταλεί το μήνυμα;"
    assert question.main.one("dl").all("dd")[0].text == "8"
    assert "Από Δευτέρα ισχύουν <b>νέες</b>." in question.main.one("dd", **{"class": "plain-text"}).text
    assert not gateway.calls("POST", MESSAGES)

    sent = leader.send(question, "Ναι, αποστολή")
    leader.send(question, "Ναι, αποστολή")

    assert sent.heading == "Νέες οδηγίες"
    first, again = gateway.calls("POST", MESSAGES)
    assert first.body == TEXT
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"], "pressed twice it is sent once"


def test_one_may_go_back_and_correct_it(leader: Visitor, gateway: PlayedGateway) -> None:
    question = leader.send(leader.get(PAGE), "Προεπισκόπηση", TEXT)

    form = leader.send(question, "Διόρθωση").form("Προεπισκόπηση")

    assert form.one("input", name="subject").attributes["value"] == TEXT["subject"]
    assert form.one("textarea").text == SHOWN
    assert not gateway.calls("POST", MESSAGES)


def test_what_is_missing_is_named_and_nothing_is_lost(leader: Visitor, gateway: PlayedGateway) -> None:
    answer = leader.send(leader.get(PAGE), "Προεπισκόπηση", {"subject": "  ", "body": "Κείμενο"})

    assert (answer.status, answer.errors) == (422, ["Συμπληρώστε το θέμα."])
    assert answer.main.one("textarea").text.strip() == "Κείμενο"


def test_when_the_day_is_used_up_there_is_no_form(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", OPTIONS, of("notifications", "CoordinatorMessageOptions", left=0))

    page = leader.get(PAGE)

    assert not page.main.all("textarea")
    assert "Τα σημερινά 3 μηνύματα του φορέα έχουν σταλεί." in page.text
    assert "μετά τα μεσάνυχτα" in page.text


def test_when_a_colleague_took_the_last_one_meanwhile_the_text_stays(leader: Visitor, gateway: PlayedGateway) -> None:
    question = leader.send(leader.get(PAGE), "Προεπισκόπηση", TEXT)
    gateway.refuse("POST", MESSAGES, "daily-limit", headers={"Retry-After": "3600"}, limit=3)

    answer = leader.send(question, "Ναι, αποστολή")

    assert answer.status == 422
    assert "Στείλτε το μήνυμα αύριο" in answer.errors[0]
    assert answer.main.one("textarea").text == SHOWN


def test_while_it_is_on_its_way_the_page_refreshes_itself(leader: Visitor, gateway: PlayedGateway) -> None:
    page = leader.get(f"{PAGE}/{MESSAGE}")

    refresh = [each for each in page.root.all("meta") if each.attributes.get("http-equiv") == "refresh"]
    assert [each.attributes["content"] for each in refresh] == [f"5; url={PAGE}/{MESSAGE}?again=1"]
    assert "Στάλθηκαν 6 από 8, δεν χρειάστηκαν 1." in page.main.one(role="status").text
    states = [row.one("span").text for row in page.main.one("tbody").all("tr")]
    assert states == ["Στάλθηκε", "Σε αναμονή"]


def test_refreshing_itself_does_not_keep_the_session_alive(leader: Visitor, gateway: PlayedGateway) -> None:
    leader.get(f"{PAGE}/{MESSAGE}")
    by_hand, gateway.asked = list(gateway.asked), []

    leader.get(f"{PAGE}/{MESSAGE}?again=1")

    assert not any(call.headers.get("x-polled") for call in by_hand)
    assert gateway.asked
    assert all(call.headers.get("x-polled") for call in gateway.asked)


def test_when_all_is_done_it_does_not(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", READ, message(counts=counts(sent=8)))

    page = leader.get(f"{PAGE}/{MESSAGE}")
    part = leader.client.get(f"{PAGE}/{MESSAGE}/progress")

    assert "Η αποστολή ολοκληρώθηκε." in page.text
    assert not page.main.one(id="live").attributes["data-interval"].strip("0")
    assert part.headers["X-Next-Interval"] == "0"
    assert all(asked.headers.get("x-polled") for asked in gateway.calls("GET", READ)[1:])


def test_whose_text_was_erased_or_who_left_is_said_without_a_name(leader: Visitor, gateway: PlayedGateway) -> None:
    gone = message(subject=None, body=None, sender=None, counts=counts(sent=2))
    gateway.on("GET", READ, gone)
    gateway.on("GET", MESSAGES, {"items": [gone], "next": "older"})
    left = recipients("dropped", next="more")
    left["items"][0]["person"] = None
    gateway.on("GET", f"{READ}/recipients", left)

    page, history = leader.get(f"{PAGE}/{MESSAGE}"), leader.get(PAGE)

    assert "Το κείμενο διαγράφεται 90 ημέρες" in page.text
    assert "Δεν ανήκει πια στον φορέα" in page.text
    assert page.main.link("Επόμενοι") == f"{PAGE}/{MESSAGE}?from=more"
    assert "(το κείμενο έχει διαγραφεί)" in history.main.one("table").text
    assert history.main.link("Παλαιότερα") == f"{PAGE}?from=older"


def test_others_are_told_that_it_is_not_theirs(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("GET", MESSAGES, "forbidden", reason="institution-coordinators-only")

    assert leader.get(PAGE).status == 403
