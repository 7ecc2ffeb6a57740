"""One person's way through the portal in a real browser; every page on the way is checked."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.browser.pages import check, check_with_axe, picture
from tests.journeys import authenticator
from tests.journeys.authenticator import Authenticator
from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.visitor import Addresses


@dataclass
class Walk:
    page: Page
    at: Addresses
    outside: Outside
    script: bool = True
    language: str = "el"
    pictures: str = ""

    def look(self, name: str) -> None:
        """Check the page before our eyes; keep pictures of it where asked for."""
        assert self.page.url.startswith(self.at.gateway), self.page.url
        check(self.page)
        if self.script:
            check_with_axe(self.page)
        if self.pictures:
            picture(self.page, f"{self.pictures}-{name}-{self.language}")

    def go(self, path: str, name: str | None = None) -> None:
        self.page.goto(path if path.startswith("http") else self.at.gateway + path)
        if name:
            self.look(name)

    def press(self, words: str, name: str | None = None, *, nth: int = 0) -> None:
        """Press the button that says this."""
        with self.page.expect_navigation():  # a click alone does not wait for the page it leads to
            self.page.get_by_role("button", name=words).nth(nth).click()
        if name:
            self.look(name)

    def follow(self, words: str, name: str | None = None) -> None:
        """Follow the link that says this."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=words).first.click()
        if name:
            self.look(name)

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").fill(value)

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def until(self, words: str, *, within: float = 30) -> None:
        """Reload until the page says this: work that goes on after the answer."""

        def seen() -> bool:
            if words in self.text():
                return True
            self.page.reload()
            return words in self.text()

        eventually(seen, within=within, every=0.5, what=f"«{words}» on {self.page.url}")

    def sign_in(self, persona: str, *, start: str = "/auth/login") -> None:
        """«Είσοδος», the persona at TaxisNet, then our confirmation page."""
        self.go(start)
        self.page.locator(f"#persona-{persona}").check()
        self.page.get_by_role("button", name="Συνέχεια").click()
        self.page.wait_for_url(re.compile(r"/sign-in"))

    def confirm(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("button[form=enter]").click()

    def sign_in_as_administrator(self, persona: str = "admin") -> None:
        """Sign in by two factors; where the sign-in asks for it, set the second one up."""
        self.sign_in(persona)
        self.confirm()
        if self.page.url.endswith("/two-factor-setup"):
            self.press(self.words("Ενεργοποίηση 2FA", "Turn on 2FA"))
            self.take_secret_over(persona)
            self.fill(code=self.phone(persona).code())
            self.press(self.words("Επιβεβαίωση", "Confirm"))
            self.follow(self.words("Τους φύλαξα, συνέχεια", "I have kept them, continue"))
        else:
            self.fill(code=self.phone(persona).code())
            self.press(self.words("Είσοδος", "Sign in"))

    def take_secret_over(self, persona: str) -> Authenticator:
        """Type the key that the page shows into the persona's telephone."""
        secret = self.page.locator(".secret").inner_text().replace(" ", "")
        return authenticator.remember(self.at.gateway, persona, secret)

    def phone(self, persona: str) -> Authenticator:
        return authenticator.of(self.at.gateway, persona)

    def words(self, greek: str, english: str) -> str:
        """As the page in hand says it."""
        return greek if self.page.locator("html").get_attribute("lang") == "el" else english

    def proof(self, address: str) -> None:
        """Open the link that came by mail and press its button."""
        mail = self.outside.mail_with(address, "/confirm?token=")
        self.go(link_in(mail, "/confirm?token="), "proof")
        self.press("Επιβεβαίωση", "proof-done")

    def meeting_name(self) -> Any:
        """The name under which the meeting's own page greets us."""
        self.page.wait_for_url(lambda url: url.startswith(self.at.sandbox))
        return self.page.locator("#participant-name").inner_text()
