"""«Διαγραφή λογαριασμού», the certificate, and «Τα δεδομένα μου» (S6, O5)."""

import json
from typing import Any

import pytest
from examples import ID
from pages import Page, Visitor
from played_gateway import Answer, PlayedGateway

from chassis import contracts
from portal import data_words

DELETION, EXPORT, CERTIFICATE = "/api/v1/account/deletion", "/api/v1/account/export", "/api/v1/certificates/the-secret"
DELETED = {
    "certificate_url": "http://localhost/certificate/the-secret",
    "logout_url": "http://localhost/",
}
GUIDE = (
    "Ο λογαριασμός σας στο e-Presence θα διαγραφεί και δεν θα μπορεί να ανακτηθεί. Για επιβεβαίωση, παρακαλούμε "
    "εισάγετε το πρωτεύον email σας εδώ και πατήστε OK. Αν εισάγετε σωστά το email σας, ο λογαριασμός σας θα "
    "διαγραφεί οριστικά και θα ανακατευθυνθείτε στην αρχική σελίδα του e-Presence."
)


def certificate(done: bool) -> dict[str, Any]:
    at = "2026-11-25T06:00:31+00:00"
    services = ("identity", "orgs", "conferences", "notifications")
    return {
        "erased_at": "2026-11-25T06:00:00+00:00",
        "complete": done,
        "services": [
            {"service": name, "confirmed_at": at if done or name == "identity" else None} for name in services
        ],
        "expires_at": "2027-11-25T06:00:00+00:00",
    }


def send(visitor: Visitor, email: str) -> Page:
    return visitor.send(visitor.get("/account/deletion"), "OK", {"email": email})


def test_the_page_warns_in_the_guides_words(coordinator: Visitor) -> None:
    page = coordinator.get("/account/deletion")

    assert GUIDE in page.text
    assert "Προσοχή!" in page.text
    form = page.form("OK")
    assert form.one("label").text == "Βασικό email"
    assert page.main.link("Ακύρωση") == "/account"


def test_the_first_page_says_it_happened_and_leads_to_the_certificate(
    coordinator: Visitor, gateway: PlayedGateway
) -> None:
    gone = Answer(DELETED, 202, cookies=("__Host-epresence=; Max-Age=0; Path=/; Secure; HttpOnly",))
    gateway.replies["POST", DELETION] = gone
    gateway.on("GET", CERTIFICATE, certificate(done=False))

    page = send(coordinator, " m.papadopoulou@digital.example ")

    assert gateway.calls("POST", DELETION)[0].body == {"email": "m.papadopoulou@digital.example"}
    assert page.path == "/"
    assert "Ο λογαριασμός σας διαγράφηκε." in page.text
    shown = coordinator.get(page.main.link("Βεβαίωση διαγραφής"))
    assert shown.heading == "Βεβαίωση διαγραφής"
    assert "Σε εξέλιξη" in shown.text


def test_a_wrong_address_is_told_at_the_field(coordinator: Visitor, gateway: PlayedGateway) -> None:
    error = {"pointer": "/email", "detail": "Διορθώστε αυτή την τιμή."}
    gateway.refuse("POST", DELETION, "email-not-primary", errors=[error])

    page = send(coordinator, "x@digital.example")

    assert page.status == 422
    assert "Διορθώστε αυτή την τιμή." in page.text
    assert send(coordinator, "").status == 422


def test_what_stands_in_the_way_is_listed_with_links(coordinator: Visitor, gateway: PlayedGateway) -> None:
    planned = [
        {"id": ID, "number": 277123, "title": None, "starts_at": "2099-11-25T08:00:00+00:00"},
        {"id": ID, "number": 277124, "title": "Ανοιχτή", "starts_at": "2099-11-26T08:00:00+00:00"},
    ]
    gateway.refuse("POST", DELETION, "conferences-planned", conferences=planned)

    page = send(coordinator, "m.papadopoulou@digital.example")

    assert page.status == 409
    assert page.main.link("Τηλεδιάσκεψη 277123") == f"/conferences/{ID}"
    assert "Τηλεδιάσκεψη 277124 – Ανοιχτή" in page.text
    assert page.main.link("Παράδοση όλων σε άλλον Συντονιστή") == "/conferences/handover?of=mine"


@pytest.mark.parametrize(("done", "words"), [(True, "ολοκληρωθεί παντού"), (False, "72 ώρες")])
def test_the_certificate_says_which_part_is_done(
    visitor: Visitor, gateway: PlayedGateway, done: bool, words: str
) -> None:
    gateway.on("GET", CERTIFICATE, certificate(done))

    page = visitor.get("/certificate/the-secret")

    assert words in page.text
    assert len(page.main.one("tbody").all("tr")) == 4


def test_an_unknown_certificate_is_no_error_of_ours(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("GET", CERTIFICATE, "not-found")

    page = visitor.get("/certificate/the-secret")

    assert (page.status, page.heading) == (404, "Δεν υπάρχει τέτοια βεβαίωση")


def export(*, complete: bool = True) -> dict[str, Any]:
    data = {
        "account": {"surname": "ΠΑΠΑΔΟΠΟΥΛΟΥ", "tax_id": "012345678", "created_at": "2026-11-25T06:00:00+00:00"},
        "emails": [{"email": "m.papadopoulou@digital.example", "primary": True, "proof": None}],
        "sessions": [],
    }
    parts = [{"service": "identity", "state": "included", "data": data}]
    if not complete:
        parts.append({"service": "conferences", "state": "unavailable", "data": None})
    return {"made_at": "2026-11-25T06:00:00+00:00", "complete": complete, "parts": parts}


def test_my_data_can_be_read(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", EXPORT, export())

    page = coordinator.get("/account/data")

    for words in ("Λογαριασμός και σύνδεση", "Επώνυμο", "ΠΑΠΑΔΟΠΟΥΛΟΥ", "ΑΦΜ", "Ναι", "Συνδέσεις (0)"):
        assert words in page.text
    assert page.main.link("Λήψη όλων (JSON)") == "/account/data.json"
    assert "δεν είναι πλήρη" not in page.text


def test_a_place_is_shown_by_its_name_not_by_its_id(coordinator: Visitor, gateway: PlayedGateway) -> None:
    mine = export()
    request = {"institution_id": "01930000-0000-7000-8000-000000000001", "unit_id": None, "role": "user"}
    asked = [request | {"institution": "Δήμος Αθηναίων", "unit": None}]
    mine["parts"].append({"service": "orgs", "state": "included", "data": {"role_requests": asked}})
    gateway.on("GET", EXPORT, mine)

    page = coordinator.get("/account/data")

    assert "Φορέας Δήμος Αθηναίων Οργανική Μονάδα – Ρόλος" in " ".join(page.text.split())
    assert request["institution_id"] not in page.text


def test_many_of_a_kind_are_a_table_and_what_was_done_is_said_in_words(
    coordinator: Visitor, gateway: PlayedGateway
) -> None:
    mine = export()
    mine["parts"][0]["data"]["acts"] = [
        {"act": act, "occurred_at": "2026-11-25T06:00:00+00:00"} for act in ("sign_in.completed", "thing.done")
    ]
    gateway.on("GET", EXPORT, mine)

    page = coordinator.get("/account/data")

    cells = [cell.text for row in page.main.all("tr") for cell in row.all("td")]
    assert cells == ["Είσοδος στην υπηρεσία", "25-11-2026 08:00", "thing.done", "25-11-2026 08:00"], (
        "a new one has no words yet"
    )


@pytest.mark.parametrize("typed", ["2026-13-45T99:99", "2026-11-25T10:00 σύσκεψη", "active"])
def test_what_people_typed_is_shown_as_they_typed_it(coordinator: Visitor, gateway: PlayedGateway, typed: str) -> None:
    mine = export()
    mine["parts"][0]["data"]["account"] |= {"other_contact": typed}
    gateway.on("GET", EXPORT, mine)

    page = coordinator.get("/account/data")

    assert (page.status, typed in page.text) == (200, True)


@pytest.mark.parametrize("value", [["user"], {"before": "user"}])
def test_a_value_that_is_no_word_is_shown_all_the_same(value: Any) -> None:
    """The audit trail's details are of any shape."""
    assert "user" in str(data_words.shown("role", value))


@pytest.mark.parametrize(
    ("service", "schema", "field"),
    [
        ("notifications", "Message", "template"),
        ("notifications", "Message", "state"),
        ("identity", "Account", "status"),
        ("orgs", "RoleRequest", "state"),
        ("conferences", "Conference", "state"),
    ],
)
def test_no_code_is_shown_where_there_are_words(service: str, schema: str, field: str) -> None:
    kinds = {"Message": "messages", "RoleRequest": "role_requests", "Conference": "owned_conferences"}
    schemas = contracts.openapi(f"{service}.yaml")["components"]["schemas"]
    said = schemas[schema]["properties"][field]
    codes = set((schemas[said["$ref"].rpartition("/")[2]] if "$ref" in said else said)["enum"])

    assert codes == set(data_words.VALUES.get((kinds.get(schema, ""), field)) or data_words.VALUES[field])


def test_what_is_missing_is_told_plainly(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", EXPORT, export(complete=False))

    page = coordinator.get("/account/data")

    assert "τα δεδομένα δεν είναι πλήρη" in page.text
    assert "Τηλεδιασκέψεις και παρουσίες" in page.text


def test_my_data_can_be_downloaded(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", EXPORT, export())

    answer = coordinator.client.get("/account/data.json")

    assert json.loads(answer.data) == export()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")
