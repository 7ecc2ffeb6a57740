"""A personal link (S26): what it leads to, when it opens, and one button that enters."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, render_template, request

from portal import problems, session
from portal.client import Problem, gateway
from portal.forms.people import JoinForm
from portal.views.meeting import entering

blueprint = Blueprint("join", __name__)


@blueprint.route("/join/<token>", methods=["GET", "POST"])
def page(token: str) -> Any:
    """No sign-in: the ticket is the right to join."""
    session.current(polling=True)  # the waiting page asks for itself again and again
    path = f"/api/v1/join/{quote(token, safe='')}"
    try:
        ticket = gateway().get(path, polling=True).body
    except Problem as problem:
        raise Problem(404, problems.LINK_UNKNOWN) if problem.status == 404 else problem from None
    form = JoinForm()
    if not ticket["name_required"]:
        del form["name"]
    if request.method == "POST" and form.validate():
        try:
            return entering(gateway().post(path, form.data).body["join_url"])
        except Problem as problem:
            if problem.type == "room-preparing":
                ticket["state"] = "preparing"
            elif problem.type in ("join-not-open", "conference-over"):
                ticket = gateway().get(path).body
            else:
                problems.onto(form, problem)
    status = 422 if form.wrong else 200
    return render_template("join.html", ticket=ticket, conference=ticket["conference"], form=form), status
