"""The second factor: its tab, and its step at the sign-in (S10)."""

import base64
from typing import Any

import pytest
from examples import of
from pages import Page, Visitor
from played_gateway import Answer, Asked, PlayedGateway

PATH = "/api/v1/account/two-factor"
STEP = "/api/v1/sign-in/two-factor"
CODES = ["5QRM-0C2K-ZP7H-N4XA", "D8JW-3VTY-91GE-BS6F"]
SESSION = "__Host-epresence=s2; Path=/; Secure; HttpOnly; SameSite=Lax"
SPENT = "__Host-epresence-signin=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
LOGOUT = "https://test.gsis.gr/oauth2server/logout/epresence/?url=http://localhost/refused"


@pytest.fixture
def person(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    """It is off."""
    off = {"active": False, "activated_at": None, "recovery_codes_left": 0}
    gateway.on("GET", PATH, of("identity", "TwoFactor", **off))
    gateway.on("POST", f"{PATH}/enrolment", of("identity", "Enrolment"))
    return coordinator


@pytest.fixture
def protected(coordinator: Visitor, gateway: PlayedGateway) -> Visitor:
    """It is on."""
    gateway.on("GET", PATH, of("identity", "TwoFactor"))
    return coordinator


@pytest.fixture
def entering(visitor: Visitor, gateway: PlayedGateway) -> Visitor:
    """Past «Είσοδος», a code is awaited."""
    visitor.client.set_cookie("__Host-epresence-signin", "pending-1")
    gateway.on("GET", "/api/v1/sign-in", of("identity", "SignIn", awaits="two_factor"))
    return visitor


@pytest.fixture
def administrator(visitor: Visitor, gateway: PlayedGateway) -> Visitor:
    """Past «Είσοδος», a second factor is to be set up."""
    visitor.client.set_cookie("__Host-epresence-signin", "pending-1")
    gateway.on("GET", "/api/v1/sign-in", of("identity", "SignIn", awaits="two_factor_setup"))
    gateway.on("POST", f"{PATH}/enrolment", of("identity", "Enrolment"))
    return visitor


def enrolled(person: Visitor) -> Page:
    return person.send(person.get("/account/two-factor"), "Ενεργοποίηση 2FA")


def test_the_tab_has_the_guides_words(person: Visitor) -> None:
    page = person.get("/account/two-factor")

    assert page.title.startswith("Two Factor Authentication – Ο Λογαριασμός μου")
    assert page.main.one("h3").text == "Έλεγχος Ταυτότητας Δύο Παραγόντων Ανενεργό"
    assert "Ασφαλίστε τον λογαριασμό σας με προστασία 2FA." in page.text
    assert "Συνιστούμε ανεπιφύλακτα την ενεργοποίησή του για αυξημένη ασφάλεια." in page.text
    assert "να σαρώσετε έναν κωδικό QR και να εισάγετε έναν κωδικό επιβεβαίωσης" in page.text


def test_the_secret_is_a_picture_and_a_text_and_in_no_address(person: Visitor) -> None:
    page = enrolled(person)

    image = page.main.one("img")
    drawn = base64.b64decode(image.attributes["src"].removeprefix("data:image/svg+xml;base64,")).decode()
    assert drawn == of("identity", "Enrolment")["qr_svg"]
    assert image.attributes["alt"].startswith("Κωδικός QR")
    assert page.main.one("code").text == "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"
    assert not [each for each in page.root.all("a") if "JBSW" in each.attributes["href"]]
    assert "JBSW" not in page.path


def test_the_first_code_leads_to_the_recovery_codes_shown_once(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{PATH}/activation", {"recovery_codes": CODES, "signed_in": None})

    page = person.send(enrolled(person), "Επιβεβαίωση", {"code": " 123 456 "})

    assert gateway.calls("POST", f"{PATH}/activation")[0].body == {"code": "123 456"}
    assert [each.text for each in page.main.all("code")] == CODES
    assert page.main.link("Τους φύλαξα") == "/account/two-factor"


def test_they_are_downloaded_by_a_form_and_only_they(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{PATH}/activation", {"recovery_codes": CODES, "signed_in": None})
    page = person.send(enrolled(person), "Επιβεβαίωση", {"code": "123456"})

    file = person.submit(page, "Λήψη ως αρχείο")
    forged = person.submit(
        page, "Λήψη ως αρχείο", {"recovery_codes-0": "<script>", "recovery_codes-1": "http://evil.example"}
    )

    assert file.headers["Content-Disposition"] == 'attachment; filename="epresence-recovery-codes.txt"'
    assert file.headers["Cache-Control"] == "no-store"
    assert [line for line in file.get_data(as_text=True).split("\r\n") if line in CODES] == CODES
    assert forged.status_code == 400


def test_a_mistyped_first_code_costs_no_new_scan(person: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("POST", f"{PATH}/activation", "code-wrong")

    page = person.send(enrolled(person), "Επιβεβαίωση", {"code": "000000"})

    assert page.status == 422
    assert page.errors == [
        "Ο κωδικός δεν είναι σωστός. Δοκιμάστε τον κωδικό που δείχνει τώρα η εφαρμογή στο κινητό σας."
    ]
    assert page.main.one("code").text.startswith("JBSW")


@pytest.mark.parametrize(("minutes", "words"), [(4, "μπροστά, σε λεπτά: 4"), (-7, "πίσω, σε λεπτά: 7")])
def test_a_clock_that_is_off_is_said_to_be(person: Visitor, gateway: PlayedGateway, minutes: int, words: str) -> None:
    gateway.refuse("POST", f"{PATH}/activation", "clock-off", minutes_off=minutes)

    page = person.send(enrolled(person), "Επιβεβαίωση", {"code": "000000"})

    assert "Το ρολόι του κινητού σας δεν πηγαίνει σωστά." in page.errors[0]
    assert words in page.errors[0]


def test_an_empty_code_is_asked_for_and_nobody_is_asked(person: Visitor, gateway: PlayedGateway) -> None:
    page = person.send(enrolled(person), "Επιβεβαίωση")

    assert page.errors == ["Γράψτε τον κωδικό."]
    assert not gateway.calls("POST", f"{PATH}/activation")


def test_when_it_is_on_it_can_be_moved_renewed_and_turned_off(protected: Visitor) -> None:
    page = protected.get("/account/two-factor")

    assert page.main.one("h3").text == "Έλεγχος Ταυτότητας Δύο Παραγόντων Ενεργό"
    assert "Κωδικοί ανάκτησης που απομένουν 9" in page.text
    assert page.main.link("Νέοι κωδικοί ανάκτησης") == "/account/two-factor/recovery-codes"
    assert page.main.link("Μεταφορά σε άλλη συσκευή") == "/account/two-factor/device"
    assert page.main.link("Απενεργοποίηση 2FA") == "/account/two-factor/deactivation"


def test_few_recovery_codes_are_warned_of(protected: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", PATH, of("identity", "TwoFactor", recovery_codes_left=3))

    assert "Σας μένουν λίγοι κωδικοί ανάκτησης" in protected.get("/account/two-factor").text


def test_administrators_are_not_offered_to_turn_it_off(protected: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", PATH, of("identity", "TwoFactor", required=True))

    page = protected.get("/account/two-factor")

    assert "Απενεργοποίηση 2FA" not in page.text
    assert "δεν μπορούν να τον απενεργοποιήσουν" in page.text


def test_turning_it_off_asks_for_a_code(protected: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{PATH}/deactivation", of("identity", "TwoFactor", active=False))
    form = protected.get("/account/two-factor/deactivation")

    page = protected.send(form, "Απενεργοποίηση 2FA", {"code": CODES[0]})

    assert "απενεργοποιήθηκε" in page.text
    assert gateway.calls("POST", f"{PATH}/deactivation")[0].body == {"code": CODES[0]}


def test_new_recovery_codes_are_shown(protected: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{PATH}/recovery-codes", {"recovery_codes": CODES})
    form = protected.get("/account/two-factor/recovery-codes")

    page = protected.send(form, "Δημιουργία νέων κωδικών", {"code": "123456"})

    assert [each.text for each in page.main.all("code")] == CODES


def test_moving_shows_a_new_secret_after_a_code_of_the_old(protected: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", f"{PATH}/enrolment", of("identity", "Enrolment"))
    form = protected.get("/account/two-factor/device")

    page = protected.send(form, "Νέος κωδικός QR", {"code": "123456"})

    assert gateway.calls("POST", f"{PATH}/enrolment")[0].body == {"code": "123456"}
    assert page.main.one("code").text.startswith("JBSW")


@pytest.mark.parametrize(
    ("path", "button", "call"),
    [
        ("recovery-codes", "Δημιουργία νέων κωδικών", "recovery-codes"),
        ("deactivation", "Απενεργοποίηση 2FA", "deactivation"),
        ("device", "Νέος κωδικός QR", "enrolment"),
    ],
)
@pytest.mark.parametrize(
    ("problem", "words", "status"),
    [
        ("code-wrong", "Ο κωδικός δεν είναι σωστός.", 422),
        ("code-spent", "Ο κωδικός έχει ήδη χρησιμοποιηθεί.", 422),
        ("too-many-attempts", "Δοκιμάστε ξανά σε λίγα λεπτά (περίπου 14)", 429),
    ],
)
def test_a_refused_code_is_explained_on_the_form(
    protected: Visitor,
    gateway: PlayedGateway,
    path: str,
    button: str,
    call: str,
    problem: str,
    words: str,
    status: int,
) -> None:
    gateway.refuse("POST", f"{PATH}/{call}", problem, headers={"Retry-After": "840"})
    form = protected.get(f"/account/two-factor/{path}")

    page = protected.send(form, button, {"code": "000000"})

    assert page.status == status
    assert words in page.errors[0]


def test_entering_leads_to_the_second_step_without_the_session_from_before(
    visitor: Visitor, gateway: PlayedGateway
) -> None:
    visitor.sign_in()
    gateway.on("GET", "/api/v1/session", status=401, body={"type": "/problems/session-expired", "title": "?"})
    gateway.on("GET", "/api/v1/sign-in", of("identity", "SignIn", known=True))
    gateway.on("POST", "/api/v1/sign-in/confirmation", {"next": "two_factor", "return_to": "/support"})

    response = visitor.submit(visitor.get("/sign-in"), "Είσοδος")

    assert response.headers["Location"] == "/sign-in/two-factor"
    assert "__Host-epresence=;" in response.headers["Set-Cookie"]


def test_a_code_enters_where_the_person_was_going(entering: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", STEP, {"next": "done", "return_to": "/support"}, cookies=(SESSION, SPENT))
    page = entering.get("/sign-in/two-factor")

    response = entering.submit(page, "Είσοδος", {"code": "123456"})

    assert page.heading == "Έλεγχος Ταυτότητας Δύο Παραγόντων"
    assert response.headers["Location"] == "/support"
    assert gateway.calls("POST", STEP)[0].headers["cookie"] == "__Host-epresence-signin=pending-1"


def test_a_wrong_code_says_what_is_left_to_try(entering: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("POST", STEP, "code-wrong", attempts_left=3)

    page = entering.send(entering.get("/sign-in/two-factor"), "Είσοδος", {"code": "000000"})

    assert page.errors[0].endswith("Προσπάθειες που απομένουν: 3.")


def test_after_the_fifth_one_starts_again(entering: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("POST", STEP, "code-wrong", attempts_left=0)

    page = entering.send(entering.get("/sign-in/two-factor"), "Είσοδος", {"code": "000000"})

    assert (page.status, page.heading) == (401, "Δόθηκαν πέντε λάθος κωδικοί")
    assert page.main.link("Είσοδος") == "/auth/login"


def test_who_is_refused_at_the_second_step_leaves_taxisnet(entering: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("POST", STEP, "sign-in-refused", reason="account-disabled", logout_url=LOGOUT)

    page = entering.send(entering.get("/sign-in/two-factor"), "Είσοδος", {"code": "123456"})

    assert page.main.link("Συνέχεια") == LOGOUT


@pytest.mark.parametrize(
    ("awaits", "heading"),
    [
        ("confirmation", "Επιβεβαίωση στοιχείων εισόδου"),
        ("two_factor", "Έλεγχος Ταυτότητας Δύο Παραγόντων"),
        ("two_factor_setup", "Ενεργοποίηση ελέγχου ταυτότητας δύο παραγόντων"),
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/two-factor", "/sign-in/two-factor-setup"])
def test_every_address_of_a_sign_in_leads_to_the_step_it_is_at(
    entering: Visitor, gateway: PlayedGateway, path: str, awaits: str, heading: str
) -> None:
    gateway.on("GET", "/api/v1/sign-in", of("identity", "SignIn", awaits=awaits))

    assert entering.get(path).heading == heading


def test_an_administrator_sets_it_up_and_is_signed_in(administrator: Visitor, gateway: PlayedGateway) -> None:
    entered = {"recovery_codes": CODES, "signed_in": {"next": "done", "return_to": "/support"}}
    gateway.on("POST", f"{PATH}/activation", entered, cookies=(SESSION, SPENT))
    gateway.replies["GET", "/api/v1/session"] = signed_in_only
    secret = administrator.send(administrator.get("/sign-in/two-factor-setup"), "Ενεργοποίηση 2FA")

    page = administrator.send(secret, "Επιβεβαίωση", {"code": "123456"})

    assert [each.text for each in page.main.all("code")] == CODES
    assert page.main.link("Τους φύλαξα") == "/support"
    assert page.root.link("Ο Λογαριασμός μου") == "/account", "the page already shows who signed in"
    assert gateway.calls("GET", "/api/v1/session")[-1].headers["authorization"] == "Session s2"
    assert administrator.submit(page, "Λήψη ως αρχείο").status_code == 200, "its form goes through with the new session"


def signed_in_only(asked: Asked) -> Answer:
    if "authorization" not in asked.headers:
        return Answer({"type": "/problems/not-signed-in", "title": "?", "status": 401}, 401)
    return Answer(of("identity", "Session"))


def test_a_mistyped_first_code_keeps_the_setup(administrator: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("POST", f"{PATH}/activation", "code-wrong")
    secret = administrator.send(administrator.get("/sign-in/two-factor-setup"), "Ενεργοποίηση 2FA")

    page = administrator.send(secret, "Επιβεβαίωση", {"code": "000000"})

    assert page.status == 422
    assert page.main.one("code").text.startswith("JBSW")


def test_a_setup_that_expired_begins_again(administrator: Visitor, gateway: PlayedGateway) -> None:
    page = administrator.get("/sign-in/two-factor-setup")
    gateway.refuse("POST", f"{PATH}/enrolment", "sign-in-expired")

    expired = administrator.send(page, "Ενεργοποίηση 2FA")

    assert (expired.status, expired.main.link("Είσοδος")) == (401, "/auth/login")


def test_codes_never_stand_in_an_address(entering: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("POST", STEP, {"next": "done", "return_to": "/support"})
    entering.submit(entering.get("/sign-in/two-factor"), "Είσοδος", {"code": "123456"})

    asked: list[Any] = [(call.path, call.query) for call in gateway.asked]
    assert "123456" not in str(asked)
