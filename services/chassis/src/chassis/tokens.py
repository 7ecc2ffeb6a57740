"""Who calls: short-lived signed tokens, checked against the issuer's published keys fetched in the background."""

import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import requests
from connexion.exceptions import OAuthProblem
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.concurrency import run_in_threadpool

from chassis.errors import DomainError, Forbidden
from chassis.logs import get_logger
from chassis.settings import ServiceSettings

log = get_logger(__name__)
ALGORITHMS = ["EdDSA", "Ed25519"]
REFRESH_SECONDS = 60
MIN_PAUSE_SECONDS = 3
LEEWAY_SECONDS = 5


class AccountNotActive(DomainError):
    type, status = "account-not-active", 403


@dataclass(frozen=True)
class Actor:
    """The caller as its token says; what it may do, each service decides from what it knows itself."""

    id: UUID
    session_id: str | None = None
    client_id: str | None = None
    mfa: bool = False
    on_behalf_of: UUID | None = None  # whom a program works for
    active: bool = True


class Keys:
    """The issuer's keys. Keeps the last good ones while the issuer is away."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._set: KeySet | None = None
        self._kids: frozenset[str] = frozenset()
        self._asked_at = -MIN_PAUSE_SECONDS * 1.0
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def use(self, jwks: Mapping[str, Any]) -> None:
        keys = KeySet.import_key_set(dict(jwks))  # type: ignore[arg-type]
        self._set, self._kids = keys, frozenset(key.kid for key in keys.keys if key.kid)

    def knows(self, kid: str) -> bool:
        return kid in self._kids

    @property
    def set(self) -> KeySet | None:
        return self._set

    def refresh(self) -> None:
        """Fetch, unless somebody just did: a flood of forged key ids must not reach the issuer."""
        with self._lock:
            if time.monotonic() - self._asked_at < MIN_PAUSE_SECONDS:
                return
            self._asked_at = time.monotonic()
            try:
                answer = requests.get(self._url, timeout=2)
                answer.raise_for_status()
                self.use(answer.json())
            except (requests.RequestException, ValueError, KeyError, JoseError) as error:
                log.warning("jwks not fetched", reason=type(error).__name__, have_keys=bool(self._kids))

    def start(self) -> None:
        threading.Thread(target=self._keep_fresh, name="jwks", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _keep_fresh(self) -> None:
        while not self._stop.is_set():
            self.refresh()
            self._stop.wait(REFRESH_SECONDS if self._kids else MIN_PAUSE_SECONDS)


@dataclass(frozen=True)
class _Configuration:
    keys: Keys
    internal_secret: str
    claims: jwt.JWTClaimsRegistry


_configured: _Configuration | None = None


def configure(settings: ServiceSettings, keys: Keys | None = None) -> Keys:
    global _configured  # noqa: PLW0603 - connexion calls plain functions: they need one place to look
    keys = keys or Keys(settings.jwks_url)
    claims = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": settings.token_issuer},
        aud={"essential": True, "value": settings.audience},
        sub={"essential": True},
        exp={"essential": True},
    )
    _configured = _Configuration(keys, settings.internal_secret, claims)
    return keys


async def newcomer(token: str) -> dict[str, Any]:
    """Security function: a person's valid token, whatever the state of the account."""
    claims = await _claims_of(token)
    if "client_id" in claims:
        raise Forbidden(reason="not-for-programs")
    return claims


async def program(token: str, required_scopes: list[str]) -> dict[str, Any]:
    """Security function: a program's token with the scopes that the contract names. Beside `actor`, it is the other way
    in: whoever is no program is left to that one."""
    claims = await _claims_of(token)
    if "client_id" not in claims:
        raise OAuthProblem(detail="not a program")
    missing = set(required_scopes) - set(str(claims.get("scope", "")).split())
    if missing:
        raise Forbidden(reason="scope-missing")
    return claims


async def _claims_of(token: str) -> dict[str, Any]:
    kid, expected = _kid_of(token), _expected()
    if not expected.keys.knows(kid):
        await run_in_threadpool(expected.keys.refresh)
    if (keys := expected.keys.set) is None or not expected.keys.knows(kid):
        raise OAuthProblem(detail="unknown key")
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        expected.claims.validate(claims)
        UUID(claims["sub"])
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise OAuthProblem(detail="token refused") from error
    return dict(claims)


async def actor(token: str) -> dict[str, Any]:
    """Security function: a valid token of an account that is active."""
    claims = await newcomer(token)
    if claims.get("state") != "active":
        raise AccountNotActive
    return claims


def internal(apikey: str) -> dict[str, Any]:
    """Security function: the gateway itself, by the secret both hold."""
    scheme, _, secret = apikey.partition(" ")
    if scheme.lower() != "internal" or not is_internal_secret(secret):
        raise OAuthProblem(detail="internal only")
    return {"sub": "internal"}


def is_internal_secret(secret: str) -> bool:
    expected = _configured.internal_secret if _configured else ""
    return bool(expected) and hmac.compare_digest(secret.encode(), expected.encode())


def current(token_info: Mapping[str, Any]) -> Actor:
    """The caller of this request."""
    return Actor(
        id=UUID(token_info["sub"]),
        session_id=token_info.get("sid"),
        client_id=token_info.get("client_id"),
        mfa="mfa" in token_info.get("amr", ()),
        on_behalf_of=UUID(token_info["on_behalf_of"]) if "on_behalf_of" in token_info else None,
        active=token_info.get("state") == "active",
    )


def _expected() -> _Configuration:
    if _configured is None:
        raise RuntimeError("tokens.configure() was not called")
    return _configured


def _kid_of(token: str) -> str:
    try:
        return str(jws.extract_compact(token.encode()).headers()["kid"])
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise OAuthProblem(detail="not a token") from error
