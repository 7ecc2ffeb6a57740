"""Who asks: nobody, a person, a coordinator; with sessions enough that no run meets the flood limit of one session."""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from itertools import count, cycle
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from schemathesis import AuthContext, Case

from tests.journeys.visitor import Visitor

SESSION_COOKIE = "__Host-epresence"
TIMEOUT_SECONDS = 30
LINES = count(secrets.randbelow(2**23))
RENEWED_SECONDS = 100  # tokens live for five minutes at most


@dataclass
class Caller:
    """`sessions` take turns."""

    name: str
    visitors: list[Visitor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._turns: Iterator[Visitor] = cycle(self.visitors)

    @property
    def session(self) -> str | None:
        return next(self._turns).cookies[SESSION_COOKIE].value if self.visitors else None

    def headers(self, origin: str) -> dict[str, str]:
        """What its browser sends along."""
        session = self.session
        return {"Origin": origin, **({"Cookie": f"{SESSION_COOKIE}={session}"} if session else {})}


class AtTheGateway:
    """A browser: its session's cookie with every request."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def get(self, case: Case, context: AuthContext) -> str | None:
        return self.caller.session

    def set(self, case: Case, session: str, context: AuthContext) -> None:
        case.cookies[SESSION_COOKIE] = session


class BehindTheGateway:
    """What the gateway shows a service: the person's signed token, or the secret both hold."""

    def __init__(self, caller: Caller, service: str, identity: str, secret: str) -> None:
        self.caller, self.service, self.identity, self.secret = caller, service, identity, secret
        self._tokens: dict[str, tuple[str, float]] = {}

    def get(self, case: Case, context: AuthContext) -> str | None:
        schemes = {name for choice in security_of(case) for name in choice}
        if "internal" in schemes:
            return f"Internal {self.secret}"
        return f"Bearer {self._token(self.caller.session)}" if schemes and self.caller.visitors else None

    def set(self, case: Case, authorization: str, context: AuthContext) -> None:
        case.headers["Authorization"] = authorization

    def _token(self, session: str | None) -> str:
        assert session
        token, made_at = self._tokens.get(session, ("", 0.0))
        if time.monotonic() - made_at > RENEWED_SECONDS:
            token = token_for(session, self.service, self.identity, self.secret)
            self._tokens[session] = token, time.monotonic()
        return token


class From(HTTPAdapter):
    """Calls from an address of its own."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, source_address=(self.address, 0), **options)


def another_line() -> requests.Session:
    """Whoever guesses too often is stopped by address: made-up tokens must not close the door to other tests."""
    number = next(LINES)
    line = requests.Session()
    line.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # each request brings its own
    line.mount("http://", From(f"127.{1 + number // 65_536}.{number // 256 % 256}.{number % 256}"))
    return line


def security_of(case: Case) -> list[dict[str, Any]]:
    everywhere = case.operation.schema.raw_schema.get("security", [])
    return list(case.operation.definition.raw.get("security", everywhere))


def token_for(session: str, service: str, identity: str, secret: str) -> str:
    question = {"credential": {"kind": "session", "value": session}, "audience": service, "prolong": True}
    answer = requests.post(
        f"{identity}/internal/token-exchange",
        json=question,
        headers={"Authorization": f"Internal {secret}"},
        timeout=TIMEOUT_SECONDS,
    )
    answer.raise_for_status()
    return str(answer.json()["token"])
