"""Server-to-server tokens: errors here have a shape of their own, `{reason, error}`."""

import hmac
import secrets
from datetime import timedelta

from flask import Blueprint, Response, jsonify, request

from sandbox.failing import Answer, meet
from sandbox.world import current
from sandbox.zoom.errors import ZoomError
from sandbox.zoom.operations import OPERATIONS

routes = Blueprint("zoom_oauth", __name__, url_prefix="/zoom/oauth")

TOKEN_BYTES = 180  # opaque and long: clients that cut or parse it fail here


@routes.post("/token")
def token() -> Response:
    return meet(current().faults, "zoom", "oauth.token", _issue, BROKEN)


def _issue() -> Response:
    zoom, settings = current().zoom, current().settings
    sent = request.authorization
    expected = f"{settings.zoom_client_id}:{settings.zoom_client_secret}"
    given = f"{sent.username}:{sent.password}" if sent and sent.type == "basic" else ""
    if not hmac.compare_digest(given.encode(), expected.encode()):
        return _error("invalid_client", "Invalid client_id or client_secret")
    if request.values.get("grant_type") != "account_credentials":  # form or query, never JSON
        return _error("unsupported_grant_type", "unsupported grant type")
    if request.values.get("account_id") != settings.zoom_account_id or not zoom.switches.app_active:
        return _error("invalid_request", "Bad Request")

    value = secrets.token_urlsafe(TOKEN_BYTES)
    seconds = zoom.switches.token_seconds
    with zoom.lock:
        zoom.tokens[value] = zoom.clock.now() + timedelta(seconds=seconds)
        scope = " ".join(sorted(zoom.switches.scopes))
    return jsonify(
        access_token=value,
        token_type="bearer",  # noqa: S106
        expires_in=seconds,
        scope=scope,
        api_url=f"{request.host_url}zoom",
    )


def ensure_authorised(operation: str) -> None:
    """An unknown token and an expired one differ by their text only; a missing scope is a 400."""
    zoom = current().zoom
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    expires = zoom.tokens.get(value) if scheme.lower() == "bearer" else None
    if expires is None or not zoom.switches.app_active:
        raise ZoomError(401, 124, "Invalid access token.")
    if expires <= zoom.clock.now():
        raise ZoomError(401, 124, "Access token is expired.")

    wanted = OPERATIONS[operation]
    if not zoom.switches.scopes & {wanted.classic, wanted.granular}:
        scopes = f"[{wanted.classic}, {wanted.granular}]"
        raise ZoomError(400, 4711, f"Invalid access token, does not contain scopes:{scopes}.")


def _error(error: str, reason: str) -> Response:
    answer = jsonify(reason=reason, error=error)
    answer.status_code = 400
    return answer


def _failure() -> Response:
    return Response("<html><body>Bad Gateway</body></html>", 502, content_type="text/html")


def _limited() -> Response:
    answer = jsonify(reason="Rate limit exceeded", error="rate_limit")
    answer.status_code = 429
    return answer


BROKEN: dict[str, Answer] = {
    "error": _failure,
    "rate_limited": _limited,
    "malformed": lambda: Response('{"access_token":', 200, content_type="application/json"),
}
