"""After the deletion the browser passes through TaxisNet's logout; for a few minutes it remembers the certificate."""

from typing import Any

from flask import request

COOKIE = "__Host-portal-farewell"
SECONDS = 600


def remember(response: Any, certificate_url: str) -> None:
    secret = certificate_url.rpartition("/")[2]
    response.set_cookie(COOKIE, secret, max_age=SECONDS, path="/", secure=True, httponly=True, samesite="Lax")


def certificate() -> str | None:
    """The secret part of the certificate's address, for whoever has just left."""
    return request.cookies.get(COOKIE) or None
