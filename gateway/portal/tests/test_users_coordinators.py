"""«Χρήστες» → «Διαχειριστές»: the list, one coordinator, inviting and demoting (S12, S13, S14)."""

from typing import Any

import pytest
from examples import INSTITUTION, OTHER_UNIT, PERSON, UNIT, at, of, page, session
from pages import Visitor
from played_gateway import Answer, Asked, PlayedGateway

TAB = "/users/coordinators"
NEW = f"{TAB}/invitations/new"
HERE = f"/api/v1/institutions/{INSTITUTION}"
LIST, INVITATIONS = f"{HERE}/coordinators", f"{HERE}/coordinator-invitations"
COLLEAGUE = "01930000-0000-7000-8000-000000000101"
INVITATION = "01930000-0000-7000-8000-000000000301"
OTHER_INSTITUTION = "01930000-0000-7000-8000-000000000055"
THAT = f"/api/v1/coordinators/{COLLEAGUE}"
ONE_INVITED = f"/api/v1/coordinator-invitations/{INVITATION}"
WRITTEN = {"surname": "ΝΙΚΟΛΑΟΥ", "name": "ΝΙΚΟΣ", "email": "n.nikolaou@digital.example"}


def colleague(**changes: Any) -> dict[str, Any]:
    return of("orgs", "Coordinator", **changes)


def invited(status: str = "pending", **changes: Any) -> dict[str, Any]:
    nobody_yet = {"id": None, "number": None, "confirmed": False, "invitation_id": INVITATION}
    told = {"surname": "ΝΙΚΟΛΑΟΥ", "name": "ΝΙΚΟΣ", "status": status, "expires_at": at(days=30)}
    may = ["confirm", "revoke"] if status == "surname_differs" else ["resend", "revoke"]
    return colleague(**nobody_yet | told | {"may": may} | changes)


def details(**changes: Any) -> dict[str, Any]:
    known = of("edge", "CoordinatorDetails", id=COLLEAGUE)
    known["account"] |= {
        "phone": "+302101234567",
        "other_contact": "Γραφείο 12",
        "admin_comment": "Συνταξιοδοτείται.",
        "emails": [
            email(1, "n.nikolaou@digital.example", primary=True),
            email(2, "nikos@home.example", proof="administrator"),
            email(3, "n@elsewhere.example", proof="invitation"),
            email(4, "nn@elsewhere.example"),
        ],
    }
    return known | changes


def email(number: int, address: str, *, primary: bool = False, proof: str = "link") -> dict[str, Any]:
    id_ = f"01930000-0000-7000-8000-00000000040{number}"
    return {"id": id_, "email": address, "confirmed": True, "primary": primary, "proof": proof}


def administrator() -> dict[str, Any]:
    body = session("user")
    body["roles"].append({"role": "platform_administrator", "institution_id": None, "unit_id": None})
    return body


@pytest.fixture
def leader(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    gateway.on("GET", "/api/v1/session", session("institution_coordinator"))
    gateway.on("GET", LIST, page(invited(), colleague(id=COLLEAGUE)))
    gateway.on("GET", THAT, details())
    gateway.on("GET", INVITATIONS, page(invited()))
    return coordinator


def links(shown: Any, words: str) -> list[str]:
    return [link.attributes["href"] for link in shown.main.all("a") if words in link.text.replace(" :", ":")]


# The list.


def test_the_table_shows_what_the_guide_shows(leader: Visitor) -> None:
    tab = leader.get(TAB)

    table = tab.main.one("table")
    assert [cell.text for cell in table.one("thead").all("th")] == [
        "Στοιχεία", "Ονοματεπώνυμο", "Ρόλος", "Οργανική Μονάδα", "Κατάσταση", "Ημ/νία Δημιουργίας", "Ενέργειες",
    ]  # fmt: skip
    pending, active = (row.text for row in table.all("tbody"))
    for words in ("ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ", "Συντονιστής Οργανικής Μονάδας", "Γενικό Τμήμα", "Εκκρεμεί", "20-03-2024"):
        assert words in pending
    assert "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ" in active
    assert "Ενεργός" in active
    assert "(1 - 2) από 2" in tab.text
    assert tab.main.link("Προσθήκη Συντονιστή Οργανικής Μονάδας") == NEW
    assert tab.main.link("Αποστολή Email") == "/users/messages"


def test_the_search_and_the_page_size_are_asked_for(leader: Visitor, gateway: PlayedGateway) -> None:
    tab = leader.get(TAB)
    sizes = [option.text for option in tab.form("Αναζήτηση").one("select", name="rows").all("option")]

    found = leader.send(tab, "Αναζήτηση", {"search": " παπάδ ", "rows": "50"})

    assert sizes == ["10", "20", "50", "100"]
    assert gateway.calls("GET", LIST)[0].query == {"limit": "10"}
    assert gateway.calls("GET", LIST)[-1].query == {"search": "παπάδ", "limit": "50"}
    assert found.main.one("input", name="search").attributes["value"] == "παπάδ"
    assert [one.text for one in found.main.all("option") if "selected" in one.attributes] == ["50"]


def test_pages_follow_each_other_and_say_where_they_stand(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on(
        "GET", LIST, page(*(colleague(id=COLLEAGUE[:-2] + f"{n:02}") for n in range(20)), next="c1") | {"total": 23}
    )
    first = leader.get(f"{TAB}?rows=20&search=α")
    gateway.on("GET", LIST, page(*(colleague(id=COLLEAGUE[:-2] + f"{n:02}") for n in range(3))) | {"total": 23})

    second = leader.get(first.main.link("Επόμενη σελίδα"))

    assert "(1 - 20) από 23" in first.text
    assert not links(first, "Πρώτη σελίδα")
    assert gateway.calls("GET", LIST)[-1].query == {"search": "α", "limit": "20", "cursor": "c1"}
    assert "(21 - 23) από 23" in second.text
    assert not links(second, "Επόμενη σελίδα")
    leader.get(second.main.link("Πρώτη σελίδα"))
    assert gateway.calls("GET", LIST)[-1].query == {"search": "α", "limit": "20"}


@pytest.mark.parametrize("made_up", ["rows=7", "rows=x", "passed=40", "from=c1&passed=-3", "from=c1&passed=x"])
def test_figures_made_up_in_the_address_do_no_harm(leader: Visitor, gateway: PlayedGateway, made_up: str) -> None:
    tab = leader.get(f"{TAB}?{made_up}")

    assert "(1 - 2) από 2" in tab.text
    assert gateway.calls("GET", LIST)[-1].query["limit"] == "10"


def test_more_than_anybody_counts_are_not_counted(leader: Visitor, gateway: PlayedGateway) -> None:
    uncounted = page(colleague(id=COLLEAGUE))
    del uncounted["total"]
    gateway.on("GET", LIST, uncounted)

    tab = leader.get(TAB)

    assert "(1 - 1)" in tab.text
    assert "από" not in tab.main.one("nav", **{"class": "pages"}).text


def test_nobody_found_is_said(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", LIST, page())

    assert "Δεν βρέθηκε Συντονιστής." in leader.get(f"{TAB}?search=χχχ").text
    assert "Δεν υπάρχουν Συντονιστές." in leader.get(TAB).text
    emptied = leader.get(f"{TAB}?from=c1&passed=10")
    assert "Δεν βρέθηκε Συντονιστής." in emptied.text
    assert emptied.main.link("Πρώτη σελίδα") == TAB


def test_an_expanded_row_shows_what_the_guide_shows(leader: Visitor, gateway: PlayedGateway) -> None:
    expand = links(leader.get(f"{TAB}?rows=20"), "Ανάπτυξη: ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ")[0]

    tab = leader.get(expand)

    assert expand.endswith(f"#row-{COLLEAGUE}")
    shown = tab.main.one("tr", **{"class": "more"})
    assert [name.text for name in shown.all("dt")] == [
        "ID", "Ονοματεπώνυμο", "Email", "Επιπλέον email", "Επιπλέον email", "Επιπλέον email", "Επιβεβαιωμένος",
        "Τηλέφωνο", "Ρόλος", "Φορέας", "Οργανική Μονάδα", "Αποδοχή όρων και ιδιωτικότητα", "Άλλα στοιχεία επικοινωνίας",
    ]  # fmt: skip
    for words in (
        "100001",
        "nikos@home.example (χειροκίνητα επιβεβαιωμένο)",
        "n@elsewhere.example (επιβεβαιωμένο με πρόσκληση)",
        "nn@elsewhere.example (επιβεβαιωμένο με σύνδεσμο)",
        "210 123 4567",
        "16-05-2024, 16:08",
        "Γραφείο 12",
    ):
        assert words in shown.text
    assert gateway.calls("GET", LIST)[-1].query["limit"] == "20"
    assert links(tab, "Σύμπτυξη: ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ") == [f"{TAB}?rows=20#row-{COLLEAGUE}"]


def test_while_identity_is_away_the_rest_is_shown(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", THAT, details(account=None))

    for shown in (leader.get(f"{TAB}?open={COLLEAGUE}"), leader.get(f"{TAB}/{COLLEAGUE}")):
        assert "Τα στοιχεία επικοινωνίας δεν μπορούν να εμφανιστούν αυτή τη στιγμή." in shown.text
        assert "n.nikolaou@digital.example" in shown.text
        assert "Τηλέφωνο" not in shown.text


def test_acts_are_offered_to_those_who_may(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", LIST, page(colleague(id=COLLEAGUE), colleague(id=PERSON, role="institution_coordinator", may=[])))
    gateway.on("GET", THAT, details(may=[]))

    tab = leader.get(TAB)

    assert links(tab, "Μετατροπή σε απλό χρήστη") == [f"{TAB}/{COLLEAGUE}/demotion"]
    assert len(links(tab, "Προβολή")) == 2
    assert not links(leader.get(f"{TAB}/{COLLEAGUE}"), "Μετατροπή")
    assert leader.get(f"{TAB}/{COLLEAGUE}/demotion").status == 403

    gateway.on("GET", LIST, page(invited(may=[])))
    tab = leader.get(f"{TAB}?open={INVITATION}")
    assert not links(tab, "Απόσυρση πρόσκλησης")
    assert not [button for button in tab.main.all("button") if "Επαναποστολή" in button.text]


@pytest.mark.parametrize("role", ["unit_coordinator", "user"])
def test_the_tab_is_for_institution_coordinators(leader: Visitor, gateway: PlayedGateway, role: str) -> None:
    assert TAB in [link.attributes["href"] for link in leader.get("/support").root.all("a")]
    gateway.on("GET", "/api/v1/session", session(role))
    gateway.refuse("GET", LIST, "forbidden", reason="institution-coordinators-only")

    assert TAB not in [link.attributes["href"] for link in leader.get("/support").root.all("a")]
    assert leader.get(TAB).status == 403


# One coordinator.


def test_the_view_shows_what_the_guide_shows(leader: Visitor) -> None:
    shown = leader.get(links(leader.get(f"{TAB}?rows=20&search=p"), "Προβολή")[0])

    assert shown.heading == "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ"
    assert [name.text for name in shown.main.all("dt")] == [
        "Όνομα", "Επώνυμο", "Επιβεβαιωμένος", "Email", "Επιπλέον email", "Επιπλέον email", "Επιπλέον email", "Τηλέφωνο",
        "Ενεργός", "Ρόλος", "Φορέας", "Οργανική Μονάδα", "Περιγραφή", "Σχόλια Διαχειριστή",
    ]  # fmt: skip
    for words in ("Το email του χρήστη δεν μπορεί να τροποποιηθεί", "Οργανώνω τις", "Συνταξιοδοτείται."):
        assert words in shown.text
    assert shown.main.link("Επιστροφή") == f"{TAB}?search=p&rows=20"


def test_demoting_is_asked_once_more(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{THAT}/demotion", of("orgs", "Membership", role="user"))
    question = leader.get(leader.get(f"{TAB}?rows=50").main.link("Μετατροπή σε απλό χρήστη"))

    done = leader.send(question, "Ναι, μετατροπή")

    for words in (
        "Ο ρόλος του Συντονιστή παύει αμέσως",
        "μένουν στους Συντονιστές του Φορέα",
        "Είστε σίγουροι ότι θέλετε να μετατρέψετε τον ρόλο του χρήστη ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ σε απλό χρήστη;",
    ):
        assert words in question.text
    assert question.main.link("Όχι") == f"{TAB}?rows=50"
    assert (done.path, "Είναι πλέον απλός χρήστης" in done.text) == (TAB, True)
    assert gateway.calls("GET", LIST)[-1].query["limit"] == "50"
    assert len(gateway.calls("POST", f"{THAT}/demotion")) == 1


def test_whom_another_demoted_meanwhile_is_told_in_the_list(leader: Visitor, gateway: PlayedGateway) -> None:
    question = leader.get(f"{TAB}/{COLLEAGUE}/demotion")
    gateway.refuse("POST", f"{THAT}/demotion", "not-a-coordinator")

    done = leader.send(question, "Ναι, μετατροπή")

    assert (done.path, "ο ρόλος είχε ήδη αφαιρεθεί" in done.text) == (TAB, True)


# Inviting.


def test_the_form_asks_what_the_guide_asks(leader: Visitor) -> None:
    form = leader.get(NEW).form("Αποθήκευση")

    assert [label.text for label in form.all("label")] == ["Επώνυμο", "Όνομα", "Email", "Τηλέφωνο", "Οργανική Μονάδα"]
    assert "Ρόλος Συντονιστής Οργανικής Μονάδας" in form.text
    units = [option.text for option in form.one("select", name="unit_id").all("option")]
    assert units == ["Επιλέξτε", "Γενικό Τμήμα", "Διεύθυνση Εφαρμογών"]
    assert form.link("Ακύρωση") == TAB


def test_somebody_is_invited_once_however_often_the_button_is_pressed(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", INVITATIONS, invited(), 201)
    form, written = leader.get(NEW), WRITTEN | {"surname": " ΝΙΚΟΛΑΟΥ ", "unit_id": OTHER_UNIT, "phone": "210 123 4567"}

    done = leader.send(form, "Αποθήκευση", written)
    leader.send(form, "Αποθήκευση", written)

    assert (done.path, "Ο λογαριασμός εκκρεμεί" in done.text) == (TAB, True)
    first, second = gateway.calls("POST", INVITATIONS)
    wanted = WRITTEN | {"unit_id": OTHER_UNIT, "phone": "210 123 4567", "role": "unit_coordinator"}
    assert first.body == second.body == wanted
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.headers["idempotency-key"] != leader.get(NEW).main.one("input", name="request_key").attributes["value"]


def test_what_is_missing_is_said_at_its_field(leader: Visitor, gateway: PlayedGateway) -> None:
    wrong = leader.send(leader.get(NEW), "Αποθήκευση", {"email": "nobody"})

    assert wrong.status == 422
    assert wrong.errors == [
        "Συμπληρώστε το επώνυμο.",
        "Συμπληρώστε το όνομα.",
        "Γράψτε μια διεύθυνση email όπως name@example.gr.",
        "Επιλέξτε την Οργανική Μονάδα.",
    ]
    assert wrong.main.one("select", name="unit_id").attributes["aria-invalid"] == "true"
    assert not gateway.calls("POST", INVITATIONS)


@pytest.mark.parametrize(
    ("problem", "words", "field"),
    [
        ("coordinator-already-invited", "Η διεύθυνση έχει ήδη προσκληθεί", "email"),
        ("already-coordinator", "Είναι ήδη Συντονιστής στον φορέα", "email"),
        ("phone-invalid", "Όχι αριθμός", "phone"),
        ("unit-not-available", "Η μονάδα έκλεισε", "unit_id"),
    ],
)
def test_what_the_service_refuses_is_said_at_its_field(
    leader: Visitor, gateway: PlayedGateway, problem: str, words: str, field: str
) -> None:
    errors = [] if field == "email" else [{"pointer": f"/{field}", "detail": words}]
    gateway.refuse("POST", INVITATIONS, problem, errors=errors)

    wrong = leader.send(leader.get(NEW), "Αποθήκευση", WRITTEN | {"unit_id": UNIT})

    assert wrong.status == 422
    assert words in wrong.main.all(id=f"{field}-error")[0].text
    assert wrong.main.one("input", name="surname").attributes["value"] == "ΝΙΚΟΛΑΟΥ"


# Those invited.


def test_a_pending_row_shows_what_can_be_done(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{ONE_INVITED}/resend", invited())
    pending = leader.get(f"{TAB}?rows=20&open={INVITATION}")

    sent = leader.send(pending, "Επαναποστολή email ενεργοποίησης")

    for words in ("m.papadopoulou@digital.example", "Η πρόσκληση λήγει", "Επιβεβαιωμένος Όχι"):
        assert words in pending.main.one("tr", **{"class": "more"}).text
    assert "Η πρόσκληση στέλνεται ξανά" in sent.text
    assert "Επαναποστολή email ενεργοποίησης" in sent.text, "the row stays expanded"
    assert gateway.calls("GET", LIST)[-1].query["limit"] == "20"


def test_an_expired_invitation_says_so(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", LIST, page(invited("expired", expires_at="2026-05-16T16:08:29+03:00")))

    row = leader.get(f"{TAB}?open={INVITATION}").main.one("tbody")

    assert "Η πρόσκληση έληξε 16-05-2026, 16:08" in row.text


def test_an_invitation_is_taken_back_when_asked_once_more(leader: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("DELETE", ONE_INVITED, None, 204)
    question = leader.get(leader.get(f"{TAB}?rows=20&open={INVITATION}").main.link("Απόσυρση πρόσκλησης"))
    gateway.on("GET", LIST, page(colleague(id=COLLEAGUE)))

    done = leader.send(question, "Ναι, απόσυρση")

    assert "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ" in question.text
    assert question.main.link("Όχι") == f"{TAB}?rows=20"
    assert (done.path, "Η πρόσκληση αποσύρθηκε." in done.text) == (TAB, True)


def test_one_invited_is_found_however_many_there_are(leader: Visitor, gateway: PlayedGateway) -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(page(invited()) if asked.query.get("cursor") else page(next="later"))

    gateway.replies["GET", INVITATIONS] = answer

    assert leader.get(f"{TAB}/invitations/{INVITATION}/withdrawal").heading == "Απόσυρση πρόσκλησης"


@pytest.mark.parametrize("answer", ["Ναι, είναι αυτός/ή που κάλεσα", "Όχι"])
def test_another_surname_waits_for_a_yes(leader: Visitor, gateway: PlayedGateway, answer: str) -> None:
    differs = invited("surname_differs", accepted_surname="ΓΕΩΡΓΙΟΥ", accepted_name="ΝΙΚΟΣ")
    gateway.on("GET", LIST, page(differs))
    gateway.on("POST", f"{ONE_INVITED}/confirmation", colleague())
    gateway.on("DELETE", ONE_INVITED, None, 204)
    row = leader.get(f"{TAB}?open={INVITATION}")

    done = leader.send(row, answer)

    for words in ("Άλλο επώνυμο", "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ", "ΓΕΩΡΓΙΟΥ ΝΙΚΟΣ"):
        assert words in row.main.one("tbody").text
    assert ("Ο ρόλος δόθηκε." if answer.startswith("Ναι") else "ο ρόλος δεν δίνεται") in done.text
    assert bool(gateway.calls("POST", f"{ONE_INVITED}/confirmation")) is answer.startswith("Ναι")
    assert bool(gateway.calls("DELETE", ONE_INVITED)) is (answer == "Όχι")


def test_what_happened_meanwhile_is_told_in_the_list(leader: Visitor, gateway: PlayedGateway) -> None:
    row = leader.get(f"{TAB}?open={INVITATION}")
    question = leader.get(f"{TAB}/invitations/{INVITATION}/withdrawal")
    gateway.refuse("POST", f"{ONE_INVITED}/resend", "sent-a-moment-ago", headers={"Retry-After": "40"})
    gateway.refuse("DELETE", ONE_INVITED, "coordinator-invitation-closed", state="accepted")

    too_soon = leader.send(row, "Επαναποστολή email ενεργοποίησης")
    gateway.on("GET", LIST, page(colleague(id=COLLEAGUE)))
    gateway.on("GET", INVITATIONS, page())
    crossed = leader.send(question, "Ναι, απόσυρση")
    late = leader.get(f"{TAB}/invitations/{INVITATION}/withdrawal")

    assert "Η πρόσκληση μόλις στάλθηκε." in too_soon.text
    for shown in (crossed, late):
        assert (shown.path, "Η πρόσκληση δεν είναι πια ανοικτή" in shown.text) == (TAB, True)


# Who runs the platform.


def test_who_runs_the_platform_invites_an_institutions_first_coordinator(
    leader: Visitor, gateway: PlayedGateway
) -> None:
    there = f"/api/v1/institutions/{OTHER_INSTITUTION}"
    gateway.on("GET", "/api/v1/session", administrator())
    gateway.on("GET", there, of("orgs", "Institution", id=OTHER_INSTITUTION, name="Δήμος Αθηναίων"))
    gateway.on("GET", f"{there}/coordinators", page())
    gateway.on("GET", f"{there}/units", {"items": [of("orgs", "Unit", id=UNIT)], "next": None})
    gateway.on("POST", f"{there}/coordinator-invitations", invited(role="institution_coordinator"), 201)
    tab = leader.get(f"{TAB}?institution={OTHER_INSTITUTION}")

    form = leader.get(tab.main.link("Προσθήκη Συντονιστή"))
    done = leader.send(form, "Αποθήκευση", WRITTEN | {"role": "institution_coordinator", "unit_id": ""})

    for shown in (tab, form, done):
        assert "Δήμος Αθηναίων" in shown.text
    assert not links(tab, "Αποστολή Email"), "that goes to one's own institution"
    assert tab.main.link("Δήμος Αθηναίων") == f"/admin/institutions/{OTHER_INSTITUTION}"
    assert form.main.link("Ακύρωση") == f"{TAB}?institution={OTHER_INSTITUTION}"
    sent = gateway.calls("POST", f"{there}/coordinator-invitations")[0].body
    assert (sent["role"], sent["unit_id"]) == ("institution_coordinator", None)
    searched = leader.send(done, "Αναζήτηση", {"search": "α"})
    assert "Δήμος Αθηναίων" in searched.text
    assert not gateway.calls("GET", LIST)


def test_an_institution_that_is_none_is_not_found(leader: Visitor) -> None:
    assert leader.get(f"{TAB}?institution=x").status == 404
