"""The four addresses of each context, and the list of sessions that checks look at."""

from flask import Blueprint, Response, jsonify

from sandbox.clock import stamp
from sandbox.failing import meet
from sandbox.taxisnet import browser, programs
from sandbox.world import current

routes = Blueprint("taxisnet", __name__, url_prefix="/taxisnet")

CONTEXT = "/<any(oauth2server, oauth2servergov):context>"


@routes.get(f"{CONTEXT}/oauth/authorize")
def authorize(context: str) -> Response:
    return meet(
        current().faults,
        "taxisnet",
        "authorize",
        lambda: browser.authorize(context),
        browser.BROKEN,
        only_if_named=True,  # a fault of the browser's page is rarely what a script means
    )


@routes.post(f"{CONTEXT}/oauth/token")
def token(context: str) -> Response:
    return meet(current().faults, "taxisnet", "token", lambda: programs.token(context), programs.BROKEN_TOKEN)


@routes.get(f"{CONTEXT}/userinfo")
def userinfo(context: str) -> Response:
    return meet(current().faults, "taxisnet", "userinfo", lambda: programs.userinfo(context), programs.BROKEN_USERINFO)


@routes.get(f"{CONTEXT}/logout/<client_id>/")
def logout(context: str, client_id: str) -> Response:
    return meet(
        current().faults,
        "taxisnet",
        "logout",
        lambda: browser.logout(context, client_id),
        browser.BROKEN,
        only_if_named=True,
    )


@routes.get("/sessions")
def sessions() -> Response:
    """Who is signed in at TaxisNet now: «logged out there too» is checked here."""
    items = [
        {"persona": session.persona_id, "context": session.context, "since": stamp(session.since)}
        for session in current().taxisnet.sessions()
    ]
    return jsonify(items=items, total=len(items))
