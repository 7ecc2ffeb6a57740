"""«Διαχείριση» in a real browser: people, programs, the audit trail; by administrators and by nobody else (O6, R6)."""

import re

import pytest
import requests
from playwright.sync_api import Browser, StorageState, expect

from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.outside import Outside
from tests.journeys.test_main_job import activated
from tests.journeys.visitor import Addresses, Visitor

SCRIPT_AND_LANGUAGE = pytest.mark.parametrize(("script", "language"), [(True, "el"), (True, "en"), (False, "el")])
AREAS = ["/admin/people", "/admin/clients", "/admin/clients/new", "/admin/audit"]


@pytest.fixture(scope="module")
def cookies(chromium: Browser, at: Addresses) -> StorageState:
    """An administrator's, signed in once for all these walks: each sign-in waits for a code that was not used yet."""
    context = chromium.new_context(locale="el-GR")
    walk = Walk(page=context.new_page(), at=at, outside=Outside(at.sandbox))
    walk.sign_in_as_administrator()
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def administrator(new_walk: NewWalk, cookies: StorageState, script: bool, language: str) -> Walk:
    walk = new_walk(script=script, language=language, pictures="admin" if script else "", cookies=cookies)
    walk.go("/")
    if language == "en":
        walk.press("English")
    return walk


@SCRIPT_AND_LANGUAGE
def test_a_person_is_found_shut_out_and_let_in_again(
    new_walk: NewWalk, administrator: Walk, at: Addresses, outside: Outside, script: bool
) -> None:
    walk, persona = administrator, "user-4"
    _, address = activated(at, outside, persona)
    tax_id, surname = (outside.personas()[persona][name] for name in ("taxid", "surname"))
    walk.page.get_by_role("link", name=walk.words("Διαχείριση", "Administration")).first.click()
    walk.look("people")
    walk.fill(search=address)
    walk.page.locator("main [name=search]").press("Enter")
    expect(walk.page.locator("main tbody tr")).to_have_count(1)
    walk.look("people-found")

    walk.go("/admin/people")
    walk.fill(tax_id=tax_id)
    walk.press(walk.words("Εύρεση", "Find"), "person")
    assert surname in walk.page.locator("h1").inner_text()
    assert tax_id not in walk.page.content()
    assert walk.words("Μπορεί να συνδεθεί", "They can sign in") in walk.text()
    there = walk.page.url
    walk.fill(admin_comment="Ζήτησε βοήθεια\nτηλεφωνικά")
    walk.press(walk.words("Αποθήκευση", "Save"))
    assert walk.page.locator("main [name=admin_comment]").input_value() == "Ζήτησε βοήθεια\nτηλεφωνικά"

    walk.follow(walk.words("Απενεργοποίηση λογαριασμού", "Disable account"), "disablement")
    shut = walk.words("Ναι, απενεργοποίηση", "Yes, disable")
    walk.press(shut, "disablement-without-a-reason")
    assert walk.page.locator("main [name=reason]").get_attribute("aria-invalid") == "true"
    walk.fill(reason="Ζητήθηκε από τον φορέα")
    walk.press(shut, "person-disabled")
    assert "Ζητήθηκε από τον φορέα" in walk.text()
    outside.mail_with(address, "απενεργοποίησε")
    refused = new_walk(script=script, pictures="admin-refused" if script else "")
    refused.go("/auth/login")
    refused.page.locator(f"#persona-{persona}").check()
    refused.page.get_by_role("button", name="Συνέχεια").click()
    refused.page.wait_for_url("**/refused")
    refused.look("page")
    assert "έχει απενεργοποιηθεί από διαχειριστή" in refused.text()
    walk.go(there)
    assert walk.words("απενεργοποιημένος λογαριασμός", "the account is disabled") in walk.text(), "the refusal is told"

    walk.follow(walk.words("Επανενεργοποίηση λογαριασμού", "Re-enable account"), "enablement")
    walk.press(walk.words("Ναι, ενεργοποίηση", "Yes, enable"), "person-enabled")
    refused.sign_in(persona)
    refused.confirm()
    assert refused.page.locator(".user-menu").count() == 1
    walk.fill(admin_comment="")
    walk.press(walk.words("Αποθήκευση", "Save"))


@SCRIPT_AND_LANGUAGE
def test_whoever_is_locked_out_by_wrong_codes_is_told_why_and_freed(
    administrator: Walk, at: Addresses, outside: Outside
) -> None:
    walk, persona = administrator, "user-3"
    person, address = activated(at, outside, persona)
    person.sign_in(persona)  # a session from before the activation is known as such for some seconds more
    person.turn_two_factor_on(persona)
    for _ in range(2):
        guesser = Visitor(at)
        assert guesser.sign_in(persona) == "two_factor"
        for _ in range(5):
            code = {"code": walk.phone(persona).wrong_code()}
            guesser.call("POST", "/api/v1/sign-in/two-factor", json=code, expect=(401, 422))
    walk.go("/admin/people")
    walk.fill(search=address)
    walk.page.locator("main [name=search]").press("Enter")
    walk.follow(outside.personas()[persona]["surname"], "person-locked-out")
    assert walk.words("Δόθηκαν δέκα λάθος κωδικοί", "Ten wrong codes were given") in walk.text()

    reset = walk.words("Επαναφορά ελέγχου δύο παραγόντων", "Reset two-factor authentication")
    walk.follow(reset, "two-factor-reset")
    walk.press(walk.words("Ναι, επαναφορά", "Yes, reset"), "two-factor-reset-done")
    assert walk.words("Δόθηκαν δέκα", "Ten wrong codes") not in walk.text()
    assert walk.page.get_by_role("link", name=reset).count() == 0
    outside.mail_with(address, "Support has removed")
    assert Visitor(at).sign_in(persona) == "done"


@SCRIPT_AND_LANGUAGE
def test_a_program_gets_its_secret_once_and_is_revoked(
    administrator: Walk, at: Addresses, script: bool, language: str
) -> None:
    walk, name = administrator, f"Μητρώο Συσκέψεων {language} {script}"
    walk.go("/admin/clients", "clients")
    walk.follow(walk.words("Νέα εφαρμογή", "New program"), "client-new")
    create = walk.words("Δημιουργία", "Create")
    walk.press(create, "client-new-errors")
    assert walk.page.locator(".error-summary a").count() >= 3
    walk.fill(name=name, contact="integration@ministry.example")
    walk.page.locator("main [name=institution_id]").select_option(index=1)
    walk.page.locator("main [name=scopes]").first.check()
    walk.press(create, "client-secret")
    client_id, secret = walk.page.locator("main code.address").all_inner_texts()[:2]
    assert token(at, client_id, secret).ok
    walk.page.reload()  # which sends the form again
    walk.look("client-secret-again")
    assert secret not in walk.page.content(), "shown once"
    assert walk.words("εμφανίστηκε μία φορά", "was shown once") in walk.text()

    walk.go("/admin/clients", "clients-listed")
    assert walk.page.locator("main").get_by_role("link", name=name).count() == 1
    walk.follow(name, "client")
    walk.press(walk.words("Δημιουργία νέου μυστικού", "Create a new secret"), "client-secret-new")
    _, newer = walk.page.locator("main code.address").all_inner_texts()[:2]
    walk.follow(walk.words("Το αντέγραψα", "I have copied it"), "client-two-secrets")
    assert token(at, client_id, secret).ok
    assert token(at, client_id, newer).ok
    walk.follow(walk.words("Ανάκληση εφαρμογής", "Revoke program"), "client-revocation")
    walk.press(walk.words("Ναι, ανάκληση", "Yes, revoke"), "client-revoked")
    assert token(at, client_id, newer).status_code == 401


def token(at: Addresses, client_id: str, secret: str) -> requests.Response:
    form = {"grant_type": "client_credentials"}
    return requests.post(f"{at.gateway}/oauth/token", data=form, auth=(client_id, secret), timeout=10)


@SCRIPT_AND_LANGUAGE
def test_the_trail_is_read_filtered_and_checked(administrator: Walk) -> None:
    walk = administrator
    walk.go("/admin/audit", "audit")
    for service in ("identity", "orgs", "conferences", "notifications"):
        walk.page.locator("main [name=service]").select_option(service)
        walk.press(walk.words("Εμφάνιση", "Show"), f"audit-{service}")
        walk.follow(walk.words("Έλεγχος ακεραιότητας", "Integrity check"), f"audit-{service}-check")
        expect(walk.page.locator("main")).to_contain_text(
            walk.words("Το ίχνος είναι ακέραιο.", "The trail is whole."), timeout=30_000
        )
        walk.go(f"/admin/audit?service={service}")
    walk.fill(act="Drop Table")
    walk.press(walk.words("Εμφάνιση", "Show"), "audit-errors")
    assert walk.page.locator("main [name=act]").get_attribute("aria-invalid") == "true"
    walk.go("/admin/audit?service=identity&act=sign_in")
    acts = walk.page.locator("main tbody code").all_inner_texts()
    assert acts
    assert {re.split(r"\.", act)[0] for act in acts} == {"sign_in"}


def test_nobody_else_sees_the_area(new_walk: NewWalk) -> None:
    walk = new_walk(pictures="admin-refused")
    walk.sign_in("institution-coordinator-1")
    walk.confirm()
    assert walk.page.get_by_role("link", name="Διαχείριση", exact=True).count() == 0

    for path in AREAS:
        answer = walk.page.goto(walk.at.gateway + path)
        assert answer is not None
        assert answer.status == 403, path
    walk.look("area")
