"""After «Είσοδος»: the code of the second factor, or, for administrators without one, its setup (S10)."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from portal import two_factor
from portal.client import Problem, gateway
from portal.forms.two_factor import CodeForm, FirstCodeForm
from portal.views.sign_in import leave, next_page

blueprint = Blueprint("second_step", __name__, url_prefix="/sign-in")
ENROLMENT = "two_factor/setup_enrolment.html"


@blueprint.route("/two-factor", methods=["GET", "POST"])
def page() -> Any:
    """A code of either kind; the fifth wrong one ends the sign-in."""
    form, status = CodeForm(), 200
    if request.method != "POST":
        if (elsewhere := _at_another_step("two_factor")) is not None:
            return elsewhere
    elif not form.validate():
        status = 422
    else:
        try:
            answer = gateway().post("/api/v1/sign-in/two-factor", {"code": form.code.data}).body
        except Problem as problem:
            if problem.type == "sign-in-refused":
                return leave(problem.facts)
            if problem.facts.get("attempts_left") == 0:
                raise Problem(401, "codes-exhausted", instance=problem.instance) from None
            status = two_factor.refused(form, problem)
        else:
            return redirect(next_page(answer["next"], answer["return_to"]), 303)
    return render_template("two_factor/second_step.html", form=form), status


@blueprint.get("/two-factor-setup")
def setup() -> Any:
    """Why an administrator must, and what is needed."""
    elsewhere = _at_another_step("two_factor_setup")
    return elsewhere if elsewhere is not None else render_template("two_factor/setup.html")


@blueprint.post("/two-factor-setup/enrolment")
def enrol() -> Any:
    """The secret, to be scanned or typed."""
    return two_factor.enrolment(ENROLMENT, FirstCodeForm(formdata=None))


@blueprint.post("/two-factor-setup/activation")
def activate() -> Any:
    """The first code ends the sign-in with a session; the recovery codes come before anything else."""
    form, status = FirstCodeForm(), 422
    if form.validate():
        try:
            made = gateway().post(f"{two_factor.PATH}/activation", {"code": form.code.data}).body
        except Problem as problem:
            if problem.type == "sign-in-refused":
                return leave(problem.facts)
            status = two_factor.refused(form, problem)
        else:
            entered = made["signed_in"] or {"next": "done", "return_to": "/"}
            onward = next_page(entered["next"], entered["return_to"])
            return two_factor.recovery_codes(made["recovery_codes"], onward=onward)
    return two_factor.enrolment(ENROLMENT, form), status


def _at_another_step(step: str) -> Any | None:
    awaits = gateway().get("/api/v1/sign-in").body["awaits"]
    if awaits == step:
        return None
    return redirect(next_page(awaits, "/"), 303)
