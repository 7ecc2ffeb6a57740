"""The first page (S39)."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from portal import farewell
from portal.client import Problem, gateway
from portal.session import current_if_known

blueprint = Blueprint("home", __name__)
SHOWN = 5


@blueprint.get("/")
def page() -> Any:
    """What the service is; for those signed in, what comes next."""
    session = current_if_known()
    if session is None:
        return render_template("home.html", farewell=farewell.certificate())
    if not session.active:
        return redirect(url_for("activation.page"), 303)
    return render_template("overview.html", coming=_coming())


def _coming() -> dict[str, list[dict[str, Any]]] | None:
    """By scope; None when they cannot be had: the page says so, and the rest of it still helps."""
    try:
        return {
            scope: gateway().get("/api/v1/conferences", {"scope": scope, "limit": SHOWN}).body["items"]
            for scope in ("current", "future")
        }
    except Problem as problem:
        if problem.status < 500:
            raise
        return None
