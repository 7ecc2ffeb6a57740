"""«Αίτημα αλλαγής ρόλου» (S8)."""

from typing import Any

import pytest
from examples import ID, INSTITUTION, OTHER_UNIT, UNIT, account, of, page, session, units
from pages import Visitor
from played_gateway import PlayedGateway

TAB = "/account/role"
OPTIONS, REQUESTS, STEP_DOWN = "/api/v1/role-request-options", "/api/v1/role-requests", "/api/v1/account/step-down"
OTHER_INSTITUTION = "01930000-0000-7000-8000-000000000055"
MINISTRY = {"id": INSTITUTION, "name": "Υπουργείο Ψηφιακής Διακυβέρνησης"}
BOTH = ["unit_coordinator", "institution_coordinator"]


def options(reason: str | None = None, *, step_down: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    places = [] if reason else [{**MINISTRY, "roles": BOTH}]
    known = {"reason": reason, "role_request_id": None, "institutions": places, "step_down": list(step_down)}
    return known | changes


def asked(**changes: Any) -> dict[str, Any]:
    return of("orgs", "RoleRequest", **changes)


@pytest.fixture
def person(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    """A plain user of the ministry, whose phone is known."""
    gateway.on("GET", "/api/v1/session", session("user"))
    gateway.on("GET", "/api/v1/account", account(status="active", phone="+302101234567"))
    gateway.on("GET", OPTIONS, options())
    gateway.on("GET", REQUESTS, page())
    gateway.on("POST", REQUESTS, asked(), 201)
    return coordinator


def test_the_form_asks_what_the_guide_asks(person: Visitor) -> None:
    tab = person.get(TAB)

    assert tab.title.startswith("Αίτημα αλλαγής ρόλου – Ο Λογαριασμός μου")
    form = tab.form("Υποβολή αιτήματος")
    assert [label.text for label in form.all("label")] == [
        "Τηλέφωνο", "Ρόλος", "Οργανική Μονάδα", "Συνοπτική περιγραφή της αναγκαιότητας του αιτήματος",
    ]  # fmt: skip
    assert form.one("input", name="phone").attributes["value"] == "210 123 4567"
    roles = [option.text for option in form.one("select", name="role").all("option")]
    assert roles == ["Επιλέξτε", "Συντονιστής Οργανικής Μονάδας", "Συντονιστής Φορέα"]
    unit_names = [option.text for option in form.one("select", name="unit_id").all("option")]
    assert unit_names == ["Επιλέξτε", "Γενικό Τμήμα", "Διεύθυνση Εφαρμογών"]
    assert "Προαιρετικό για Συντονιστή Φορέα." in form.text
    assert MINISTRY["name"] in form.text


def test_a_request_is_sent_once_however_often_the_button_is_pressed(person: Visitor, gateway: PlayedGateway) -> None:
    form, written = person.get(TAB), {"role": "unit_coordinator", "unit_id": OTHER_UNIT, "reason": "Για τα ΚΕΠ"}

    after = person.send(form, "Υποβολή αιτήματος", written)
    person.send(form, "Υποβολή αιτήματος", written)

    assert "Το αίτημα υποβλήθηκε." in after.text
    sent, again = gateway.calls("POST", REQUESTS)
    assert sent.body == {
        "phone": "210 123 4567",
        "role": "unit_coordinator",
        "institution_id": INSTITUTION,
        "unit_id": OTHER_UNIT,
        "reason": "Για τα ΚΕΠ",
    }
    assert sent.headers["idempotency-key"] == again.headers["idempotency-key"]


def test_what_is_missing_is_named_and_nothing_is_lost(person: Visitor, gateway: PlayedGateway) -> None:
    answer = person.send(person.get(TAB), "Υποβολή αιτήματος", {"phone": "", "unit_id": UNIT})

    assert answer.status == 422
    assert answer.errors == [
        "Συμπληρώστε το τηλέφωνό σας.", "Επιλέξτε τον ρόλο που ζητάτε.", "Περιγράψτε γιατί χρειάζεστε τον ρόλο.",
    ]  # fmt: skip
    chosen = [option for option in answer.main.all("option") if "selected" in option.attributes]
    assert UNIT in [option.attributes["value"] for option in chosen]
    assert not gateway.calls("POST", REQUESTS)


@pytest.mark.parametrize(
    ("problem", "field"),
    [
        ("unit-required", "unit_id"),
        ("unit-not-available", "unit_id"),
        ("phone-invalid", "phone"),
    ],
)
def test_what_the_service_refuses_is_said_at_its_field(
    person: Visitor, gateway: PlayedGateway, problem: str, field: str
) -> None:
    gateway.refuse("POST", REQUESTS, problem, errors=[{"pointer": f"/{field}", "detail": "Διορθώστε το."}])

    answer = person.send(person.get(TAB), "Υποβολή αιτήματος", {"role": "unit_coordinator", "reason": "Για τα ΚΕΠ"})

    assert (answer.status, answer.errors) == (422, ["Διορθώστε το."])
    (control,) = [each for each in answer.main.all() if each.attributes.get("name") == field]
    assert control.attributes["aria-invalid"] == "true"


def test_what_changed_meanwhile_is_said_on_the_form(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("POST", REQUESTS, "role-request-open", role_request_id=ID)

    answer = person.send(person.get(TAB), "Υποβολή αιτήματος", {"role": "unit_coordinator", "reason": "Για τα ΚΕΠ"})

    assert answer.status == 422
    assert "Έχετε ήδη αίτημα που περιμένει απάντηση" in answer.errors[0]


def test_among_several_institutions_each_shows_its_units(person: Visitor, gateway: PlayedGateway) -> None:
    both = [
        {**MINISTRY, "roles": ["institution_coordinator"]},
        {"id": OTHER_INSTITUTION, "name": "Δήμος", "roles": BOTH},
    ]
    gateway.on("GET", OPTIONS, options(institutions=both))
    elsewhere = units()
    elsewhere["items"] = [elsewhere["items"][0] | {"id": ID, "name": "Ταμείο"}]
    gateway.on("GET", f"/api/v1/institutions/{OTHER_INSTITUTION}/units", elsewhere)

    form = person.get(TAB)
    groups = form.main.one("select", name="unit_id").all("optgroup")
    person.send(
        form,
        "Υποβολή αιτήματος",
        {"role": "unit_coordinator", "institution_id": OTHER_INSTITUTION, "unit_id": ID, "reason": "Για τα ΚΕΠ"},
    )

    assert [group.attributes["label"] for group in groups] == [MINISTRY["name"], "Δήμος"]
    assert [option.text for option in groups[1].all("option")] == ["Ταμείο"]
    (sent,) = gateway.calls("POST", REQUESTS)
    assert (sent.body["institution_id"], sent.body["unit_id"]) == (OTHER_INSTITUTION, ID)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("employment-pending", "Η σχέση εργασίας σας με το Δημόσιο δεν έχει επιβεβαιωθεί ακόμη"),
        ("not-employed", "Δεν βρέθηκε ενεργή σχέση εργασίας σας με το Δημόσιο"),
        ("role-request-open", "Έχετε ήδη αίτημα που περιμένει απάντηση"),
        ("role-not-higher", "Έχετε ήδη τον ανώτατο ρόλο στον φορέα σας"),
        ("institution-not-allowed", "Ο φορέας σας έχει κλείσει στην υπηρεσία"),
    ],
)
def test_who_may_not_ask_now_is_told_why(person: Visitor, gateway: PlayedGateway, reason: str, words: str) -> None:
    form = person.get(TAB)
    gateway.on("GET", OPTIONS, options(reason))

    tab = person.get(TAB)
    late = person.send(form, "Υποβολή αιτήματος", {"role": "unit_coordinator", "reason": "Για τα ΚΕΠ"})

    assert words in tab.text
    assert not [button for button in tab.main.all("button") if "Υποβολή" in button.text]
    assert (late.status, late.heading) == (409, words)


def test_my_requests_show_what_became_of_them(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", OPTIONS, options("role-request-open", role_request_id=ID))
    mine = page(
        asked(id=ID),
        asked(state="accepted"),
        asked(state="rejected", comment="Υπάρχει ήδη Συντονιστής."),
        asked(state="withdrawn", withdrawn_because="employment_ended", unit=None, unit_id=None),
        next="older",
    )
    gateway.on("GET", REQUESTS, mine)

    tab = person.get(TAB)

    rows = tab.main.one("table").one("tbody").all("tr")
    states = ["ΝΕΑ", "ΑΠΟΔΕΚΤΗ", "ΑΠΟΡΡΙΦΘΕΙΣΑ", "ΔΙΕΓΡΑΜΜΕΝΗ"]
    assert [row.all("span")[0].text for row in rows] == states
    assert "Υπάρχει ήδη Συντονιστής." in rows[2].text
    assert "δεν δηλώνει πια εργασία σας" in rows[3].text
    assert [bool(row.all("a")) for row in rows] == [True, False, False, False]
    assert tab.main.link("Παλαιότερα") == f"{TAB}?from=older"
    person.get(tab.main.link("Παλαιότερα"))
    assert gateway.calls("GET", REQUESTS)[-1].query == {"state": "mine", "limit": "10", "cursor": "older"}


def test_withdrawing_is_asked_first(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", REQUESTS, page(asked(id=ID)))
    gateway.on("GET", f"{REQUESTS}/{ID}", asked(id=ID))
    gateway.on("DELETE", f"{REQUESTS}/{ID}", status=204)
    question = person.get(person.get(TAB).main.link("Απόσυρση"))

    after = person.send(question, "Ναι, απόσυρση")

    assert "Είστε σίγουροι ότι θέλετε να αποσύρετε το αίτημα;" in question.text
    assert question.main.link("Όχι") == TAB
    assert "Το αίτημα αποσύρθηκε." in after.text
    assert len(gateway.calls("DELETE", f"{REQUESTS}/{ID}")) == 1


def test_what_was_decided_meanwhile_is_not_asked_about(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", f"{REQUESTS}/{ID}", asked(id=ID, state="accepted"))

    answer = person.get(f"{TAB}/requests/{ID}/withdrawal")

    assert (answer.status, answer.heading) == (409, "Το αίτημα δεν είναι πια ανοικτό")


def test_stepping_down_is_asked_with_what_it_means(person: Visitor, gateway: PlayedGateway) -> None:
    possible = options("role-request-open", role_request_id=ID, step_down=("unit_coordinator", "user"))
    gateway.on("GET", OPTIONS, possible)
    gateway.on("POST", STEP_DOWN, of("orgs", "Membership", role="user"))
    gateway.on("GET", "/api/v1/conferences", page())
    tab = person.get(TAB)

    question = person.send(tab, "Υποβιβασμός ρόλου", {"role": "user"})
    after = person.send(question, "Ναι, υποβιβασμός")

    assert "Μπορείτε να πραγματοποιήσετε υποβιβασμό ρόλου" in tab.text
    assert "Επιλέξτε τον ρόλο που επιθυμείτε να σας αποδοθεί" in tab.text
    offered = [option.text for option in tab.main.one("select", id="lower-role").all("option")]
    assert offered == ["Συντονιστής Οργανικής Μονάδας", "Απλός χρήστης"]
    assert "να μετατρέψετε τον ρόλο σας σε απλό χρήστη;" in question.text
    assert "Το αίτημά σας που περιμένει απάντηση αποσύρεται." in question.text
    assert "Οι ομάδες χρηστών σας διατηρούνται 12 μήνες" in question.text
    assert "Ο ρόλος σας άλλαξε." in after.text
    (sent,) = gateway.calls("POST", STEP_DOWN)
    assert sent.body == {"role": "user"}


@pytest.mark.parametrize("role", ["unit_coordinator", "institution_coordinator", "", "nothing"])
def test_only_a_lower_role_is_asked_about(person: Visitor, gateway: PlayedGateway, role: str) -> None:
    gateway.on("GET", OPTIONS, options(step_down=("user",)))

    answer = person.get(f"{TAB}/step-down?role={role}")

    assert (answer.status, answer.heading) == (409, "Ο ρόλος αυτός δεν είναι κατώτερος από τον δικό σας")


def test_a_plain_user_has_nothing_to_step_down_to(person: Visitor) -> None:
    assert "υποβιβασμό" not in person.get(TAB).text
