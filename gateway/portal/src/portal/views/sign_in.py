"""After TaxisNet: confirm or cancel (S3), why not (S1), and out again."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.addresses import local
from portal.client import Problem, gateway
from portal.forms.account import SignInForm
from portal.views.onward import onward

blueprint = Blueprint("sign_in", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def page() -> Any:
    """The confirmation page; nothing is made or changed before «Είσοδος»."""
    form = SignInForm()
    if request.method == "POST":
        return _enter(form)
    return render_template("sign_in.html", form=form, pending=gateway().get("/api/v1/sign-in").body)


def _enter(form: SignInForm) -> Any:
    try:
        answer = gateway().post("/api/v1/sign-in/confirmation", {"update_name": bool(form.update_name.data)}).body
    except Problem as problem:
        if problem.type == "sign-in-refused":
            return _leave(problem.facts)  # through TaxisNet's logout to the page that says why
        raise
    if answer["next"] in ("activation", "terms"):
        return redirect(url_for("activation.page"), 303)
    return redirect(local(answer["return_to"]), 303)


@blueprint.post("/sign-in/cancellation")
def cancel() -> Any:
    """«Ακύρωση» ends the TaxisNet session too."""
    return _leave(gateway().delete("/api/v1/sign-in").body)


@blueprint.get("/refused")
def refused() -> Any:
    """Why somebody could not sign in, and what to do now."""
    return render_template("refused.html", reason=gateway().get("/api/v1/sign-in/refusal").body["reason"])


@blueprint.post("/sign-out")
def sign_out() -> Any:
    """«Αποσύνδεση», here and at TaxisNet."""
    try:
        return _leave(gateway().post("/api/v1/sign-out").body)
    except Problem as problem:
        if problem.status == 401:
            return redirect(url_for("home.page"), 303)
        raise


def _leave(signed_out: dict[str, Any]) -> Any:
    return onward(
        signed_out["logout_url"],
        _("Αποσυνδέεστε"),
        _("Η σύνδεσή σας με το TaxisNet τερματίζεται επίσης, ώστε να μην τη χρησιμοποιήσει άλλος από αυτή τη συσκευή."),
        _("Συνέχεια"),
    )
