"""«Προς έγκριση» (S16): role requests, and the answer to each; each answer is asked once more."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from portal import problems, roles
from portal.client import Problem, gateway
from portal.forms.decision import RejectionForm
from portal.session import mine, signed_in

blueprint = Blueprint("users_requests", __name__, url_prefix="/users/requests")
REQUESTS = "/api/v1/role-requests"
ROWS = 20


@blueprint.get("")
@signed_in
def page() -> Any:
    """At first the open ones; the box «Προς έγκριση» unticked: all there ever were."""
    open_only = "open" in request.args or "chosen" not in request.args
    query = {"state": "open" if open_only else "all", "limit": ROWS, "cursor": request.args.get("from")}
    found = gateway().get(REQUESTS, query).body
    return render_template(
        "users/requests.html", found=found, open_only=open_only, several_institutions=mine().administers
    )


@blueprint.route("/<uuid:id>/acceptance", methods=["GET", "POST"])
@signed_in
def accept(id: UUID) -> Any:
    if request.method == "POST":
        gateway().post(f"{REQUESTS}/{id}/acceptance")
        return redirect(url_for(".page", done="request-accepted"), 303)
    return render_template("users/acceptance.html", asked=_open(id))


@blueprint.route("/<uuid:id>/rejection", methods=["GET", "POST"])
@signed_in
def reject(id: UUID) -> Any:
    form = RejectionForm()
    if request.method == "POST" and form.validate():
        comment = (form.comment.data or "").replace("\r\n", "\n") or None
        try:
            gateway().post(f"{REQUESTS}/{id}/rejection", {"comment": comment})
        except Problem as problem:
            if problem.type == "role-request-closed":
                raise  # there is nothing left to answer: a page of its own says what became of it
            problems.onto(form, problem)
        else:
            return redirect(url_for(".page", done="request-rejected"), 303)
    shown = render_template("users/rejection.html", asked=_open(id), form=form)
    return shown, 422 if form.wrong else 200


def _open(id: UUID) -> dict[str, Any]:
    found: dict[str, Any] = gateway().get(f"{REQUESTS}/{id}").body
    if found["state"] != "open":
        raise problems.foreseen("role-request-closed", roles.CLOSED)
    return found
