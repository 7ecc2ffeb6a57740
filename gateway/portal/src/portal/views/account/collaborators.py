"""«Συνεργάτες» (S18): who may edit my conferences, whose I may edit; asking, accepting, rejecting, ending."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal import collaborations, problems
from portal.client import Problem, gateway
from portal.forms.collaborations import CandidatesForm
from portal.session import signed_in

blueprint = Blueprint("account_collaborators", __name__, url_prefix="/account/collaborators")
COLLABORATIONS, CANDIDATES = "/api/v1/collaborations", "/api/v1/collaboration-candidates"
ROWS = 50


@blueprint.get("")
@signed_in
def page() -> Any:
    """Above whom I asked and who helps me, below who asked me and whom I help."""
    return render_template("account/collaborators.html", **gateway().get(COLLABORATIONS).body)


@blueprint.route("/candidates", methods=["GET", "POST"])
@signed_in
def candidates() -> Any:
    """The other coordinators of the institution, to be ticked."""
    form, search = CandidatesForm(), request.args.get("search", "").strip()
    if request.method == "POST" and not form.person_ids.data:
        form.problems.append(_("Επιλέξτε τουλάχιστον έναν Συντονιστή."))
    elif request.method == "POST":
        try:
            return _ask({"person_ids": form.person_ids.data})
        except Problem as problem:
            problems.onto(form, problem)
    query = {"search": search or None, "limit": ROWS, "cursor": request.args.get("from")}
    found = gateway().get(CANDIDATES, query).body
    shown = render_template("account/collaboration_candidates.html", form=form, found=found, search=search)
    return shown, 422 if form.wrong else 200


@blueprint.route("/everybody", methods=["GET", "POST"])
@signed_in
def everybody() -> Any:
    """All of them at once, whatever is on the page; asked once more, for each gets a mail."""
    if request.method == "POST":
        return _ask({})
    total = gateway().get(CANDIDATES, {"limit": 1}).body.get("total")
    return render_template("account/collaboration_with_all.html", total=total)


def _ask(body: dict[str, Any]) -> Any:
    outcomes = {each["outcome"] for each in gateway().post(COLLABORATIONS, body).body["results"]}
    done = "collaboration-asked" if "not_eligible" not in outcomes else "collaboration-asked-some"
    return redirect(url_for(".page", done=done), 303)


@blueprint.post("/<uuid:id>/acceptance")
@signed_in
def accept(id: UUID) -> Any:
    gateway().post(f"{COLLABORATIONS}/{id}/acceptance")
    return redirect(url_for(".page", done="collaboration-accepted"), 303)


@blueprint.route("/<uuid:id>/end", methods=["GET", "POST"])
@signed_in
def end(id: UUID) -> Any:
    """Whether it cancels my request, rejects another's or ends a collaboration: asked on a page of its own."""
    if request.method == "POST":
        gateway().delete(f"{COLLABORATIONS}/{id}")
        return redirect(url_for(".page", done="collaboration-ended"), 303)
    mine = gateway().get(COLLABORATIONS).body
    for half, rows in mine.items():
        for found in rows:
            if found["id"] == str(id):
                return render_template("account/collaboration_end.html", found=found, mine=half == "helpers")
    raise problems.foreseen("collaboration-ended", collaborations.OVER)
