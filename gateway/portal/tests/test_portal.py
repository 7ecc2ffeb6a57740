"""What every page has: language, accessibility menu, form tokens, headers, problems (S36, S37)."""

import re
import threading
from pathlib import Path
from uuid import UUID

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from examples import ID, conference, page, terms
from flask import Flask
from pages import Visitor
from played_gateway import Answer, PlayedGateway

from portal import addresses, times
from portal.app import create_app
from portal.settings import Settings
from portal.translations import CATALOGUE

SOURCE = Path(CATALOGUE).parents[3]
PUBLIC = [
    "/",
    "/support",
    "/terms",
    "/privacy",
    "/accessibility-statement",
    "/invitation?token=t",
    "/confirm?token=t",
    "/nowhere",
]


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", ["el", "en"])
def test_every_public_page_speaks_both_languages(
    visitor: Visitor, gateway: PlayedGateway, path: str, language: str
) -> None:
    gateway.on("GET", "/api/v1/terms", terms())
    visitor.client.set_cookie("__Host-portal-language", language)

    shown = visitor.get(path)

    assert shown.root.one("html").attributes["lang"] == language
    greek = re.findall("[α-ωά-ώ]{4,}", re.sub("Ελληνικά|Υπουργείο.*", "", shown.root.one("body").text))
    assert language == "el" or path in ("/terms", "/privacy") or not greek, greek


def test_the_language_is_switched_by_a_button_and_remembered(visitor: Visitor) -> None:
    greek = visitor.get("/support?x=1")

    english = visitor.send(greek, "English")

    assert english.root.one("html").attributes["lang"] == "en"
    assert english.heading == "Support"
    assert visitor.send(english, "Ελληνικά").heading == "Υποστήριξη"


def test_the_language_is_asked_of_the_services_too(visitor: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", "/api/v1/terms", terms())
    visitor.client.set_cookie("__Host-portal-language", "en")

    visitor.get("/terms")

    assert gateway.calls("GET", "/api/v1/terms")[0].headers["accept-language"] == "en"


def test_the_accessibility_menu_changes_every_page_until_reset(visitor: Visitor) -> None:
    ordinary = visitor.get("/support")

    chosen = visitor.send(ordinary, "Εφαρμογή", {"brightness": "dark", "contrast": "high", "text": "150"})
    elsewhere = visitor.get("/")
    reset = visitor.send(elsewhere, "Επαναφορά")

    for shown in (chosen, elsewhere):
        assert shown.root.one("html").attributes["class"] == "brightness-dark contrast-high text-150"
        assert "checked" in shown.root.one("input", id="display-text-150").attributes
    assert reset.root.one("html").attributes["class"] == "brightness-normal contrast-normal text-100"


def test_a_remembered_choice_that_is_none_is_forgotten(visitor: Visitor) -> None:
    visitor.client.set_cookie("__Host-portal-display", 'dark.x"><script>.9')

    assert visitor.get("/").root.one("html").attributes["class"] == "brightness-dark contrast-normal text-100"


@pytest.mark.parametrize("token", ["", "forged", "€"])
def test_a_form_without_our_token_is_refused(coordinator: Visitor, gateway: PlayedGateway, token: str) -> None:
    response = coordinator.client.post(f"/conferences/{ID}/cancellation", data={"csrf_token": token})

    assert response.status_code == 400
    assert "Η φόρμα έχει λήξει" in response.get_data(as_text=True)
    assert not [asked for asked in gateway.asked if asked.method != "GET"]


def test_no_page_takes_a_form_without_our_token(portal: Flask, coordinator: Visitor, gateway: PlayedGateway) -> None:
    ours = [rule for rule in portal.url_map.iter_rules() if rule.methods and "POST" in rule.methods]
    values = {"id": UUID(ID), "pid": UUID(ID), "mid": UUID(ID), "token": "x"}

    for rule in ours:
        path = portal.url_map.bind("localhost").build(rule.endpoint, {name: values[name] for name in rule.arguments})
        assert coordinator.client.post(path).status_code == 400, path

    assert len(ours) >= 10
    assert not [asked for asked in gateway.asked if asked.method != "GET"]


def test_a_token_is_of_no_use_in_another_session(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", f"/api/v1/conferences/{ID}", conference(id=ID))
    question = coordinator.get(f"/conferences/{ID}/cancellation")
    coordinator.sign_in("another")

    assert coordinator.send(question, "Ναι, ακύρωση").status == 400


def test_a_form_fetched_under_the_previous_key_is_still_taken(gateway: PlayedGateway) -> None:
    """Keys change while people fill in forms: the old one counts until it is taken out of the ring."""
    old, new = "0" * 32, "1" * 32

    def visitor_of(keys: str) -> Visitor:
        settings = Settings(gateway_internal_url=gateway.address, public_url="http://localhost", form_key=keys)
        found = Visitor(create_app(settings).test_client())
        found.client.set_cookie("__Host-portal-form", "the same browser")
        return found

    form = visitor_of(old).get("/")

    assert visitor_of(f"{new},{old}").submit(form, "English").status_code == 303
    assert visitor_of(new).submit(form, "English").status_code == 400


def test_each_form_key_of_a_ring_is_long_enough() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        Settings(gateway_internal_url="http://localhost", form_key=f"{'0' * 32},short")


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "\x00"])
def test_choosing_a_language_leads_nowhere_else(visitor: Visitor, target: str) -> None:
    response = visitor.submit(visitor.get("/"), "English", {"next": target})

    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("target", ["/", "/conferences?date=2026-04-28", "/join/abc", "/a%20b"])
def test_paths_of_ours_are_kept(target: str) -> None:
    assert addresses.local(target) == target


def test_after_a_form_the_way_back_is_the_page_above(portal: Flask) -> None:
    with portal.test_request_context(f"/conferences/{ID}/participants/invitations", method="POST"):
        assert addresses.page_in_hand() == f"/conferences/{ID}"


@pytest.mark.parametrize("status", [502, 503, 504])
def test_services_that_are_down_are_told_with_another_try(
    coordinator: Visitor, gateway: PlayedGateway, status: int
) -> None:
    down = Answer({"type": "/problems/service-unavailable", "instance": "abc-123"}, status, {"Retry-After": "7"})
    gateway.replies["GET", "/api/v1/conferences"] = down

    shown = coordinator.get("/conferences")

    assert shown.status == status
    assert shown.main.link("Δοκιμάστε ξανά") == "/conferences"
    assert shown.response.headers["Retry-After"] == "7"
    assert "abc-123" in shown.text


def test_an_answer_that_is_no_problem_becomes_a_page_all_the_same(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.replies["GET", "/api/v1/conferences"] = Answer(b"<html>", 503)

    assert coordinator.get("/conferences").status == 503


def test_a_gateway_that_is_slow_is_told(coordinator: Visitor, gateway: PlayedGateway) -> None:
    stuck = threading.Event()

    def late(_asked: object) -> Answer:
        stuck.wait(3)
        return Answer(page())

    gateway.replies["GET", "/api/v1/conferences"] = late
    shown = coordinator.get("/conferences")
    stuck.set()

    assert shown.status == 504
    assert shown.response.headers["Retry-After"] == "5"
    assert shown.response.headers["X-Correlation-ID"] in shown.text


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 429, 500])
def test_every_other_failure_has_a_page(coordinator: Visitor, gateway: PlayedGateway, status: int) -> None:
    gateway.replies["GET", f"/api/v1/conferences/{ID}"] = Answer(
        {"type": "/problems/conflict", "title": "Τίτλος"}, status
    )

    shown = coordinator.get(f"/conferences/{ID}")
    gateway.broken.clear()  # the status, not the contract, is what this is about

    assert shown.status == status
    assert shown.heading == "Τίτλος"


def test_a_form_too_large_is_refused(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.on("GET", f"/api/v1/conferences/{ID}", conference(id=ID))
    response = coordinator.client.post("/conferences/new", data={"description": "x" * 1_100_000})

    assert response.status_code == 413


def test_figures_are_not_for_the_public(visitor: Visitor) -> None:
    assert visitor.client.get("/metrics").status_code == 200
    assert visitor.client.get("/metrics", headers={"X-Client-Address": "192.0.2.1"}).status_code == 404


def test_every_text_has_its_english() -> None:
    with CATALOGUE.open("rb") as file:
        known = {message.id: message for message in read_po(file, locale="en")}
    jinja = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    options = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    used = {each[2] for each in extract_from_dir(SOURCE, jinja, options, keywords={"_": None, "_l": None})}

    entries = re.findall(r'^msgid (".+")$', CATALOGUE.read_text("utf-8"), re.MULTILINE)
    assert not sorted({entry for entry in entries if entries.count(entry) > 1}), "said twice, and perhaps differently"
    assert not sorted(text for text in used if not known.get(text) or not known[text].string)
    assert not sorted(set(known) - used - {""})
    for text in used:
        assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", known[text].string)), text


def test_times_are_told_in_genitive_and_on_24_hours(portal: Flask) -> None:
    with portal.test_request_context("/"):
        assert (
            times.when("2026-03-12T22:30:00+00:00", "2026-03-13T00:00:00+00:00")
            == "Παρασκευή 13 Μαρτίου 2026, 00:30 – 02:00"
        )
        assert times.when("2026-03-12T20:30:00+00:00", "2026-03-12T23:00:00+00:00") == (
            "Πέμπτη 12 Μαρτίου 2026, 22:30 – 13 Μαρτίου 2026, 01:00"
        )


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "00:00:00"), (59, "00:00:59"), (3661, "01:01:01"), (90_000, "25:00:00")]
)
def test_durations_are_hours_minutes_seconds(seconds: int, shown: str) -> None:
    assert times.duration(seconds) == shown
