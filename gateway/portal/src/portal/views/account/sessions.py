"""«Συνεδρίες» (O1): where the person is signed in, and ending it there."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug import Response

from portal.client import Problem, gateway
from portal.session import signed_in

blueprint = Blueprint("account_sessions", __name__, url_prefix="/account/sessions")
PATH = "/api/v1/account/sessions"


@blueprint.get("")
@signed_in
def page() -> Any:
    """The list, this browser's first."""
    items = gateway().get(PATH).body["items"]
    return render_template("account/sessions.html", sessions=sorted(items, key=lambda each: not each["current"]))


@blueprint.post("/<uuid:id>/end")
@signed_in
def end(id: UUID) -> Any:
    """One of the others; who was quicker is no error."""
    try:
        gateway().delete(f"{PATH}/{id}")
    except Problem as problem:
        if problem.status != 404:
            raise
    return _back("session-ended")


@blueprint.post("/others/end")
@signed_in
def end_others() -> Any:
    """All but this one."""
    gateway().delete(PATH)
    return _back("sessions-ended")


def _back(done: str) -> Response:
    return redirect(url_for(".page", done=done), 303)
