"""«Διαχείριση Email» (S7): extra addresses, each proven by its link; mail goes to the primary one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from portal import problems
from portal.client import Problem, gateway
from portal.forms.account import ExtraEmailForm
from portal.session import signed_in

blueprint = Blueprint("account_emails", __name__, url_prefix="/account/emails")
PATH = "/api/v1/account/emails"


@blueprint.route("", methods=["GET", "POST"])
@signed_in
def page() -> Any:
    """The addresses, and the form that adds one."""
    form = ExtraEmailForm()
    if form.validate_on_submit():
        try:
            gateway().post(PATH, {"email": form.email.data})
        except Problem as problem:
            problems.onto(form, problem, {"/email": "email"})
        else:
            return _back("email-added")
    return render_template(
        "account/emails.html", form=form, emails=gateway().get(PATH).body
    ), 422 if form.wrong else 200


@blueprint.post("/<uuid:id>/confirmation")
@signed_in
def resend(id: UUID) -> Any:
    """The link again; the one before ends."""
    gateway().post(f"{PATH}/{id}/confirmation")
    return _back("email-sent")


@blueprint.post("/<uuid:id>/primary")
@signed_in
def make_primary(id: UUID) -> Any:
    """The two change places; the old one is told."""
    gateway().post(f"{PATH}/{id}/primary")
    return _back("email-primary")


@blueprint.route("/<uuid:id>/removal", methods=["GET", "POST"])
@signed_in
def remove(id: UUID) -> Any:
    """Asked on a page of its own."""
    if request.method == "POST":
        gateway().delete(f"{PATH}/{id}")
        return _back("email-removed")
    found = next((each for each in gateway().get(PATH).body["items"] if each["id"] == str(id)), None)
    if found is None or found["primary"]:
        raise Problem(404, "not-found")
    return render_template("account/email_removal.html", email=found)


def _back(done: str) -> Response:
    return redirect(url_for(".page", done=done), 303)
