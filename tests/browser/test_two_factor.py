"""The second factor in a real browser: on, asked for, moved, off; an administrator's first sign-in (S10)."""

import subprocess
from pathlib import Path

import pytest

from runner.running import Running
from tests.browser.conftest import NewWalk
from tests.browser.walking import Walk
from tests.journeys.outside import Outside
from tests.journeys.test_main_job import activated
from tests.journeys.visitor import Addresses

PERSONA = "user-4"
TAB = "/account/two-factor"


def speak(walk: Walk) -> None:
    if walk.language == "en":
        walk.press("English")


def typed(walk: Walk, code: str) -> None:
    """By keyboard alone: into the field, and Enter."""
    walk.page.locator("main [name=code]").focus()
    walk.page.keyboard.type(code)
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")


@pytest.mark.parametrize(("script", "language"), [(True, "el"), (False, "en"), (True, "en")])
def test_a_person_turns_it_on_enters_with_it_and_turns_it_off(
    new_walk: NewWalk, at: Addresses, outside: Outside, script: bool, language: str
) -> None:
    activated(at, outside, PERSONA)
    walk = new_walk(script=script, language=language, pictures="two-factor" if script else "")
    walk.sign_in(PERSONA)
    walk.confirm()
    speak(walk)
    walk.go(TAB, "off")
    walk.press(walk.words("Ενεργοποίηση 2FA", "Turn on 2FA"), "secret")
    phone = walk.take_secret_over(PERSONA)
    typed(walk, phone.wrong_code())
    walk.look("secret-wrong")
    assert walk.page.locator(".secret").inner_text().replace(" ", "") == phone.secret, "no new scan"
    typed(walk, phone.code())
    walk.look("recovery-codes")
    codes = walk.page.locator(".recovery-codes code").all_inner_texts()
    assert codes_in_the_file(walk) == codes
    walk.follow(walk.words("Τους φύλαξα", "I have kept them"), "on")

    again = new_walk(script=script, language=language, pictures="two-factor" if script else "")
    again.sign_in(PERSONA, start="/auth/login?next=/support")
    again.confirm()
    speak(again)
    again.look("step")
    typed(again, phone.wrong_code())
    again.look("step-wrong")
    typed(again, codes[0].lower())
    assert again.page.url == f"{at.gateway}/support"

    again.go(f"{TAB}/device", "device")
    again.go(f"{TAB}/recovery-codes", "renewal")
    typed(again, codes[1])
    again.look("renewed")
    fresh = again.page.locator(".recovery-codes code").all_inner_texts()
    again.go(f"{TAB}/deactivation", "deactivation")
    typed(again, codes[2])
    assert "code" in again.page.locator(".error-summary a").first.get_attribute("href")  # type: ignore[operator]
    typed(again, fresh[0])
    again.look("turned-off")
    assert walk.words("Ανενεργό", "Off") in again.text()


def codes_in_the_file(walk: Walk) -> list[str]:
    with walk.page.expect_download() as expected:
        walk.page.get_by_role("button", name=walk.words("Λήψη ως αρχείο", "Download as a file")).click()
    assert expected.value.suggested_filename == "epresence-recovery-codes.txt"
    lines = Path(expected.value.path()).read_text("utf-8").splitlines()
    return [line for line in lines if line.count("-") == 3]


@pytest.mark.parametrize(("script", "language"), [(True, "el"), (False, "el"), (True, "en")])
def test_an_administrators_first_sign_in_sets_it_up(
    new_walk: NewWalk, running: Running, outside: Outside, script: bool, language: str
) -> None:
    reset(running, outside)
    walk = new_walk(script=script, language=language, pictures="administrator" if script else "")
    if language == "en":
        walk.go("/")
        walk.press("English")
    walk.sign_in("admin", start="/auth/login?next=/support")
    walk.confirm()
    assert walk.page.url.endswith("/sign-in/two-factor-setup")
    walk.look("setup")
    walk.go("/account", "no-session-yet")

    walk.go("/sign-in")
    walk.press(walk.words("Ενεργοποίηση 2FA", "Turn on 2FA"), "setup-secret")
    phone = walk.take_secret_over("admin")
    typed(walk, phone.wrong_code())
    walk.look("setup-wrong")
    typed(walk, phone.code())
    walk.look("setup-recovery-codes")
    assert walk.page.locator(".user-menu").count() == 1, "signed in"
    assert len(codes_in_the_file(walk)) == 10
    walk.follow(walk.words("Τους φύλαξα", "I have kept them"))
    assert walk.page.url.endswith("/support")
    walk.go(TAB, "required")
    assert walk.words("Απενεργοποίηση", "Turn off") not in walk.text()


def test_five_wrong_codes_end_the_sign_in(new_walk: NewWalk) -> None:
    walk = new_walk(pictures="two-factor")
    walk.sign_in_as_administrator()
    guesser = new_walk(script=False)
    guesser.sign_in("admin")
    guesser.confirm()
    for _ in range(5):
        typed(guesser, guesser.phone("admin").wrong_code())

    guesser.look("exhausted")
    assert "Δόθηκαν πέντε λάθος κωδικοί" in guesser.text()
    guesser.go("/sign-in/two-factor")
    assert "Η σύνδεση που περίμενε επιβεβαίωση έληξε" in guesser.text()


def reset(running: Running, outside: Outside) -> None:
    """As if no administrator had signed in yet, whichever tests ran before."""
    address = outside.personas()["admin"]["email"]
    command = running.processes.service("identity", "reset-two-factor", address)
    subprocess.run(command.command, env=command.environment, check=False, capture_output=True, timeout=60)
