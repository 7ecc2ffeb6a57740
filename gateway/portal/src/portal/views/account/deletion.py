"""Deleting the account (S6): the guide's warning, the list of what stands in the way, the first page afterwards."""

from typing import Any

from flask import Blueprint, redirect, render_template

from portal import farewell, problems
from portal.client import Problem, gateway
from portal.forms.deletion import DeletionForm
from portal.session import mine

blueprint = Blueprint("account_deletion", __name__)


@blueprint.route("/account/deletion", methods=["GET", "POST"])
def page() -> Any:
    """Also for whoever has not finished activating: nobody must accept anything in order to leave."""
    mine()
    form, planned = DeletionForm(), []
    if form.validate_on_submit():
        try:
            answer = gateway().post("/api/v1/account/deletion", {"email": form.email.data}).body
        except Problem as problem:
            planned = problem.facts.get("conferences", [])
            if not planned:
                problems.onto(form, problem)
        else:
            response = redirect(answer["logout_url"], 303)
            farewell.remember(response, answer["certificate_url"])
            return response
    status = 409 if planned else 422 if form.wrong else 200
    return render_template("account/deletion.html", form=form, planned=planned, failed=bool(planned)), status
