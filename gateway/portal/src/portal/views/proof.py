"""Proving an address by a mailed link: mail scanners open links too, so only the button uses it up."""

from typing import Any

from flask import Blueprint, render_template, request

from portal.client import Problem, gateway
from portal.forms.account import ProofForm
from portal.session import current_if_known

blueprint = Blueprint("proof", __name__)


@blueprint.route("/confirm", methods=["GET", "POST"])
def page() -> Any:
    """The button, then what became of it."""
    form = ProofForm(token=request.args.get("token", ""))
    token = form.token.data or ""
    if request.method != "POST" and token:
        return render_template("proof.html", form=form)
    try:
        answer = gateway().post("/api/v1/email-confirmations", {"token": token}).body
    except Problem as problem:
        if problem.status in (400, 410):
            return render_template("proof_spent.html"), 410
        raise
    return render_template("proof_done.html", answer=answer, here=current_if_known())
