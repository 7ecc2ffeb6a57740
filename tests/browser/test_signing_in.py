"""Ways in and out that the main job does not take, in a real browser (S1–S4, S19, S36, S37, R4)."""

from datetime import UTC, datetime

from tests.browser.conftest import NewWalk
from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.visitor import Visitor


def fresh(name: str) -> str:
    return f"{name}.{datetime.now(UTC):%H%M%S%f}@elsewhere.example"


def test_who_works_for_two_bodies_chooses_one(new_walk: NewWalk, outside: Outside) -> None:
    address = fresh("two-bodies")
    walk = new_walk(script=False, pictures="two-bodies")
    walk.sign_in("user-two-bodies")
    walk.confirm()
    walk.fill(email=address)
    for box in walk.page.locator("main input[type=checkbox]").all():
        box.check()
    walk.press("Αποστολή email επιβεβαίωσης", "unchosen")
    assert "Επιλέξτε τον φορέα σας." in walk.text()

    offered = walk.page.locator("main [name=institution_id] option").all_inner_texts()
    walk.page.locator("main [name=institution_id]").select_option(label=offered[-1])
    walk.press("Αποστολή email επιβεβαίωσης")
    assert address in walk.text()
    walk.proof(address)
    membership = walk.page.request.get(f"{walk.at.gateway}/api/v1/membership")

    assert len([words for words in offered if words]) == 2
    assert membership.json()["institution"]["name"] == offered[-1]


def test_an_invitation_leads_from_the_mail_into_an_account(
    new_walk: NewWalk, outside: Outside, coordinator: Visitor
) -> None:
    address = fresh("browser-invited")
    coordinator.post("/api/v1/invitations", {"email": address, "surname": "ΖΑΧΑΡΙΟΥ", "name": "ΘΕΟΔΩΡΟΣ"}, expect=201)
    walk = new_walk(pictures="invitation")

    walk.go(link_in(outside.mail_with(address, "/invitation?token="), "/invitation?token="), "page")
    walk.page.locator("main").get_by_role("link", name="Αποδοχή και είσοδος").click()
    walk.page.locator("#persona-user-padded").check()
    walk.page.get_by_role("button", name="Συνέχεια").click()
    walk.page.wait_for_url("**/sign-in")
    walk.confirm()
    if walk.page.url.endswith("/activation"):
        walk.look("terms")
        assert walk.page.locator("main [name=email]").count() == 0, "the address is proven by the mail"
        for box in walk.page.locator("main input[type=checkbox]").all():
            box.check()
        walk.press("Αποδοχή και συνέχεια")

    walk.look("home")
    addresses = walk.page.request.get(f"{walk.at.gateway}/api/v1/account").json()["emails"]
    assert {"invitation"} == {each["proof"] for each in addresses if each["email"] == address}


def test_signing_out_ends_taxisnets_session_too(new_walk: NewWalk, outside: Outside) -> None:
    walk = new_walk()
    walk.sign_in("institution-coordinator-2")
    walk.confirm()
    surname = outside.personas()["institution-coordinator-2"]["surname"]
    walk.go("/auth/login")
    assert walk.page.url.endswith("/sign-in"), "TaxisNet still knows who this is"
    assert surname in walk.text()

    walk.go("/")
    walk.page.locator(".user-menu summary").click()
    walk.press("Αποσύνδεση")
    walk.page.wait_for_url(f"{walk.at.gateway}/")
    assert walk.page.locator(".user-menu").count() == 0
    walk.go("/auth/login")

    assert walk.page.locator("#persona-institution-coordinator-2").count() == 1, "asked again who this is"


def test_a_link_from_elsewhere_leads_nobody_away(new_walk: NewWalk) -> None:
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "/%2Fevil.example", "/auth/login"):
        walk = new_walk(script=False)
        walk.sign_in("institution-coordinator-2", start=f"/auth/login?next={target}")
        walk.confirm()
        assert walk.page.url.startswith(f"{walk.at.gateway}/"), target


def test_the_language_is_switched_by_keyboard_and_the_page_stays(new_walk: NewWalk) -> None:
    walk = new_walk(script=False)
    walk.go("/support")
    for _ in range(6):
        walk.page.keyboard.press("Tab")
        if walk.page.evaluate("document.activeElement.textContent").strip() == "English":
            break
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")

    assert walk.page.url == f"{walk.at.gateway}/support"
    assert walk.page.locator("html").get_attribute("lang") == "en"


def test_what_was_written_is_not_lost_when_the_session_ends(new_walk: NewWalk) -> None:
    walk = new_walk(script=False, pictures="expired")
    walk.sign_in("institution-coordinator-2")
    walk.confirm()
    walk.go("/conferences/new")
    walk.fill(title="Μακρύς τίτλος", description="Πολλές σκέψεις")
    (cookie,) = (each for each in walk.page.context.cookies() if each["name"] == "__Host-epresence")
    same = {"headers": {"Cookie": f"__Host-epresence={cookie['value']}"}}
    Visitor(walk.at).post("/api/v1/sign-out", **same)
    eventually(lambda: Visitor(walk.at).call("GET", "/api/v1/session", **same).status_code == 401, what="its end")

    walk.press("Αποθήκευση", "form")

    assert "Η σύνδεσή σας έχει λήξει" in walk.page.title()
    assert "Πολλές σκέψεις" in walk.text()
    walk.page.locator("main").get_by_role("link", name="Είσοδος").click()
    walk.page.wait_for_url("**/sign-in")
    walk.confirm()
    assert walk.page.url == f"{walk.at.gateway}/conferences/new"


def test_one_id_goes_from_the_page_to_the_mail(new_walk: NewWalk, outside: Outside) -> None:
    address = fresh("traced")
    walk = new_walk(script=False)
    walk.sign_in("unit-coordinator-3")
    walk.confirm()
    walk.go("/conferences/new")
    walk.fill(title=f"Ίχνος {address}", participants=address)
    walk.press("Αποθήκευση")
    with walk.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        walk.press("Αποστολή προσκλήσεων")

    mail = outside.mail_with(address, "Ίχνος")

    assert mail["headers"]["X-Correlation-ID"] == sent.value.headers["x-correlation-id"]
