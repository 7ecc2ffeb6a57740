"""Tokens for programs, as RFC 6749 words them: its errors (§5.2) are not our problems."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

import flask
from authlib.oauth2.rfc6749.errors import (
    InvalidClientError,
    InvalidRequestError,
    OAuth2Error,
    UnsupportedGrantTypeError,
)
from authlib.oauth2.rfc6749.util import extract_basic_authorization

from chassis import guessing
from chassis.clock import now
from chassis.crypto import token
from chassis.db import transaction
from chassis.web import client_address, reply
from identity import parts
from identity.api import limits
from identity.usecases import access_tokens
from identity.usecases.access_tokens import Credentials

OAUTH = "oauth"
ONCE = ("grant_type", "client_id", "client_secret", "scope")
NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def issue(body: Any = None) -> flask.Response:  # noqa: ARG001 - the form itself says whether a field stands twice
    access_token = token()
    try:
        shown = _credentials()
    except OAuth2Error as error:
        return _refused(error)
    try:
        with transaction() as session:
            limits.ensure_below(session, OAUTH)
            settings = parts.current().settings
            window = timedelta(minutes=settings.guessing_window_minutes)
            guessing.ensure_below(session, OAUTH, _pair(shown), settings.client_failures, window)
            granted = access_tokens.grant(
                session,
                shown=shown,
                scope=flask.request.form.get("scope"),
                token=access_token,
                parts=parts.current(),
                now=now(),
            )
    except InvalidClientError as error:
        limits.failed(OAUTH)
        guessing.failed(OAUTH, _pair(shown))
        return _refused(error)
    except OAuth2Error as error:
        return _refused(error)
    answer = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": int(granted.lives_for.total_seconds()),
        "scope": " ".join(granted.scopes),
    }
    return reply(answer, headers=NOT_STORED)


def _credentials() -> Credentials:
    """By Basic or in the body, not by both (§2.3.1); no field twice (§3.2)."""
    form, header = flask.request.form, flask.request.headers.get("Authorization")
    if any(len(form.getlist(name)) > 1 for name in ONCE):
        raise InvalidRequestError("A parameter is repeated.")
    if not form.get("grant_type"):
        raise InvalidRequestError("Missing 'grant_type'.")
    if form["grant_type"] != "client_credentials":
        raise UnsupportedGrantTypeError(form["grant_type"])
    client_id, secret = form.get("client_id"), form.get("client_secret")
    if header:
        if secret:
            raise InvalidRequestError("Two ways of authentication.")
        named, known = _basic(header)
        if client_id and named != client_id:
            raise InvalidRequestError("Two programs.")
        client_id, secret = named, known
    if not client_id or not secret:
        raise InvalidClientError("Missing client authentication.")  # no guess: nothing was tried
    return Credentials(client_id[:100], secret[:200])


def _basic(header: str) -> tuple[str, str]:
    try:
        named, secret = extract_basic_authorization({"Authorization": header})
    except ValueError:  # what it encodes is no text
        named = secret = None
    return unquote_plus(named or ""), unquote_plus(secret or "")


def _refused(error: OAuth2Error) -> flask.Response:
    status = 401 if isinstance(error, InvalidClientError) else 400
    body = {"error": error.error, **({"error_description": error.description} if error.description else {})}
    challenge = {"WWW-Authenticate": 'Basic realm="e:Presence", charset="UTF-8"'} if status == 401 else {}
    return reply(body, status=status, headers=NOT_STORED | challenge)


def _pair(shown: Credentials) -> str:
    """A program's failures elsewhere are no reason to shut out the program itself."""
    return f"{shown.client_id} {client_address()}"
