"""A browser's memory: cookies kept by hand, because test clients drop `Secure` ones on plain http."""

from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie
from typing import Any

from httpx import Response

from .world import Sandbox


@dataclass
class Browser:
    client: Any
    cookies: dict[str, Morsel[str]] = field(default_factory=dict)
    given: dict[str, Morsel[str]] = field(default_factory=dict)  # also those that were meant to clear one

    def call(self, method: str, path: str, **arguments: Any) -> Response:
        headers = dict(arguments.pop("headers", {}))
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        answer: Response = self.client.request(method, path, headers=headers, **arguments)
        self.given = {}
        for header in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(header).items():
                self.given[name] = morsel
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel
        return answer

    def leave(self, **query: str) -> str:
        """«Είσοδος»: TaxisNet's address."""
        answer = self.call("GET", "/auth/login", params=query)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    def come_back(self, **query: str) -> Response:
        answer = self.call("GET", "/auth/callback", params=query)
        assert answer.status_code == 302, answer.text
        return answer

    def through_taxisnet(self, sandbox: Sandbox, persona: str, decision: str | None = None, **query: str) -> Response:
        return self.come_back(**sandbox.authorize(self.leave(**query), persona, decision))

    def confirm(self, update_name: bool = False) -> Response:
        return self.call("POST", "/api/v1/sign-in/confirmation", json={"update_name": update_name})

    def refusal(self) -> str:
        return str(self.call("GET", "/api/v1/sign-in/refusal").json()["reason"])

    def token(self, as_gateway: dict[str, str], audience: str = "identity", prolong: bool = False) -> Response:
        body = {"credential": {"kind": "session", "value": self.cookies["__Host-epresence"].value}}
        body |= {"audience": audience, "prolong": prolong}
        answer: Response = self.client.request("POST", "/internal/token-exchange", json=body, headers=as_gateway)
        return answer
