"""Our cookies: host-bound, out of reach of scripts, sent only where people navigate to us."""

from flask import Response, request

SESSION = "__Host-epresence"
PENDING = "__Host-epresence-signin"
BROWSER = "__Host-epresence-state"
REFUSAL = "__Host-epresence-refusal"
REFUSAL_SECONDS = 300


def read(name: str) -> str | None:
    return request.cookies.get(name) or None


def give(response: Response, name: str, value: str, seconds: float | None = None) -> None:
    """Without `seconds` it lives as long as the browser; the server knows the real end."""
    max_age = None if seconds is None else int(seconds)
    response.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="Lax")


def clear(response: Response, name: str) -> None:
    give(response, name, "", 0)
