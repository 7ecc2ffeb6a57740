"""One visitor with a browser's memory, speaking to the gateway as a program would.

`requests` drops `Secure` cookies on plain http although browsers treat loopback as secure; so cookies are kept here by
hand, which also lets a test look at their attributes.
"""

from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.journeys import authenticator

TIMEOUT_SECONDS = 30


@dataclass
class Addresses:
    """Where the running suite listens."""

    gateway: str
    sandbox: str


@dataclass
class Visitor:
    """A browser profile: cookies, an Origin, and the calls a person's pages make."""

    at: Addresses
    cookies: dict[str, Morsel[str]] = field(default_factory=dict)
    language: str = "el"

    def call(
        self, method: str, path: str, *, expect: int | tuple[int, ...] | None = None, **options: Any
    ) -> requests.Response:
        """One request to the gateway; `expect` fails with the problem's text when the status is another."""
        headers = {"Origin": self.at.gateway, "Accept-Language": self.language, **options.pop("headers", {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        url = path if path.startswith("http") else self.at.gateway + path
        response = requests.request(
            method, url, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, **options
        )
        self.remember(response)
        if expect is not None:
            expected = (expect,) if isinstance(expect, int) else expect
            assert response.status_code in expected, (
                f"{method} {urlsplit(url).path}: {response.status_code} {response.text[:600]}"
            )
        return response

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, expect=options.pop("expect", 200), **options).json()

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        response = self.call("POST", path, json=body, expect=options.pop("expect", (200, 201, 202)), **options)
        return response.json() if response.content else None

    def remember(self, response: requests.Response) -> None:
        for header in response.raw.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(header).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel

    def through_taxisnet(self, persona: str, *, invitation: str | None = None, decision: str | None = None) -> str:
        """Walk the redirects of «Είσοδος» as this persona; return the page the gateway leads to."""
        query = {"invitation": invitation} if invitation else None
        start = self.call("GET", "/auth/login", params=query, expect=302)
        picker = f"{start.headers['Location']}&persona={persona}" + (f"&decision={decision}" if decision else "")
        callback = requests.get(picker, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        assert callback.status_code == 302, callback.text[:300]
        return self.call("GET", callback.headers["Location"], expect=302).headers["Location"]

    def sign_in(self, persona: str, *, invitation: str | None = None) -> str:
        """Sign in as a sandbox persona; return `next` (`done`, `activation`, `terms`; `two_factor…`: no session)."""
        page = self.through_taxisnet(persona, invitation=invitation)
        assert urlsplit(page).path == "/sign-in", page
        return str(self.post("/api/v1/sign-in/confirmation", {"update_name": False})["next"])

    def sign_in_by_two_factors(self, persona: str) -> None:
        """Sign in with the persona's telephone, which is set up where the sign-in asks for that."""
        next_ = self.sign_in(persona)
        if next_ == "two_factor_setup":
            self.turn_two_factor_on(persona)
        else:
            assert next_ == "two_factor", next_
            self.post("/api/v1/sign-in/two-factor", {"code": authenticator.of(self.at.gateway, persona).code()})

    def sign_in_as_administrator(self, persona: str = "admin") -> None:
        """As platform administrator, with the rights of one."""
        self.sign_in_by_two_factors(persona)

    def turn_two_factor_on(self, persona: str) -> list[str]:
        """By a session or by a sign-in that asks for it; the recovery codes."""
        secret = self.post("/api/v1/account/two-factor/enrolment")["secret"]
        phone = authenticator.remember(self.at.gateway, persona, secret)
        codes: list[str] = self.post("/api/v1/account/two-factor/activation", {"code": phone.code()})["recovery_codes"]
        return codes

    def activate(self, email: str, **more: Any) -> None:
        """Accept the terms, name an address and follow the link that arrives there."""
        self.post("/api/v1/account/activation", {"email": email, **self._acceptance(), **more})

    def accept_terms(self) -> None:
        """All that is left for somebody whose address an invitation has proven."""
        self.post("/api/v1/account/terms-acceptance", self._acceptance())

    def _acceptance(self) -> dict[str, Any]:
        texts = self.get("/api/v1/terms")
        return {
            "accept_terms": True,
            "accept_privacy": True,
            "terms_version": texts["terms"]["version"],
            "privacy_version": texts["privacy"]["version"],
        }


def secret_in(link: str) -> str:
    """The token a mailed link carries, as query (`/confirm?token=`) or as last step of the path (`/join/<token>`)."""
    parts = urlsplit(link)
    return parse_qs(parts.query)["token"][0] if parts.query else parts.path.rsplit("/", 1)[1]
