"""What every form carries: a token that only our own pages know. The headers of every answer are the gateway's."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import Any

from flask import Flask, g, request

from portal.client import Problem, session_in_hand
from portal.settings import Settings

FORM_COOKIE = "__Host-portal-form"
FORM_FIELD = "csrf_token"


def init_app(app: Flask, settings: Settings) -> None:
    """Check every post."""

    def form_tokens() -> list[str]:
        """HMAC of the session, or of a cookie of its own for visitors, under each key: nothing is kept here."""
        bound_to = f"session {session}" if (session := session_in_hand()) else f"visitor {visitor()}"
        made = (hmac.digest(key, bound_to.encode(), hashlib.sha256) for key in settings.form_keys)
        return [urlsafe_b64encode(token).decode().rstrip("=") for token in made]

    def form_token() -> str:
        return form_tokens()[0]

    def visitor() -> str:
        if "visitor" not in g:
            g.visitor = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
        return str(g.visitor)

    @app.before_request
    def refuse_forged_forms() -> None:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        brought = request.form.get(FORM_FIELD, "").encode()
        if not any(hmac.compare_digest(brought, token.encode()) for token in form_tokens()):
            raise Problem(400, "form-expired")

    @app.after_request
    def remember_visitor(response: Any) -> Any:
        if "visitor" in g and FORM_COOKIE not in request.cookies:
            response.set_cookie(FORM_COOKIE, g.visitor, secure=True, httponly=True, samesite="Lax", path="/")
        return response

    app.jinja_env.globals.update(form_token=form_token, form_field=FORM_FIELD)
