"""The token of our server-to-server app: one for the whole process, asked again shortly before it dies."""

import threading
import time
from dataclasses import dataclass

import requests

from chassis.http import Client
from conferences.clients.zoom_errors import ZoomRefused, ZoomUnavailable
from conferences.settings import Settings

SPARE_SECONDS = 120


@dataclass(frozen=True)
class Token:
    value: str
    api_url: str
    good_until: float


class Tokens:
    def __init__(self, settings: Settings, http: Client) -> None:
        self._settings, self._http = settings, http
        self._lock = threading.Lock()
        self._token: Token | None = None

    def current(self) -> Token:
        with self._lock:
            if self._token is None or time.monotonic() >= self._token.good_until:
                self._token = self._ask()
            return self._token

    def drop(self, refused: Token) -> None:
        """It was not accepted: expired, revoked, or the scopes changed. Somebody else may have asked again already."""
        with self._lock:
            if self._token is refused:
                self._token = None

    def _ask(self) -> Token:
        settings, asked_at = self._settings, time.monotonic()  # its life counts from the asking, not from the answer
        try:
            answer = self._http.post(
                settings.zoom_oauth_url,
                operation="token",
                data={"grant_type": "account_credentials", "account_id": settings.zoom_account_id},
                auth=(settings.zoom_client_id, settings.zoom_client_secret.get_secret_value()),
            )
            content = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise ZoomUnavailable("token") from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise ZoomUnavailable("token")
        if answer.status_code != 200 or not isinstance(content, dict) or "access_token" not in content:
            # This endpoint has errors of its own shape: {reason, error}, no numeric code.
            raise ZoomRefused(answer.status_code, None, "token")
        lifetime = float(content.get("expires_in") or 3600)
        follow = settings.zoom_follow_api_url and content.get("api_url")
        api_url = f"{str(content['api_url']).rstrip('/')}/v2" if follow else settings.zoom_api_url.rstrip("/")
        return Token(str(content["access_token"]), api_url, asked_at + max(1.0, lifetime - SPARE_SECONDS))
