"""TaxisNet's OAuth 2.0: plain code flow, userinfo as attributes of an XML element. Quirks: domain facts §1.3–1.7."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote
from xml.etree.ElementTree import ParseError

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from chassis import logs, metrics
from identity.rules.sign_in import Citizen, Refusal, Refused, citizen_of

log = logs.get_logger(__name__)
T = TypeVar("T")


class Senseless(ValueError):
    """An answer that is none: HTML where a token belongs, JSON where XML was asked for."""


@dataclass(frozen=True)
class TaxisNet:
    """One registered client in one context; the employees' twin would be a second instance.

    Browsers and we may reach it by different addresses where a stand-in plays it in a container.
    """

    base_url: str
    browser_url: str
    client_id: str
    client_secret: str
    redirect_uri: str
    timeout_seconds: float

    def authorize_url(self, state: str) -> str:
        """No PKCE, no prompt: nobody has seen the server know them."""
        with self._session() as session:
            url, _ = session.create_authorization_url(f"{self.browser_url}/oauth/authorize", state=state)
        return str(url)

    def logout_url(self, return_url: str) -> str:
        """Without this detour the next «Είσοδος» on a shared computer signs the same person in again."""
        return f"{self.browser_url}/logout/{quote(self.client_id, safe='')}/?url={quote(return_url, safe='')}"

    def citizen(self, code: str) -> Citizen:
        """Redeem a code for the person it stands for; anything that goes wrong is a refusal with its reason."""
        with self._session() as session:
            _watched("token", Refusal.code_rejected, lambda: self._fetch_token(session, code))
            attributes = _watched("userinfo", Refusal.provider_unavailable, lambda: self._userinfo(session))
        return citizen_of(attributes)

    def _session(self) -> OAuth2Session:
        session = OAuth2Session(
            self.client_id,
            self.client_secret,
            scope="read",
            redirect_uri=self.redirect_uri,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 - credentials go in the body; Basic is not known to work
            default_timeout=self.timeout_seconds,
        )
        session.trust_env = False  # no proxy, no .netrc: where we call is what the settings say
        return session

    def _fetch_token(self, session: OAuth2Session, code: str) -> None:
        token = session.fetch_token(f"{self.base_url}/oauth/token", code=code, allow_redirects=False)
        if not isinstance(token.get("access_token"), str):
            raise Senseless("no access_token")
        token["token_type"] = "bearer"  # noqa: S105 - the one field we need is the token; clients saw the others missing

    def _userinfo(self, session: OAuth2Session) -> dict[str, str]:
        answer = session.get(f"{self.base_url}/userinfo?format=xml", allow_redirects=False)
        if answer.status_code != 200 or not answer.content.lstrip().startswith(b"<"):
            raise Senseless("not the XML we asked for")
        element = next(fromstring(answer.content, forbid_dtd=True).iter("userinfo"), None)
        if element is None:
            raise Senseless("no userinfo")
        return {key: value.strip() for key, value in element.attrib.items()}


def _watched(operation: str, rejected: Refusal, call: Callable[[], T]) -> T:
    """Time the call, and tell a refusal of this code from a TaxisNet that is out of order. No value is logged."""
    started, outcome = time.perf_counter(), "ok"
    try:
        return call()
    except OAuthError as error:
        outcome = "refused"
        raise Refused(rejected if error.error == "invalid_grant" else Refusal.provider_unavailable) from None
    except (requests.RequestException, AuthlibBaseError, ParseError, DefusedXmlException, ValueError) as error:
        outcome = "failed"
        log.warning("taxisnet gave no usable answer", operation=operation, reason=type(error).__name__)
        raise Refused(Refusal.provider_unavailable) from None
    finally:
        metrics.CALLS.labels("taxisnet", operation, outcome).observe(time.perf_counter() - started)
