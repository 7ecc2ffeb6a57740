"""«Χρήστες» → «Χρήστες»: whom the institution invited (S19)."""

from typing import Any

import pytest
from examples import of, page, session
from pages import Visitor
from played_gateway import PlayedGateway

TAB, INVITATIONS = "/users/people", "/api/v1/invitations"
INVITATION = "01930000-0000-7000-8000-000000000005"
NEW = {"surname": "Νικολάου", "name": "Νίκος", "email": "n.nikolaou@example.org"}


def invitation(**changes: Any) -> dict[str, Any]:
    return of("identity", "Invitation", **({"id": INVITATION} | changes))


@pytest.fixture
def leader(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    gateway.on("GET", "/api/v1/session", session("institution_coordinator"))
    gateway.on("GET", INVITATIONS, page(invitation()))
    gateway.on("POST", INVITATIONS, invitation(), 201)
    return coordinator


def test_the_table_shows_who_was_invited_and_what_became_of_it(leader: Visitor, gateway: PlayedGateway) -> None:
    every = [invitation(state=state) for state in ("pending", "accepted", "expired", "revoked")]
    gateway.on("GET", INVITATIONS, page(*every, next="older"))

    tab = leader.get(TAB)

    assert tab.title.startswith("Χρήστες – Χρήστες")
    table = tab.main.one("table")
    assert [cell.text for cell in table.one("thead").all("th")] == [
        "Ονοματεπώνυμο", "Email", "Κατάσταση", "Ημ/νία αποστολής", "Λήγει", "Ενέργειες",
    ]  # fmt: skip
    rows = table.one("tbody").all("tr")
    assert [row.one("span", **{"class": look}).text for row, look in zip(
        rows, ("state state-scheduled", "state state-open", "state state-ended", "state state-cancelled"), strict=True
    )] == ["Εκκρεμεί", "Ενεργός", "Έληξε", "Ανακλήθηκε"]  # fmt: skip
    assert [len(row.all("button")) for row in rows] == [2, 0, 2, 0], "what is over is not sent or revoked any more"
    assert rows[0].all("td")[3].text == "25-12-2026"
    assert tab.main.link("Παλαιότερα") == f"{TAB}?from=older"


def test_the_table_is_searched_and_filtered(leader: Visitor, gateway: PlayedGateway) -> None:
    found = leader.send(leader.get(TAB), "Αναζήτηση", {"search": " νικολάου ", "state": "expired"})
    leader.get(f"{TAB}?state=nonsense")

    asked, nonsense = (call.query for call in gateway.calls("GET", INVITATIONS)[-2:])
    assert asked == {"search": "νικολάου", "state": "expired", "limit": "20"}
    assert nonsense == {"limit": "20"}
    assert found.main.one("input", name="search").attributes["value"] == "νικολάου"


def test_when_nobody_is_found_it_is_said(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", INVITATIONS, page())

    assert "Δεν έχει σταλεί ακόμη πρόσκληση." in leader.get(TAB).text
    assert "Δεν βρέθηκε πρόσκληση." in leader.get(f"{TAB}?search=x").text


def test_somebody_is_invited_once_however_often_the_button_is_pressed(leader: Visitor, gateway: PlayedGateway) -> None:
    form = leader.get(leader.get(TAB).main.link("Πρόσκληση χρήστη"))
    assert [label.text for label in form.form("Αποστολή πρόσκλησης").all("label")] == ["Επώνυμο", "Όνομα", "Email"]

    after = leader.send(form, "Αποστολή πρόσκλησης", NEW)
    leader.send(form, "Αποστολή πρόσκλησης", NEW)

    assert "Η πρόσκληση στάλθηκε." in after.text
    first, again = gateway.calls("POST", INVITATIONS)
    assert first.body == NEW
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"]


def test_what_is_missing_is_named(leader: Visitor, gateway: PlayedGateway) -> None:
    form = leader.get(f"{TAB}/invitation")

    answer = leader.send(form, "Αποστολή πρόσκλησης", {"surname": "Νικολάου", "email": "nikos"})

    assert (answer.status, answer.errors) == (
        422, ["Συμπληρώστε το όνομα.", "Γράψτε μια διεύθυνση email όπως name@example.gr."],
    )  # fmt: skip
    assert not gateway.calls("POST", INVITATIONS)


@pytest.mark.parametrize("problem", ["account-exists", "already-invited"])
def test_what_the_service_refuses_is_said_on_the_form(leader: Visitor, gateway: PlayedGateway, problem: str) -> None:
    gateway.refuse("POST", INVITATIONS, problem)

    answer = leader.send(leader.get(f"{TAB}/invitation"), "Αποστολή πρόσκλησης", NEW)

    assert answer.status == 422
    assert len(answer.errors) == 1
    assert answer.main.one("input", name="email").attributes["value"] == NEW["email"]


def test_it_is_sent_again_from_its_row(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{INVITATIONS}/{INVITATION}/resend", invitation())

    after = leader.send(leader.get(TAB), "Επαναποστολή")

    assert "Ο προηγούμενος σύνδεσμος δεν ισχύει πια." in after.text
    assert len(gateway.calls("POST", f"{INVITATIONS}/{INVITATION}/resend")) == 1


def test_revoking_is_asked_once_more(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("DELETE", f"{INVITATIONS}/{INVITATION}", status=204)

    question = leader.send(leader.get(TAB), "Ανάκληση")
    assert "Είστε σίγουροι ότι θέλετε να ανακαλέσετε την πρόσκληση;" in question.text
    assert "n.nikolaou@example.org" in question.text
    assert not gateway.calls("DELETE", f"{INVITATIONS}/{INVITATION}")

    after = leader.send(question, "Ναι, ανάκληση")

    assert "Η πρόσκληση ανακλήθηκε." in after.text


def test_what_was_accepted_meanwhile_cannot_be_revoked(leader: Visitor, gateway: PlayedGateway) -> None:
    question = leader.send(leader.get(TAB), "Ανάκληση")
    gateway.refuse("DELETE", f"{INVITATIONS}/{INVITATION}", "invitation-closed", state="accepted")

    assert leader.send(question, "Ναι, ανάκληση").status == 409


@pytest.mark.parametrize(("role", "shown"), [("institution_coordinator", True), ("unit_coordinator", False)])
def test_the_tab_is_of_institution_coordinators(
    leader: Visitor, gateway: PlayedGateway, role: str, shown: bool
) -> None:
    gateway.on("GET", "/api/v1/session", session(role))

    links = [link.attributes["href"] for link in leader.get(TAB).main.all("a")]

    assert (TAB in links) is shown
