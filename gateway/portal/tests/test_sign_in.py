"""From TaxisNet to an active account (S1, S3, S4)."""

import pytest
from examples import account, of, session, terms
from pages import Visitor
from played_gateway import PlayedGateway

LOGOUT = "https://test.gsis.gr/oauth2server/logout/epresence/?url=http://localhost/"


def test_confirmation_page_shows_whose_data_and_what_to_do_when_they_are_wrong(
    visitor: Visitor, gateway: PlayedGateway
) -> None:
    visitor.client.set_cookie("__Host-epresence-signin", "pending-1")
    gateway.on("GET", "/api/v1/sign-in", of("identity", "SignIn", known=True))

    page = visitor.get("/sign-in")

    assert "ΠΡΟΣΟΧΗ" in page.text
    assert "*****6787" in page.text
    assert "Ενημέρωση ονοματεπωνύμου" in page.text
    assert gateway.calls("GET", "/api/v1/sign-in")[0].headers["cookie"] == "__Host-epresence-signin=pending-1"


def test_entering_sets_the_session_and_leads_where_the_person_wanted(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", "/api/v1/sign-in", of("identity", "SignIn", known=True))
    cookie = "__Host-epresence=s1; Path=/; Secure; HttpOnly; SameSite=Lax"
    gateway.on("POST", "/api/v1/sign-in/confirmation", {"next": "done", "return_to": "/support"}, cookies=(cookie,))
    page = visitor.get("/sign-in")

    response = visitor.submit(page, "Είσοδος", {"update_name": "y"})

    assert response.headers["Location"] == "/support"
    assert cookie in response.headers.getlist("Set-Cookie")
    assert gateway.calls("POST", "/api/v1/sign-in/confirmation")[0].body == {"update_name": True}


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_nobody_is_led_away_from_us(visitor: Visitor, gateway: PlayedGateway, target: str) -> None:
    gateway.on("GET", "/api/v1/sign-in", of("identity", "SignIn"))
    gateway.on("POST", "/api/v1/sign-in/confirmation", {"next": "done", "return_to": target})
    page = visitor.get("/sign-in")

    response = visitor.submit(page, "Είσοδος")

    assert response.headers["Location"] == "/"


def test_cancelling_also_ends_the_session_at_taxisnet(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", "/api/v1/sign-in", of("identity", "SignIn"))
    gateway.on("DELETE", "/api/v1/sign-in", {"logout_url": LOGOUT})
    page = visitor.get("/sign-in")

    away = visitor.send(page, "Ακύρωση")

    assert away.main.link("Συνέχεια") == LOGOUT
    assert away.root.one("meta", **{"http-equiv": "refresh"}).attributes["content"] == f"0; url={LOGOUT}"


def test_an_expired_sign_in_begins_again(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("GET", "/api/v1/sign-in", "sign-in-expired")

    page = visitor.get("/sign-in")

    assert page.status == 401
    assert page.main.link("Είσοδος") == "/auth/login"


REASONS = [
    "access-denied", "state-invalid", "code-rejected", "provider-unavailable", "legal-entity",
    "tax-id-invalid", "not-employed", "invitation-spent", "account-disabled", "unknown",
]  # fmt: skip


@pytest.mark.parametrize("reason", REASONS)
def test_each_refusal_says_why_and_what_to_do(visitor: Visitor, gateway: PlayedGateway, reason: str) -> None:
    gateway.on("GET", "/api/v1/sign-in/refusal", {"reason": reason})

    page = visitor.get("/refused")

    assert page.heading == "Δεν έγινε σύνδεση"
    assert "Τι μπορείτε να κάνετε" in page.text
    assert "έγινε αποσύνδεση από το TaxisNet" in page.text or reason == "unknown"


def test_each_refusal_has_words_of_its_own(visitor: Visitor, gateway: PlayedGateway) -> None:
    texts = set()
    for reason in REASONS:
        gateway.on("GET", "/api/v1/sign-in/refusal", {"reason": reason})
        texts.add(visitor.get("/refused").text)

    assert len(texts) == len(REASONS)


def test_a_refusal_at_confirmation_leads_through_taxisnets_logout_to_its_page(
    visitor: Visitor, gateway: PlayedGateway
) -> None:
    gateway.on("GET", "/api/v1/sign-in", of("identity", "SignIn"))
    gateway.refuse("POST", "/api/v1/sign-in/confirmation", "sign-in-refused", reason="not-employed", logout_url=LOGOUT)
    page = visitor.get("/sign-in")

    away = visitor.send(page, "Είσοδος")

    assert away.main.link("Συνέχεια") == LOGOUT


def newcomer(visitor: Visitor, gateway: PlayedGateway, **changes: object) -> None:
    visitor.sign_in()
    gateway.on("GET", "/api/v1/session", session("user", "awaiting_activation", "activation"))
    gateway.on("GET", "/api/v1/account", account(**changes))
    gateway.on("GET", "/api/v1/terms", terms())


def test_a_newcomer_is_led_to_activation_from_every_page(visitor: Visitor, gateway: PlayedGateway) -> None:
    newcomer(visitor, gateway)

    for path in ("/", "/conferences", "/conferences/new"):
        assert visitor.get(path).heading == "Ενεργοποίηση λογαριασμού"


def test_activation_sends_address_acceptance_and_versions(visitor: Visitor, gateway: PlayedGateway) -> None:
    newcomer(visitor, gateway)
    gateway.on("POST", "/api/v1/account/activation", account(), 202)
    page = visitor.get("/activation")

    visitor.submit(
        page,
        "Αποστολή email επιβεβαίωσης",
        {"email": " m@digital.example ", "accept_terms": "y", "accept_privacy": "y"},
    )

    assert gateway.calls("POST", "/api/v1/account/activation")[0].body == {
        "email": "m@digital.example",
        "accept_terms": True,
        "accept_privacy": True,
        "terms_version": "2026-11",
        "privacy_version": "2026-11",
    }


def test_activation_names_everything_that_is_missing(visitor: Visitor, gateway: PlayedGateway) -> None:
    newcomer(visitor, gateway)
    page = visitor.get("/activation")

    again = visitor.send(page, "Αποστολή email επιβεβαίωσης", {"email": "no address"})

    assert again.status == 422
    assert again.errors == [
        "Γράψτε μια διεύθυνση email όπως name@example.gr.",
        "Αποδεχτείτε τους όρους χρήσης.",
        "Αποδεχτείτε τη δήλωση ιδιωτικότητας.",
    ]
    assert not gateway.calls("POST", "/api/v1/account/activation")


def test_a_taken_address_is_told_on_the_form(visitor: Visitor, gateway: PlayedGateway) -> None:
    newcomer(visitor, gateway)
    gateway.refuse("POST", "/api/v1/account/activation", "email-taken")
    page = visitor.get("/activation")

    again = visitor.send(
        page, "Αποστολή email επιβεβαίωσης", {"email": "m@x.example", "accept_terms": "y", "accept_privacy": "y"}
    )

    assert "ανήκει σε άλλον λογαριασμό" in again.errors[0]


def test_after_the_mail_the_page_says_where_it_went_and_offers_another_address(
    visitor: Visitor, gateway: PlayedGateway
) -> None:
    newcomer(visitor, gateway, emails=of("identity", "Account")["emails"])

    sent = visitor.get("/activation")
    other = visitor.get(sent.main.link("Νέα αποστολή"))

    assert "m.papadopoulou@digital.example" in sent.text
    assert other.root.one("input", name="email").attributes["value"] == "m.papadopoulou@digital.example"


def test_who_works_for_several_bodies_chooses_one(visitor: Visitor, gateway: PlayedGateway) -> None:
    choices = of("identity", "Account")["institution_choices"]
    second = choices[0] | {"id": "01930000-0000-7000-8000-000000000009", "name": "Δήμος"}
    newcomer(visitor, gateway, institution_choices=[*choices, second])
    gateway.on("POST", "/api/v1/account/activation", account(), 202)
    page = visitor.get("/activation")
    fields = {"email": "m@x.example", "accept_terms": "y", "accept_privacy": "y"}

    unchosen = visitor.send(page, "Αποστολή email επιβεβαίωσης", fields)
    visitor.submit(page, "Αποστολή email επιβεβαίωσης", fields | {"institution_id": second["id"]})

    assert unchosen.errors == ["Επιλέξτε τον φορέα σας."]
    assert gateway.calls("POST", "/api/v1/account/activation")[0].body["institution_id"] == second["id"]


def test_new_terms_are_accepted_without_asking_for_anything_else(visitor: Visitor, gateway: PlayedGateway) -> None:
    newcomer(visitor, gateway, next="terms")
    gateway.on("POST", "/api/v1/account/terms-acceptance", account(next="done", status="active"))
    page = visitor.get("/activation")

    response = visitor.submit(page, "Αποδοχή και συνέχεια", {"accept_terms": "y", "accept_privacy": "y"})

    assert response.headers["Location"] == "/"
    assert not page.root.all("input", name="email")


TOKEN = "proof-token-0123456789"


def test_opening_a_proof_link_uses_nothing_up(visitor: Visitor, gateway: PlayedGateway) -> None:
    page = visitor.get(f"/confirm?token={TOKEN}")
    visitor.client.head(f"/confirm?token={TOKEN}")

    assert page.root.one("input", name="token").attributes["value"] == TOKEN
    assert page.root.one("meta", name="referrer").attributes["content"] == "strict-origin"
    assert not gateway.asked


def test_the_button_proves_the_address(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.on(
        "POST", "/api/v1/email-confirmations", {"email": "m@digital.example", "primary": True, "status": "active"}
    )
    page = visitor.get(f"/confirm?token={TOKEN}")

    done = visitor.send(page, "Επιβεβαίωση")

    assert done.heading == "Το email σας επιβεβαιώθηκε"
    assert gateway.calls("POST", "/api/v1/email-confirmations")[0].body == {"token": TOKEN}


def test_a_spent_link_says_what_to_do(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.refuse("POST", "/api/v1/email-confirmations", "token-spent")
    page = visitor.get(f"/confirm?token={TOKEN}")

    spent = visitor.send(page, "Επιβεβαίωση")

    assert spent.status == 410
    assert "Τι μπορείτε να κάνετε" in spent.text


def test_an_invitation_leads_to_sign_in_with_its_token(visitor: Visitor) -> None:
    page = visitor.get("/invitation?token=abc%2Fdef")

    assert page.main.link("Αποδοχή") == "/auth/login?invitation=abc%2Fdef"


def test_signing_out_also_ends_the_session_at_taxisnet(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gone = "__Host-epresence=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"
    gateway.on("POST", "/api/v1/sign-out", {"logout_url": LOGOUT}, cookies=(gone,))
    page = coordinator.get("/support")

    response = coordinator.submit(page, "Αποσύνδεση")

    assert gone in response.headers.getlist("Set-Cookie")
    assert LOGOUT in response.get_data(as_text=True)
