"""«Χρήστες» → «Χρήστες» (S19): whom the institution invited to the platform; invite, send again, revoke."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from portal import problems
from portal.client import Problem, gateway
from portal.forms.invitation import InvitationForm
from portal.invitations import STATES
from portal.session import signed_in

blueprint = Blueprint("users_people", __name__, url_prefix="/users/people")
INVITATIONS = "/api/v1/invitations"
ROWS = 20
LONGEST_SEARCH = 100


@blueprint.get("")
@signed_in
def page() -> Any:
    search = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    state = request.args.get("state") if request.args.get("state") in STATES else None
    query = {"search": search or None, "state": state, "limit": ROWS, "cursor": request.args.get("from")}
    found = gateway().get(INVITATIONS, query).body
    return render_template("users/people.html", found=found, search=search, chosen=state, states=STATES)


@blueprint.route("/invitation", methods=["GET", "POST"])
@signed_in
def invite() -> Any:
    form = InvitationForm()
    if request.method == "POST" and form.validate():
        try:
            gateway().post(INVITATIONS, form.asked(), idempotency_key=form.request_key.data)
        except Problem as problem:
            problems.onto(form, problem)
        else:
            return redirect(url_for(".page", done="person-invited"), 303)
    return render_template("users/invite.html", form=form), 422 if form.wrong else 200


@blueprint.post("/<uuid:id>/resend")
@signed_in
def resend(id: UUID) -> Any:
    gateway().post(f"{INVITATIONS}/{id}/resend")
    return redirect(url_for(".page", done="invitation-resent"), 303)


@blueprint.post("/<uuid:id>/revocation")
@signed_in
def revoke(id: UUID) -> Any:
    """Asked once more by a page of its own; who is invited travels in the form, as no address may hold it."""
    if "sure" in request.form:
        gateway().delete(f"{INVITATIONS}/{id}")
        return redirect(url_for(".page", done="invitation-revoked"), 303)
    return render_template("users/revocation.html", id=id, invited=request.form)
