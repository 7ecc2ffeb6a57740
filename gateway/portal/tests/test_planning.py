"""Planning, editing, cancelling, ending (S20, S24)."""

from datetime import date, datetime, time, timedelta

import pytest
from examples import ID, OTHER_UNIT, UNIT, conference, membership, of, page, session
from pages import Page, Visitor
from played_gateway import Answer, Asked, PlayedGateway

from portal.forms.conferences import people_in

WHEN = {"starts_on": "2030-04-28", "starts_at": "09:00", "ends_on": "2030-04-28", "ends_at": "10:30"}
PATH = f"/api/v1/conferences/{ID}"
NEW = "/api/v1/conferences"


def planned(**changes: object) -> dict[str, object]:
    return conference(id=ID) | {"results": []} | changes


def plan(coordinator: Visitor, **fields: object) -> Page:
    return coordinator.send(coordinator.get("/conferences/new"), "Αποθήκευση", {"title": "Συνεδρίαση"} | WHEN | fields)


@pytest.fixture
def shown(gateway: PlayedGateway) -> None:
    gateway.on("GET", PATH, conference(id=ID), headers={"ETag": '"3"'})
    gateway.on("GET", f"{PATH}/participants", page())


def test_an_empty_form_proposes_now(coordinator: Visitor) -> None:
    form = coordinator.get("/conferences/new").form("Αποθήκευση")

    values = {each.attributes["name"]: each.attributes.get("value", "") for each in form.all("input")}
    start = datetime.combine(date.fromisoformat(values["starts_on"]), time.fromisoformat(values["starts_at"]))
    end = datetime.combine(date.fromisoformat(values["ends_on"]), time.fromisoformat(values["ends_at"]))
    assert timedelta(minutes=15) <= end - start < timedelta(minutes=30)
    assert end.minute % 15 == 0


def test_what_was_filled_in_is_sent_with_athens_offsets(
    coordinator: Visitor, gateway: PlayedGateway, shown: None
) -> None:
    gateway.on("POST", NEW, planned(), 201)

    done = plan(coordinator, description="α\r\nβ", participants="a@x.example\n\nΕλένη <b@x.example>\nA@X.example")

    assert "Η τηλεδιάσκεψη δημιουργήθηκε." in done.text
    asked = gateway.calls("POST", NEW)[0]
    assert asked.body == {
        "title": "Συνεδρίαση",
        "description": "α\nβ",
        "unit_id": None,
        "capacity": 300,
        "starts_at": "2030-04-28T09:00:00+03:00",
        "ends_at": "2030-04-28T10:30:00+03:00",
        "participants": [{"email": "a@x.example"}, {"email": "b@x.example", "name": "Ελένη"}],
    }
    assert len(asked.headers["idempotency-key"]) == 69


def test_a_double_click_is_one_conference_and_other_words_are_another(
    coordinator: Visitor, gateway: PlayedGateway, shown: None
) -> None:
    gateway.on("POST", NEW, planned(), 201)
    form = coordinator.get("/conferences/new")

    for title in ("Συνεδρίαση", "Συνεδρίαση", "Άλλη"):
        coordinator.submit(form, "Αποθήκευση", {"title": title} | WHEN)

    keys = [asked.headers["idempotency-key"] for asked in gateway.calls("POST", NEW)]
    assert keys[0] == keys[1] != keys[2]


def test_everything_missing_is_named_and_nothing_is_lost(coordinator: Visitor, gateway: PlayedGateway) -> None:
    again = plan(
        coordinator, title=" ", starts_on="", ends_at="xx:yy", description="κρατήστε με", participants="a@b\nok@x.gr"
    )

    assert again.status == 422
    assert again.title.startswith("Σφάλμα:")
    assert again.errors == [
        "Συμπληρώστε τον τίτλο.",
        "Συμπληρώστε την ημερομηνία έναρξης.",
        "Συμπληρώστε μια ώρα, π.χ. 09:45.",
        "Διορθώστε τη διεύθυνση email σε αυτές τις γραμμές: 1.",
    ]
    assert again.root.one("textarea", name="description").text == "κρατήστε με"
    assert not gateway.calls("POST", NEW)


def test_what_took_long_to_write_outlives_the_session(coordinator: Visitor, gateway: PlayedGateway) -> None:
    form = coordinator.get("/conferences/new")
    gateway.refuse_session("GET", "/api/v1/session")

    over = coordinator.send(form, "Αποθήκευση", {"title": "Συνεδρίαση", "description": "Πρώτον.\r\nΔεύτερον <b>."})

    assert over.status == 401
    assert "Η σύνδεσή σας έχει λήξει" in over.heading
    assert [each.text for each in over.main.all("dd")] == ["Συνεδρίαση", "Πρώτον. Δεύτερον <b>."]
    assert over.main.link("Είσοδος") == "/auth/login?next=%2Fconferences%2Fnew"


def test_a_strangers_form_writes_nothing_on_our_page(visitor: Visitor) -> None:
    response = visitor.client.post("/conferences/new", data={"title": "Καλέστε το 90…"})

    assert response.status_code == 400
    assert "Καλέστε" not in response.get_data(as_text=True)


def test_an_end_before_the_start_is_told(coordinator: Visitor) -> None:
    assert plan(coordinator, ends_at="08:00").errors == ["Η λήξη πρέπει να είναι μετά την έναρξη."]


def test_a_time_that_does_not_exist_is_told_with_the_next_one_that_does(coordinator: Visitor) -> None:
    spring = {"starts_on": "2030-03-31", "starts_at": "03:15", "ends_on": "2030-03-31", "ends_at": "05:00"}

    assert plan(coordinator, **spring).errors == [
        "Αυτή η ώρα δεν υπάρχει: τα ρολόγια πάνε μία ώρα μπροστά. Γράψτε 04:15."
    ]


@pytest.mark.parametrize(("which", "offset"), [("first", "+03:00"), ("second", "+02:00")])
def test_a_time_that_happens_twice_is_asked_about(
    coordinator: Visitor, gateway: PlayedGateway, shown: None, which: str, offset: str
) -> None:
    gateway.on("POST", NEW, planned(), 201)
    autumn = {"starts_on": "2030-10-27", "starts_at": "03:15", "ends_on": "2030-10-27", "ends_at": "05:00"}

    asked = plan(coordinator, **autumn)
    coordinator.send(asked, "Αποθήκευση", {"starts_which": which})

    assert asked.errors == ["Επιλέξτε ποια από τις δύο ώρες εννοείτε."]
    assert gateway.calls("POST", NEW)[0].body["starts_at"] == f"2030-10-27T03:15:00{offset}"


def test_no_free_host_offers_the_nearest_times_as_buttons(
    coordinator: Visitor, gateway: PlayedGateway, shown: None
) -> None:
    free = {"starts_at": "2030-04-28T08:00:00+00:00", "ends_at": "2030-04-28T09:30:00+00:00"}
    gateway.refuse("POST", NEW, "no-host-available", alternatives=[free])

    offered = plan(coordinator)
    gateway.on("POST", NEW, planned(), 201)
    done = coordinator.send(offered, "Κυριακή 28 Απριλίου 2030, 11:00 – 12:30")

    assert "Δεν υπάρχει διαθέσιμος χώρος" in offered.errors[0]
    assert done.heading == "Συνεδρίαση 14"
    assert gateway.calls("POST", NEW)[1].body["starts_at"] == "2030-04-28T11:00:00+03:00"
    assert gateway.calls("POST", NEW)[1].body["title"] == "Συνεδρίαση"


def test_what_the_service_refuses_stands_at_its_field(coordinator: Visitor, gateway: PlayedGateway) -> None:
    wrong = [{"pointer": "/starts_at", "detail": "Αρχίζει νωρίτερα από πριν 15 λεπτά."}]
    gateway.refuse("POST", NEW, "period-not-possible", errors=wrong)

    again = plan(coordinator)

    assert again.root.one("p", id="starts_at-error").text == "Σφάλμα: Αρχίζει νωρίτερα από πριν 15 λεπτά."
    assert again.root.one("input", name="starts_at").attributes["aria-describedby"] == "starts_at-error"


def test_a_participant_who_was_not_added_is_told(coordinator: Visitor, gateway: PlayedGateway, shown: None) -> None:
    left_out = {"email": "a@x.example", "outcome": "over_capacity", "participant_id": None}
    gateway.on("POST", NEW, planned(results=[left_out]), 201)

    assert "κάποιοι συμμετέχοντες δεν προστέθηκαν" in plan(coordinator, participants="a@x.example").text


def options(shown: Page, name: str) -> list[str]:
    return [each.text for each in shown.root.one("select", name=name).all("option")]


def test_a_unit_coordinator_plans_for_the_institution_or_the_own_unit(coordinator: Visitor) -> None:
    assert options(coordinator.get("/conferences/new"), "unit_id") == [
        "Υπουργείο Ψηφιακής Διακυβέρνησης",
        "Γενικό Τμήμα",
    ]


def test_an_institution_coordinator_plans_for_any_unit(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", "/api/v1/session", session("institution_coordinator"))
    gateway.on("GET", "/api/v1/membership", membership("institution_coordinator"))

    assert "Διεύθυνση Εφαρμογών" in options(coordinator.get("/conferences/new"), "unit_id")


def test_planning_goes_on_while_names_cannot_be_had(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.replies["GET", "/api/v1/membership"] = Answer({"type": "/problems/service-unavailable"}, 503)

    values = coordinator.get("/conferences/new").root.one("select", name="unit_id").all("option")

    assert [each.attributes["value"] for each in values] == ["", UNIT]


def test_a_plain_user_may_not_plan(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", "/api/v1/session", session("user"))

    assert coordinator.get("/conferences/new").status == 403


def test_editing_sends_the_version_that_was_read(coordinator: Visitor, gateway: PlayedGateway, shown: None) -> None:
    gateway.on("PATCH", PATH, conference(id=ID))
    form = coordinator.get(f"/conferences/{ID}/edit")

    coordinator.send(form, "Αποθήκευση", {"title": "Νέος τίτλος", "unit_id": UNIT})

    asked = gateway.calls("PATCH", PATH)[0]
    assert asked.headers["if-match"] == '"3"'
    assert asked.body["title"] == "Νέος τίτλος"
    assert asked.body["unit_id"] == UNIT
    assert not form.root.all("input", name="starts_at")


def test_a_change_that_crossed_another_is_explained_and_kept(
    coordinator: Visitor, gateway: PlayedGateway, shown: None
) -> None:
    form = coordinator.get(f"/conferences/{ID}/edit")
    gateway.on("GET", PATH, conference(id=ID, title="Των άλλων"), headers={"ETag": '"4"'})
    gateway.refuse("PATCH", PATH, "precondition-failed")

    crossed = coordinator.send(form, "Αποθήκευση", {"title": "Δικός μου"})
    gateway.on("PATCH", PATH, conference(id=ID))
    coordinator.send(crossed, "Αποθήκευση")

    assert crossed.status == 412
    assert "Των άλλων" in crossed.text
    assert crossed.root.one("input", name="title").attributes["value"] == "Δικός μου"
    assert gateway.calls("PATCH", PATH)[1].headers["if-match"] == '"4"'


def test_the_unit_of_a_conference_stays_among_the_choices(
    coordinator: Visitor, gateway: PlayedGateway, shown: None
) -> None:
    gateway.on("GET", PATH, conference(id=ID, unit_id=OTHER_UNIT), headers={"ETag": '"3"'})

    chosen = coordinator.get(f"/conferences/{ID}/edit").root.one("option", value=OTHER_UNIT)

    assert "selected" in chosen.attributes


def test_a_unit_that_was_closed_since_is_still_named(coordinator: Visitor, gateway: PlayedGateway, shown: None) -> None:
    closed = of("orgs", "Unit", id=ID, name="Παλαιά Διεύθυνση", state="closed", general=False)
    gateway.on("GET", f"/api/v1/units/{ID}", closed)
    gateway.on("GET", PATH, conference(id=ID, unit_id=ID), headers={"ETag": '"3"'})

    page, form = coordinator.get(f"/conferences/{ID}"), coordinator.get(f"/conferences/{ID}/edit")

    assert "Παλαιά Διεύθυνση" in page.text
    assert form.root.one("option", value=ID).text == "Παλαιά Διεύθυνση"


def test_cancelling_is_asked_on_a_page_of_its_own(coordinator: Visitor, gateway: PlayedGateway, shown: None) -> None:
    gateway.on("DELETE", PATH, None, 204)
    gateway.on("GET", NEW, page())
    question = coordinator.get(f"/conferences/{ID}/cancellation")

    done = coordinator.send(question, "Ναι, ακύρωση")

    assert "Είστε σίγουροι" in question.text
    assert "Η τηλεδιάσκεψη ακυρώθηκε." in done.text
    assert len(gateway.calls("DELETE", PATH)) == 1


def test_ending_is_asked_on_a_page_of_its_own(coordinator: Visitor, gateway: PlayedGateway, shown: None) -> None:
    gateway.on("GET", PATH, conference(id=ID, state="open", may=["end", "live"]))
    gateway.on("POST", f"{PATH}/end", conference(id=ID, state="ended"))
    question = coordinator.get(f"/conferences/{ID}/end")

    done = coordinator.send(question, "Ναι, τερματισμός")

    assert "Η τηλεδιάσκεψη τερματίστηκε." in done.text
    assert len(gateway.calls("POST", f"{PATH}/end")) == 1


@pytest.mark.parametrize("act", ["cancellation", "end"])
def test_nobody_is_asked_to_confirm_what_is_not_possible(
    coordinator: Visitor, gateway: PlayedGateway, act: str
) -> None:
    gateway.on("GET", PATH, conference(id=ID, state="ended", may=["report"]))

    assert coordinator.get(f"/conferences/{ID}/{act}").status == 409


def test_a_race_lost_while_confirming_is_told(coordinator: Visitor, gateway: PlayedGateway, shown: None) -> None:
    gateway.refuse("DELETE", PATH, "conference-over", state="ended")
    question = coordinator.get(f"/conferences/{ID}/cancellation")

    told = coordinator.send(question, "Ναι, ακύρωση")

    assert told.status == 409
    assert told.heading == "Η τηλεδιάσκεψη έχει ολοκληρωθεί ή ακυρωθεί"


def test_two_answers_in_flight_do_not_mix(coordinator: Visitor, gateway: PlayedGateway) -> None:
    """Each call carries the session of its own request: the pool between us and the gateway keeps none."""

    def who(asked: Asked) -> Answer:
        return Answer(session("user", name=asked.headers["authorization"].removeprefix("Session ")))

    gateway.replies["GET", "/api/v1/session"] = who
    names = []
    for name in ("alpha", "beta", "alpha"):
        coordinator.sign_in(name)
        names.append(coordinator.get("/support").root.one("p", **{"class": "user-menu-name"}).text)

    assert names == ["alpha ΠΑΠΑΔΟΠΟΥΛΟΥ", "beta ΠΑΠΑΔΟΠΟΥΛΟΥ", "alpha ΠΑΠΑΔΟΠΟΥΛΟΥ"]


def test_people_are_read_line_by_line() -> None:
    people, wrong = people_in("a@x.gr\n=1+1 <g@x.gr>\nΝικολάου, Ελένη <e@x.gr>\nnobody\n<b@x.gr>\na b@x.gr")

    assert people == [
        {"email": "a@x.gr"},
        {"email": "g@x.gr", "name": "=1+1"},
        {"email": "e@x.gr", "name": "Νικολάου, Ελένη"},
        {"email": "b@x.gr"},
    ]
    assert wrong == [4, 6]
