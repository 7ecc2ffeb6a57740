"""«Ενεργοποίηση λογαριασμού» (S4): nothing else is reachable before."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from portal import problems
from portal.client import Problem, gateway
from portal.forms.account import AcceptanceForm, ActivationForm

blueprint = Blueprint("activation", __name__)


@blueprint.route("/activation", methods=["GET", "POST"])
def page() -> Any:
    """Ask for what the account lacks; once the mail is sent, say so."""
    account = gateway().get("/api/v1/account").body
    if account["next"] not in ("activation", "terms"):
        return redirect(url_for("home.page"), 303)
    form = _form(account)
    if form.validate_on_submit():
        try:
            account = _submit(account, form)
        except Problem as problem:
            problems.onto(form, problem, {"/email": "email"})
        else:
            return redirect(url_for("home.page" if account["next"] == "done" else ".page"), 303)
    waiting = _waiting_for(account)
    if waiting and request.method != "POST" and "again" not in request.args:
        return render_template("activation_sent.html", account=account, email=waiting)
    return _show(account, form), 422 if form.wrong else 200


def _form(account: dict[str, Any]) -> ActivationForm | AcceptanceForm:
    if account["next"] == "terms":
        return AcceptanceForm()
    choices = account["institution_choices"]
    form = ActivationForm(email=_waiting_for(account))
    form.leave_out(
        email=any(email["primary"] and email["confirmed"] for email in account["emails"]),
        institution=len(choices) < 2,
    )
    if form.institution_id is not None:
        form.institution_id.choices = {"": ""} | {choice["id"]: choice["name"] for choice in choices}
    return form


def _waiting_for(account: dict[str, Any]) -> str | None:
    """The address a link was mailed to, while it is unproven."""
    return next((each["email"] for each in account["emails"] if each["primary"] and not each["confirmed"]), None)


def _submit(account: dict[str, Any], form: ActivationForm | AcceptanceForm) -> dict[str, Any]:
    given = {name: value for name, value in form.data.items() if value not in (None, "")}
    path = "terms-acceptance" if account["next"] == "terms" else "activation"
    answer: dict[str, Any] = gateway().post(f"/api/v1/account/{path}", given).body
    return answer


def _show(account: dict[str, Any], form: ActivationForm | AcceptanceForm) -> str:
    texts = gateway().get("/api/v1/terms").body
    form.terms_version.data, form.privacy_version.data = texts["terms"]["version"], texts["privacy"]["version"]
    return render_template("activation.html", account=account, form=form, texts=texts)
