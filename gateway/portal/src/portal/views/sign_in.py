"""After TaxisNet: confirm or cancel (S3), why not (S1), and out again."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.addresses import local
from portal.client import SESSION_COOKIE, Problem, gateway
from portal.forms.account import SignInForm
from portal.views.onward import onward

blueprint = Blueprint("sign_in", __name__)
AWAITING = {"two_factor": "second_step.page", "two_factor_setup": "second_step.setup"}
PAGES = AWAITING | {"activation": "activation.page", "terms": "activation.page", "confirmation": "sign_in.page"}


@blueprint.route("/sign-in", methods=["GET", "POST"])
def page() -> Any:
    """The confirmation page; nothing is made or changed before «Είσοδος»."""
    form = SignInForm()
    if request.method == "POST":
        return _enter(form)
    pending = gateway().get("/api/v1/sign-in").body
    if pending["awaits"] != "confirmation":
        return redirect(next_page(pending["awaits"], "/"), 303)
    return render_template("sign_in.html", form=form, pending=pending)


def _enter(form: SignInForm) -> Any:
    try:
        answer = gateway().post("/api/v1/sign-in/confirmation", {"update_name": bool(form.update_name.data)}).body
    except Problem as problem:
        if problem.type == "sign-in-refused":
            return leave(problem.facts)  # through TaxisNet's logout to the page that says why
        raise
    response = redirect(next_page(answer["next"], answer["return_to"]), 303)
    if answer["next"] in AWAITING and SESSION_COOKIE in request.cookies:  # nobody goes on as who was here before
        response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="Lax")
    return response


def next_page(next_: str, return_to: str) -> str:
    """Where a sign-in goes on, by the word of the contract."""
    return url_for(PAGES[next_]) if next_ in PAGES else local(return_to)


@blueprint.post("/sign-in/cancellation")
def cancel() -> Any:
    """«Ακύρωση» ends the TaxisNet session too."""
    return leave(gateway().delete("/api/v1/sign-in").body)


@blueprint.get("/refused")
def refused() -> Any:
    """Why somebody could not sign in, and what to do now."""
    return render_template("refused.html", reason=gateway().get("/api/v1/sign-in/refusal").body["reason"])


@blueprint.post("/sign-out")
def sign_out() -> Any:
    """«Αποσύνδεση», here and at TaxisNet."""
    try:
        return leave(gateway().post("/api/v1/sign-out").body)
    except Problem as problem:
        if problem.status == 401:
            return redirect(url_for("home.page"), 303)
        raise


def leave(signed_out: dict[str, Any]) -> Any:
    """By TaxisNet's logout to a page of ours."""
    return onward(
        signed_out["logout_url"],
        _("Αποσυνδέεστε"),
        _("Η σύνδεσή σας με το TaxisNet τερματίζεται επίσης, ώστε να μην τη χρησιμοποιήσει άλλος από αυτή τη συσκευή."),
        _("Συνέχεια"),
    )
