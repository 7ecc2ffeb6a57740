"""What the application's server sees of TaxisNet: JSON tokens, and userinfo as XML attributes."""

from typing import Any

from flask import Response, jsonify, request

from sandbox.failing import Answer
from sandbox.taxisnet.wire import as_json, as_xml
from sandbox.world import current

HTML_ERROR = "<html><head><title>Error 500</title></head><body><h1>Internal Server Error</h1></body></html>"


def token(context: str) -> Response:
    world, form = current(), request.form
    # In the body only: HTTP Basic is not read, as far as any known client shows.
    sent = (form.get("client_id"), form.get("client_secret"))
    if sent != (world.settings.taxisnet_client_id, world.settings.taxisnet_client_secret):
        return _error(401, "invalid_client", "Bad client credentials")
    if form.get("grant_type") != "authorization_code":
        return _error(400, "unsupported_grant_type", f"Unsupported grant type: {form.get('grant_type')}")

    code = form.get("code", "")
    grant = world.taxisnet.spend_code(code)
    if grant is None or grant.context != context:
        return _error(400, "invalid_grant", f"Invalid authorization code: {code}")
    if form.get("redirect_uri") != grant.redirect_uri:
        return _error(400, "invalid_grant", "Redirect URI mismatch.")

    value, seconds = world.taxisnet.issue_token(grant)
    answer = jsonify(access_token=value, token_type="bearer", expires_in=seconds, scope="read")  # noqa: S106
    answer.headers["Cache-Control"] = "no-store"
    return answer


def userinfo(context: str) -> Response:
    """Errors are JSON although XML was asked for: so does the original."""
    world = current()
    value = _bearer()
    if not value:
        return _error(401, "unauthorized", "Full authentication is required to access this resource")
    found = world.taxisnet.token(value, context)
    persona = world.people.get(found.persona_id) if found else None
    if persona is None:
        return _error(401, "invalid_token", f"Invalid access token: {value}")

    if request.args.get("format") == "json":
        return jsonify(as_json(persona))
    return Response(as_xml(persona), content_type="application/xml;charset=UTF-8")


def _bearer() -> str | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value if scheme.lower() == "bearer" else request.args.get("access_token")


def _error(status: int, error: str, description: str) -> Response:
    answer = jsonify(error=error, error_description=description)
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _html_error() -> Response:
    return Response(HTML_ERROR, 500, content_type="text/html;charset=ISO-8859-1")


def _cut_off() -> Response:
    return Response('<root><userinfo userid="', 200, content_type="application/xml;charset=UTF-8")


def _unasked_json() -> Response:
    """The treacherous one: JSON, with status 200, where XML was asked for."""
    body: dict[str, Any] = {"error": "invalid_token", "error_description": "Invalid access token"}
    return jsonify(body)


BROKEN_TOKEN: dict[str, Answer] = {
    "error": _html_error,
    "json_error": lambda: _error(400, "invalid_grant", "Invalid authorization code"),
    "rate_limited": lambda: _error(429, "too_many_requests", "Too many requests"),
    "malformed": lambda: Response(HTML_ERROR, 200, content_type="text/html;charset=ISO-8859-1"),
    "truncated": lambda: Response('{"access_token":"', 200, content_type="application/json;charset=UTF-8"),
}
BROKEN_USERINFO: dict[str, Answer] = {
    "error": _html_error,
    "json_error": lambda: _error(401, "invalid_token", "Invalid access token"),
    "rate_limited": lambda: _error(429, "too_many_requests", "Too many requests"),
    "malformed": _unasked_json,
    "truncated": _cut_off,
}
