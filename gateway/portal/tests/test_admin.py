"""«Διαχείριση»: people, programs and the audit trail, before a played gateway (O6, R6)."""

from typing import Any

import examples
import pytest
from pages import Page, Visitor
from played_gateway import Answer, Asked, PlayedGateway

PEOPLE, CLIENTS = "/api/v1/admin/people", "/api/v1/admin/service-clients"
ID = examples.ID
CLIENT = "01930000-0000-7000-8000-000000000006"


def dossier(**changes: Any) -> dict[str, Any]:
    return examples.of("identity", "PersonDossier", **changes)


def program(**changes: Any) -> dict[str, Any]:
    return examples.of("identity", "ServiceClient", **changes)


@pytest.fixture
def admin(visitor: Visitor, gateway: PlayedGateway) -> Visitor:
    visitor.sign_in()
    session = examples.session(role="user", id=examples.PERSON)
    session["roles"].append({"role": "platform_administrator", "institution_id": None, "unit_id": None})
    gateway.on("GET", "/api/v1/session", session)
    gateway.on("GET", PEOPLE, {"items": [examples.of("identity", "PersonLine")], "next": None})
    gateway.on("GET", f"{PEOPLE}/{ID}", dossier(), headers={"ETag": '"3"'})
    gateway.on("GET", CLIENTS, {"items": [program()], "next": None})
    gateway.on("GET", f"{CLIENTS}/{CLIENT}", program(), headers={"ETag": '"2"'})
    gateway.on("GET", "/api/v1/institutions", {"items": [examples.of("orgs", "Institution")], "next": None})
    return visitor


def asked(gateway: PlayedGateway, method: str, path: str) -> Asked:
    return next(each for each in reversed(gateway.asked) if (each.method, each.path) == (method, path))


def test_the_menu_shows_the_area_to_administrators_alone(admin: Visitor, gateway: PlayedGateway) -> None:
    assert admin.get("/support").root.link("Διαχείριση") == "/admin/people"

    gateway.on("GET", "/api/v1/session", examples.session())
    page = admin.get("/support")

    assert not [each for each in page.root.all("a") if "Διαχείριση" in each.text]
    for path in ("/admin/people", "/admin/clients/new", "/admin/audit", f"/admin/people/{ID}/disablement"):
        assert admin.get(path).status == 403


def test_the_search_asks_and_leads_to_the_person(admin: Visitor, gateway: PlayedGateway) -> None:
    page = admin.get("/admin/people?search=παπαδ")

    assert asked(gateway, "GET", PEOPLE).query["search"] == "παπαδ"
    assert page.root.link("ΠΑΠΑΔΟΠΟΥΛΟΥ") == f"/admin/people/{ID}"


def test_a_tax_number_stands_in_no_address_and_on_no_page(admin: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("POST", f"{PEOPLE}-lookups", "not-found")
    page = admin.get("/admin/people")

    missing = admin.send(page, "Εύρεση", {"tax_id": "123456783"})

    assert missing.errors == ["Δεν υπάρχει λογαριασμός με αυτόν τον ΑΦΜ."]
    assert "123456783" not in missing.response.get_data(as_text=True)
    assert admin.send(page, "Εύρεση", {"tax_id": "12"}).errors == ["Ο ΑΦΜ έχει εννέα ψηφία."]
    gateway.on("POST", f"{PEOPLE}-lookups", examples.of("identity", "PersonLine"))
    assert admin.send(page, "Εύρεση", {"tax_id": "123456783"}).path == f"/admin/people/{ID}"
    assert not [each for each in gateway.asked if "123456783" in each.path + str(each.query)]


def test_a_person_s_page_says_why_they_cannot_sign_in(admin: Visitor, gateway: PlayedGateway) -> None:
    shut = dossier(
        status="disabled",
        disabled_reason="administrator",
        disablement={"at": examples.at(hours=-1), "by": {"id": ID, "name": "ΔΙΑΧΕΙΡΙΣΤΗΣ"}, "reason": "Φορέας"},
        sign_in={
            "possible": False,
            "reasons": [{"code": "disabled", "shut": True, "since": examples.at(hours=-1)}],
            "refusals": [{"at": examples.at(minutes=-5), "reason": "account-disabled"}],
        },
    )
    gateway.on("GET", f"{PEOPLE}/{ID}", shut)

    page = admin.get(f"/admin/people/{ID}")

    for words in ("Δεν μπορεί να συνδεθεί", "απενεργοποιηθεί από διαχειριστή", "Φορέας", "ΔΙΑΧΕΙΡΙΣΤΗΣ", "*****6787"):
        assert words in page.text
    assert page.main.link("Επανενεργοποίηση λογαριασμού") == f"/admin/people/{ID}/enablement"


def test_a_block_after_wrong_codes_is_said_and_shuts_nobody_out(admin: Visitor, gateway: PlayedGateway) -> None:
    blocked = {"code": "codes-blocked", "shut": False, "since": "2026-07-01T09:05:00+00:00"}
    gateway.on(
        "GET",
        f"{PEOPLE}/{ID}",
        dossier(sign_in={"possible": True, "reasons": [blocked], "refusals": []}),
    )

    page = admin.get(f"/admin/people/{ID}")

    assert "Μπορεί να συνδεθεί" in page.text
    assert "Δόθηκαν δέκα λάθος κωδικοί" in page.text
    assert "(από 01-07-2026, 12:05)" in page.text


def test_only_a_second_factor_that_is_on_can_be_reset(admin: Visitor, gateway: PlayedGateway) -> None:
    def offers(page: Page) -> list[str]:
        return [each.attributes["href"] for each in page.main.all("a") if "Επαναφορά" in each.text]

    off = admin.get(f"/admin/people/{ID}")
    gateway.on("GET", f"{PEOPLE}/{ID}", dossier(two_factor_since="2026-07-01T09:05:00+00:00"))
    on = admin.get(f"/admin/people/{ID}")

    assert offers(off) == []
    assert offers(on) == [f"/admin/people/{ID}/two-factor-reset"]
    assert "Έλεγχος δύο παραγόντων από 01-07-2026, 12:05" in " ".join(on.text.split())


def test_shutting_asks_for_a_reason_and_says_what_happens(admin: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{PEOPLE}/{ID}/disablement", dossier())
    page = admin.get(f"/admin/people/{ID}/disablement")

    assert "θα ενημερωθεί με email" in page.text
    assert admin.send(page, "Ναι, απενεργοποίηση").errors == ["Γράψτε τον λόγο."]
    done = admin.send(page, "Ναι, απενεργοποίηση", {"reason": "Ζητήθηκε"})

    assert (done.path, "Ο λογαριασμός απενεργοποιήθηκε" in done.text) == (f"/admin/people/{ID}", True)
    assert asked(gateway, "POST", f"{PEOPLE}/{ID}/disablement").body == {"reason": "Ζητήθηκε"}
    gateway.refuse("POST", f"{PEOPLE}/{ID}/disablement", "last-administrator")
    refused = admin.send(page, "Ναι, απενεργοποίηση", {"reason": "Ζητήθηκε"})
    assert "τελευταίος διαχειριστής" in refused.errors[0]


def test_opening_and_the_reset_of_the_second_factor_ask_once_more(admin: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{PEOPLE}/{ID}/enablement", dossier())
    gateway.on("POST", f"{PEOPLE}/{ID}/two-factor/reset", examples.of("identity", "TwoFactor"))

    opened = admin.send(admin.get(f"/admin/people/{ID}/enablement"), "Ναι, ενεργοποίηση")
    reset = admin.send(admin.get(f"/admin/people/{ID}/two-factor-reset"), "Ναι, επαναφορά")

    assert "ενεργοποιήθηκε ξανά" in opened.text
    assert "επαναφέρθηκε" in reset.text


def test_a_comment_that_crossed_another_is_not_lost(admin: Visitor, gateway: PlayedGateway) -> None:
    page = admin.get(f"/admin/people/{ID}")
    gateway.refuse("PATCH", f"{PEOPLE}/{ID}", "precondition-failed")

    crossed = admin.send(page, "Αποθήκευση", {"admin_comment": "Δικό μου"})

    assert crossed.status == 422
    assert "Δικό μου" in crossed.text
    gateway.on("PATCH", f"{PEOPLE}/{ID}", dossier())
    assert admin.send(crossed, "Αποθήκευση").path == f"/admin/people/{ID}"
    sent = asked(gateway, "PATCH", f"{PEOPLE}/{ID}")
    assert (sent.headers["if-match"], sent.body) == ('"3"', {"admin_comment": "Δικό μου"})


def test_a_secret_is_shown_once_and_stands_in_no_address(admin: Visitor, gateway: PlayedGateway) -> None:
    made = examples.of("identity", "ServiceClientWithSecret")
    gateway.on("POST", CLIENTS, made, status=201)
    page = admin.get("/admin/clients/new")
    institution = examples.of("orgs", "Institution")["id"]
    fields = {"institution_id": institution, "name": "Ημερολόγιο", "contact": "a@example.gr"}

    assert "Επιλέξτε τουλάχιστον ένα." in admin.send(page, "Δημιουργία", fields).errors
    shown = admin.send(page, "Δημιουργία", fields | {"scopes": "conferences:read"})

    assert made["client_secret"] in shown.text
    assert (shown.path, shown.response.headers["Cache-Control"]) == ("/admin/clients/new", "no-store")
    assert asked(gateway, "POST", CLIENTS).body["scopes"] == ["conferences:read"]
    after = admin.get(shown.main.link("Το αντέγραψα"))
    assert made["client_secret"] not in after.response.get_data(as_text=True)


def test_loading_the_page_of_a_secret_again_makes_nothing_and_leads_to_the_program(
    admin: Visitor, gateway: PlayedGateway
) -> None:
    made = examples.of("identity", "ServiceClientWithSecret")
    fields = {
        "institution_id": examples.of("orgs", "Institution")["id"],
        "name": "Ημερολόγιο",
        "contact": "a@example.gr",
        "scopes": "conferences:read",
    }
    for path, button, form in (
        (CLIENTS, "Δημιουργία", fields),
        (f"{CLIENTS}/{CLIENT}/secrets", "Δημιουργία νέου μυστικού", {}),
    ):
        page = admin.get("/admin/clients/new" if path == CLIENTS else f"/admin/clients/{CLIENT}")
        gateway.on("POST", path, made, status=201)
        admin.send(page, button, form)
        gateway.on("POST", path, made | {"client_secret": None}, status=201)

        again = admin.send(page, button, form)

        keys = [each.headers["idempotency-key"] for each in gateway.asked if (each.method, each.path) == ("POST", path)]
        assert keys[0] == keys[1] != ""
        assert again.path == f"/admin/clients/{made['client_id']}"
        assert "εμφανίστηκε μία φορά" in again.text
        assert made["client_secret"] not in again.text


def test_a_program_is_changed_given_a_secret_and_taken_back(admin: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("PATCH", f"{CLIENTS}/{CLIENT}", program())
    gateway.on("POST", f"{CLIENTS}/{CLIENT}/secrets", examples.of("identity", "ServiceClientWithSecret"), status=201)
    gateway.on("DELETE", f"{CLIENTS}/{CLIENT}", status=204)
    page = admin.get(f"/admin/clients/{CLIENT}")

    assert admin.send(page, "Αποθήκευση", {"name": "Άλλο"}).path == f"/admin/clients/{CLIENT}"
    assert asked(gateway, "PATCH", f"{CLIENTS}/{CLIENT}").headers["if-match"] == '"2"'
    assert "client_secret" in admin.send(page, "Δημιουργία νέου μυστικού", {"overlap_hours": "1"}).text
    assert asked(gateway, "POST", f"{CLIENTS}/{CLIENT}/secrets").body == {"overlap_hours": 1}
    ended = admin.send(admin.get(f"/admin/clients/{CLIENT}/revocation"), "Ναι, ανάκληση")
    assert "ανακλήθηκε" in ended.text


def test_the_trail_is_filtered_by_whole_days_of_athens(admin: Visitor, gateway: PlayedGateway) -> None:
    entry = {
        "position": 7,
        "act": "person.disabled",
        "actor_id": ID,
        "object_id": ID,
        "at": examples.at(),
        "correlation_id": "c-1",
        "details": {"reason": "Φορέας"},
    }
    gateway.on("GET", "/api/v1/admin/audit/orgs", {"items": [entry], "next": "older"})

    page = admin.get("/admin/audit?service=orgs&act=person&since=2026-07-01&until=2026-07-01")

    query = asked(gateway, "GET", "/api/v1/admin/audit/orgs").query
    assert (query["since"], query["until"]) == ("2026-07-01T00:00:00+03:00", "2026-07-02T00:00:00+03:00")
    assert "Φορέας" in page.text
    assert "from=older" in page.main.link("Παλαιότερες")
    assert "act=person" in page.main.link("Παλαιότερες")
    assert admin.get("/admin/audit?act=no+such&actor_id=x").errors


def test_a_long_verification_goes_on_by_itself_and_by_its_link(admin: Visitor, gateway: PlayedGateway) -> None:
    head = "5f" * 32

    def portion(ask: Asked) -> Answer:
        begun = ask.query.get("after") == "20000"
        verified, complete = (30000, True) if begun else (20000, False)
        verdict = {"rows": 30000, "verified": verified, "head": head, "broken_at": None, "complete": complete}
        return Answer(verdict)

    gateway.replies["GET", "/api/v1/admin/audit/identity/verification"] = portion
    first = admin.get("/admin/audit/verification?service=identity")
    second = admin.get(first.main.link("Συνέχεια"))

    refresh = [each.attributes["content"] for each in first.root.all("meta") if "http-equiv" in each.attributes]
    assert "after=20000" in refresh[0]
    assert "Το ίχνος είναι ακέραιο." in second.text
    assert head in second.text
