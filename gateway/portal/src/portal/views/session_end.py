"""Before a session ends (O1): how long it has, «Συνέχεια», and the page for browsers without script."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from portal import session
from portal.addresses import local
from portal.client import Problem, gateway

blueprint = Blueprint("session_end", __name__)
JSON = "application/json"


@blueprint.get("/session/left")
def left() -> Any:
    """For the script: other tabs prolong the session, too. Asking must not."""
    return _told(session.current(polling=True))


@blueprint.post("/session/renewal")
def renew() -> Any:
    """«Συνέχεια»: the idle time begins anew; without script the notice says so."""
    try:
        renewed: session.Session | None = session.of(gateway().post("/api/v1/session/renewal").body)
    except Problem as problem:
        if problem.status != 401:
            raise
        renewed = None
    if request.accept_mimetypes.best == JSON:
        return _told(renewed)
    return redirect(url_for(".notice", next=local(request.form.get("next")), renewed="1" if renewed else None), 303)


@blueprint.get("/session-notice")
def notice() -> Any:
    """Where a page left open leads by itself when its session is about to end."""
    here = session.current(polling=True)
    if here is not None and here.seconds_left == 0:
        here = g.session = None  # over, though not yet swept away
    renewed = "renewed" in request.args
    return render_template("session_notice.html", here=here, renewed=renewed, next=local(request.args.get("next")))


def _told(known: session.Session | None) -> Any:
    return {"seconds": known.seconds_left if known else 0}
