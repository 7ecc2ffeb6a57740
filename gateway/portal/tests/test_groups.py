"""Groups of users: made from a report, kept under «Χρήστες», added to conferences (S30)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from examples import GROUP, ID, PERSON, conference, group, group_with_members, page, participant, report, session
from pages import Visitor
from played_gateway import PlayedGateway

from portal.times import ATHENS

GROUPS, MINE = "/api/v1/groups", f"/api/v1/groups/{GROUP}"
CONFERENCE = f"/api/v1/conferences/{ID}"
MEMBER = group_with_members()["members"][0]
FOUND = {
    "person_id": PERSON,
    "name": "ΚΑΤΣΙΑΔΡΑΜΗ ΔΑΝΑΗ",
    "institution": {"id": ID, "name": "Δήμος"},
    "email": "danai@x.example",
    "masked": False,
}


@pytest.fixture
def kept(gateway: PlayedGateway) -> None:
    gateway.on("GET", MINE, group_with_members(), headers={"ETag": '"4"'})
    gateway.on("GET", GROUPS, page(group(name="test1", description="testing υπηρεσίας")))


def test_the_table_is_the_guides_with_three_actions(coordinator: Visitor, gateway: PlayedGateway, kept: None) -> None:
    shown = coordinator.get("/users/groups")

    assert [tab.text for tab in shown.main.one("nav").all("a")] == ["Ομάδες"]
    assert "Για να δημιουργήσετε νέα ομάδα θα πρέπει να πατήσετε το αντίστοιχο κουμπί" in shown.text
    assert [cell.text for cell in shown.root.one("thead").all("th")] == [
        "Όνομα ομάδας", "Περιγραφή ομάδας", "Αριθμός Μελών", "Ενέργειες",
    ]  # fmt: skip
    row = shown.root.one("tbody").one("tr")
    assert [cell.text for cell in (*row.all("th"), *row.all("td")[:2])] == ["test1", "testing υπηρεσίας", "1"]
    assert [link.text for link in row.all("a")] == [
        "Επεξεργασία : test1", "Διαγραφή : test1", "Δημιουργία τηλεδιάσκεψης : test1",
    ]  # fmt: skip


def test_without_groups_the_page_says_so_and_how_to_make_one(coordinator: Visitor) -> None:
    shown = coordinator.get("/users/groups")

    assert "Δεν έχετε ακόμη ομάδες." in shown.text
    assert not shown.root.all("table")


def test_more_groups_than_a_page_go_on(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", GROUPS, page(group(), next="c2"))

    assert coordinator.get("/users/groups").main.link("Επόμενες").endswith("/users/groups?from=c2")


@pytest.mark.parametrize(
    ("role", "there"), [("unit_coordinator", True), ("institution_coordinator", True), ("user", False)]
)
def test_coordinators_of_both_kinds_find_the_tab(
    coordinator: Visitor, gateway: PlayedGateway, role: str, there: bool
) -> None:
    gateway.on("GET", "/api/v1/session", session(role))

    tabs = coordinator.get("/users/groups").main.one("nav").all("a")

    assert ("/users/groups" in [link.attributes["href"] for link in tabs]) is there


def test_somebody_who_is_no_coordinator_is_told(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", "/api/v1/session", session("user"))
    gateway.refuse("GET", GROUPS, "forbidden", reason="coordinators-only")

    assert coordinator.get("/users/groups").status == 403


def test_name_and_description_are_changed_on_the_version_that_was_read(
    coordinator: Visitor, gateway: PlayedGateway, kept: None
) -> None:
    gateway.on("PATCH", MINE, group_with_members())
    shown = coordinator.get(f"/users/groups/{GROUP}")

    done = coordinator.send(shown, "Αποθήκευση Αλλαγών", {"name": " Νέα ", "description": "Άλλη"})

    (asked,) = gateway.calls("PATCH", MINE)
    assert asked.body == {"name": "Νέα", "description": "Άλλη"}
    assert asked.headers["if-match"] == '"4"'
    assert "Οι αλλαγές αποθηκεύτηκαν." in done.text
    assert f"Όνομα ομάδας: {group()['name']} (Αριθμός Μελών: 1)" in shown.text


def test_a_group_without_a_name_is_not_saved(coordinator: Visitor, gateway: PlayedGateway, kept: None) -> None:
    again = coordinator.send(coordinator.get(f"/users/groups/{GROUP}"), "Αποθήκευση Αλλαγών", {"name": " "})

    assert (again.status, again.errors) == (422, ["Συμπληρώστε το όνομα της ομάδας."])
    assert not gateway.calls("PATCH", MINE)


def test_a_change_that_crossed_another_is_explained_and_may_be_saved_again(
    coordinator: Visitor, gateway: PlayedGateway, kept: None
) -> None:
    shown = coordinator.get(f"/users/groups/{GROUP}")
    gateway.refuse("PATCH", MINE, "precondition-failed")
    gateway.on("GET", MINE, group_with_members(name="Άλλη"), headers={"ETag": '"5"'})

    again = coordinator.send(shown, "Αποθήκευση Αλλαγών", {"name": "Δική μου"})

    assert again.status == 412
    assert "τώρα λέγεται «Άλλη»" in again.errors[0]
    form = again.form("Αποθήκευση Αλλαγών")
    assert form.one("input", name="name").attributes["value"] == "Δική μου"
    assert form.one("input", name="etag").attributes["value"] == '"5"'


def test_whoever_is_found_is_shown_before_they_are_added(
    coordinator: Visitor, gateway: PlayedGateway, kept: None
) -> None:
    gateway.on("GET", "/api/v1/people", {"items": [FOUND]})
    gateway.on("POST", f"{MINE}/members", MEMBER, 201)

    found = coordinator.send(coordinator.get(f"/users/groups/{GROUP}"), "Αναζήτηση", {"email": "danai@x.example"})
    done = coordinator.send(found, "Προσθήκη στην ομάδα : ΚΑΤΣΙΑΔΡΑΜΗ ΔΑΝΑΗ")

    assert "ΚΑΤΣΙΑΔΡΑΜΗ ΔΑΝΑΗ" in found.text
    assert "danai" not in found.response.request.full_path
    assert gateway.calls("GET", "/api/v1/people")[0].query == {"search": "danai@x.example"}
    assert gateway.calls("POST", f"{MINE}/members")[0].body == {"email": "danai@x.example"}
    assert "Ο χρήστης προστέθηκε στην ομάδα." in done.text


def test_whoever_is_in_it_already_is_not_offered_again(
    coordinator: Visitor, gateway: PlayedGateway, kept: None
) -> None:
    gateway.on("GET", "/api/v1/people", {"items": [FOUND | {"person_id": MEMBER["person_id"]}]})
    gateway.on("POST", f"{MINE}/members", MEMBER, 200)
    shown = coordinator.get(f"/users/groups/{GROUP}")

    found = coordinator.send(shown, "Αναζήτηση", {"email": "danai@x.example"})

    assert "Είναι ήδη μέλος της ομάδας." in found.text
    assert not [each for each in found.root.all("button") if "Προσθήκη στην ομάδα" in each.text]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Συμπληρώστε το email."),
        ("no address", "Γράψτε μια διεύθυνση email όπως name@example.gr."),
        ("nobody@x.example", "Δεν βρέθηκε χρήστης με αυτό το email."),
    ],
)
def test_an_address_that_leads_to_nobody_is_told_at_its_field(
    coordinator: Visitor, gateway: PlayedGateway, kept: None, typed: str, told: str
) -> None:
    gateway.on("GET", "/api/v1/people", {"items": []})

    again = coordinator.send(coordinator.get(f"/users/groups/{GROUP}"), "Αναζήτηση", {"email": typed})

    assert (again.status, again.errors) == (422, [told])
    assert again.root.one("input", name="email").attributes["value"] == typed


def test_what_the_service_refuses_meanwhile_is_told(coordinator: Visitor, gateway: PlayedGateway, kept: None) -> None:
    gateway.on("GET", "/api/v1/people", {"items": [FOUND]})
    gateway.refuse("POST", f"{MINE}/members", "group-full", limit=1000)
    shown = coordinator.get(f"/users/groups/{GROUP}")
    found = coordinator.send(shown, "Αναζήτηση", {"email": "danai@x.example"})

    again = coordinator.send(found, "Προσθήκη στην ομάδα")

    assert again.status == 422
    assert "Η ομάδα χρηστών είναι πλήρης" in again.errors[0]


def test_a_member_is_taken_out_by_one_button(coordinator: Visitor, gateway: PlayedGateway, kept: None) -> None:
    gateway.on("DELETE", f"{MINE}/members/{MEMBER['id']}", None, 204)

    done = coordinator.send(coordinator.get(f"/users/groups/{GROUP}"), f"Αφαίρεση : {MEMBER['name']}")

    assert "Ο χρήστης αφαιρέθηκε από την ομάδα." in done.text


def test_disabled_members_are_marked_and_what_that_means_is_said(
    coordinator: Visitor, gateway: PlayedGateway, kept: None
) -> None:
    said = "δεν προστίθενται σε τηλεδιασκέψεις"
    before = coordinator.get(f"/users/groups/{GROUP}")
    gateway.on("GET", MINE, group_with_members(members=[MEMBER | {"state": "disabled"}]))

    shown = coordinator.get(f"/users/groups/{GROUP}")

    assert said not in before.text
    assert said in shown.text
    assert "Απενεργοποιημένος" in shown.root.one("tbody").text


def test_deleting_is_asked_on_a_page_of_its_own(coordinator: Visitor, gateway: PlayedGateway, kept: None) -> None:
    gateway.on("DELETE", MINE, None, 204)
    question = coordinator.get(f"/users/groups/{GROUP}/deletion")
    assert not gateway.calls("DELETE", MINE)

    done = coordinator.send(question, "Ναι, διαγραφή")

    assert "παραμένουν συμμετέχοντες" in question.text
    assert "Η ομάδα διαγράφηκε." in done.text
    assert done.path == "/users/groups"


def test_plus_opens_the_form_filled_in_and_neither_saves_nor_mails(
    coordinator: Visitor, gateway: PlayedGateway, kept: None
) -> None:
    before = datetime.now(UTC).replace(second=0, microsecond=0)

    form = coordinator.get(f"/conferences/new?group={GROUP}").form("Αποθήκευση")

    values = {each.attributes["name"]: each.attributes.get("value", "") for each in form.all("input")}
    start = datetime.combine(date.fromisoformat(values["starts_on"]), time.fromisoformat(values["starts_at"]), ATHENS)
    end = datetime.combine(date.fromisoformat(values["ends_on"]), time.fromisoformat(values["ends_at"]), ATHENS)
    assert values["title"] == "testing υπηρεσίας"
    assert before <= start <= datetime.now(UTC)
    assert end - start == timedelta(minutes=15)
    (box,) = form.all("input", name="group_ids")
    assert (box.attributes["value"], "checked" in box.attributes) == (GROUP, True)
    assert [asked for asked in gateway.asked if asked.method != "GET"] == []


def test_a_group_without_description_gives_its_name(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", GROUPS, page(group(name="test1", description="")))

    form = coordinator.get(f"/conferences/new?group={GROUP}").form("Αποθήκευση")

    assert form.one("input", name="title").attributes["value"] == "test1"


def test_plus_of_a_group_that_is_none_is_not_found(coordinator: Visitor, kept: None) -> None:
    assert coordinator.get(f"/conferences/new?group={ID}").status == 404


def test_groups_are_chosen_beside_people_when_planning(
    coordinator: Visitor, gateway: PlayedGateway, kept: None
) -> None:
    gateway.on("POST", "/api/v1/conferences", conference(id=ID) | {"results": []}, 201)
    gateway.on("GET", CONFERENCE, conference(id=ID))
    gateway.on("GET", f"{CONFERENCE}/participants", page())
    shown = coordinator.get(f"/conferences/new?group={GROUP}")

    coordinator.send(shown, "Αποθήκευση", {"participants": "a@x.example"})

    body = gateway.calls("POST", "/api/v1/conferences")[0].body
    assert (body["participants"], body["group_ids"]) == ([{"email": "a@x.example"}], [GROUP])


def test_a_group_deleted_meanwhile_is_told_at_its_field(
    coordinator: Visitor, gateway: PlayedGateway, kept: None
) -> None:
    error = {"pointer": "/group_ids/0", "detail": "Η ομάδα δεν υπάρχει πια. Επιλέξτε άλλη."}
    gateway.refuse("POST", "/api/v1/conferences", "group-not-found", errors=[error])
    shown = coordinator.get(f"/conferences/new?group={GROUP}")
    gateway.on("GET", GROUPS, page())

    again = coordinator.send(shown, "Αποθήκευση")

    assert again.errors == ["Η ομάδα δεν υπάρχει πια. Επιλέξτε άλλη."]
    assert again.root.one("fieldset", id="group_ids")
    assert again.root.one("input", name="title").attributes["value"] == "testing υπηρεσίας"


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        (["added", "already"], "Τα μέλη των ομάδων συμμετέχουν στην τηλεδιάσκεψη."),
        (["added", "invalid"], "Κάποια μέλη των ομάδων δεν προστέθηκαν"),
        (["over_capacity"], "Κάποια μέλη των ομάδων δεν προστέθηκαν"),
        ([], "Οι ομάδες που επιλέξατε δεν έχουν μέλη."),
    ],
)
def test_groups_are_added_to_a_conference_that_is_there(
    coordinator: Visitor, gateway: PlayedGateway, kept: None, outcomes: list[str], told: str
) -> None:
    results = [{"email": None, "person_id": PERSON, "outcome": word, "participant_id": None} for word in outcomes]
    gateway.on("GET", CONFERENCE, conference(id=ID))
    gateway.on("GET", f"{CONFERENCE}/participants", page(participant(1)))
    gateway.on("POST", f"{CONFERENCE}/participants", {"results": results})

    done = coordinator.send(coordinator.get(f"/conferences/{ID}"), "Προσθήκη μελών", {"group_ids": GROUP})

    (asked,) = gateway.calls("POST", f"{CONFERENCE}/participants")
    assert asked.body == {"group_ids": [GROUP]}
    assert asked.headers["idempotency-key"]
    assert told in done.text


def test_adding_no_group_is_told(coordinator: Visitor, gateway: PlayedGateway, kept: None) -> None:
    gateway.on("GET", CONFERENCE, conference(id=ID))
    gateway.on("GET", f"{CONFERENCE}/participants", page())

    again = coordinator.send(coordinator.get(f"/conferences/{ID}"), "Προσθήκη μελών")

    assert (again.status, again.errors) == (422, ["Επιλέξτε τουλάχιστον μία ομάδα."])


def test_groups_to_choose_from_are_in_order_of_their_names(coordinator: Visitor, gateway: PlayedGateway) -> None:
    named = [group(id=GROUP[:-1] + str(number), name=name) for number, name in enumerate(("Βήτα", "άλφα", "Γάμα"))]
    gateway.on("GET", GROUPS, page(*named))

    labels = coordinator.get("/conferences/new").root.one("fieldset", id="group_ids").all("label")

    assert [label.text.split()[0] for label in labels] == ["άλφα", "Βήτα", "Γάμα"]


def test_without_groups_there_is_nothing_to_choose(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", CONFERENCE, conference(id=ID))
    gateway.on("GET", f"{CONFERENCE}/participants", page())

    for path in (f"/conferences/{ID}", "/conferences/new"):
        assert not coordinator.get(path).root.all("fieldset", id="group_ids")


def test_the_report_leads_to_the_guides_form(coordinator: Visitor, gateway: PlayedGateway, kept: None) -> None:
    gateway.on("GET", f"{CONFERENCE}/report", report())
    gateway.on("POST", f"{CONFERENCE}/report/group", group(), 201)
    seen = coordinator.get(f"/conferences/{ID}/report")

    form = coordinator.get(seen.main.link("Δημιουργία ομάδας χρηστών"))
    wrong = coordinator.send(form, "Αποθήκευση", {"name": ""})
    done = coordinator.send(form, "Αποθήκευση", {"name": "Ομάδα Έργου 1", "description": "Συνεδρίαση"})

    assert "«test» έχουν λογαριασμό: 1." in form.text
    assert wrong.errors == ["Συμπληρώστε το όνομα της ομάδας."]
    (asked,) = gateway.calls("POST", f"{CONFERENCE}/report/group")
    assert asked.body == {"name": "Ομάδα Έργου 1", "description": "Συνεδρίαση"}
    assert asked.headers["idempotency-key"].startswith(form.root.one("input", name="request_key").attributes["value"])
    assert "Η ομάδα δημιουργήθηκε." in done.text
    assert done.path == f"/users/groups/{GROUP}"


def test_too_many_groups_are_told_on_the_form(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", f"{CONFERENCE}/report", report())
    gateway.refuse("POST", f"{CONFERENCE}/report/group", "too-many-groups", limit=200)
    form = coordinator.get(f"/conferences/{ID}/report/group")

    again = coordinator.send(form, "Αποθήκευση", {"name": "Α", "description": "Β"})

    assert "Έχετε ήδη πολλές ομάδες χρηστών" in again.errors[0]
    assert again.root.one("input", name="description").attributes["value"] == "Β"


def test_who_coordinates_nothing_is_offered_no_group_of_a_report(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", f"{CONFERENCE}/report", report())
    gateway.on("GET", "/api/v1/session", session("platform_administrator"))

    assert "Δημιουργία ομάδας χρηστών" not in coordinator.get(f"/conferences/{ID}/report").text
