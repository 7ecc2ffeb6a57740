"""«Two Factor Authentication» (S10): on with a first code, then moved, its recovery codes renewed, or off."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from portal import two_factor
from portal.client import Problem, gateway
from portal.forms.two_factor import CodeForm, FirstCodeForm, RecoveryCodesForm
from portal.session import signed_in

blueprint = Blueprint("account_two_factor", __name__, url_prefix="/account/two-factor")
PATH = two_factor.PATH
ENROLMENT = "account/two_factor_enrolment.html"


@blueprint.get("")
@signed_in
def page() -> Any:
    """Whether it is on, and what can be done."""
    return render_template("account/two_factor.html", two_factor=gateway().get(PATH).body)


@blueprint.post("/enrolment")
@signed_in
def enrol() -> Any:
    """«Ενεργοποίηση 2FA»: the secret, to be scanned or typed."""
    return two_factor.enrolment(ENROLMENT, FirstCodeForm(formdata=None))


@blueprint.post("/activation")
@signed_in
def activate() -> Any:
    """The first code; a mistyped one costs no new scan."""
    form, status = FirstCodeForm(), 422
    if form.validate():
        try:
            made = gateway().post(f"{PATH}/activation", {"code": form.code.data}).body
        except Problem as problem:
            status = two_factor.refused(form, problem)
        else:
            return two_factor.recovery_codes(made["recovery_codes"], onward=url_for(".page"))
    return two_factor.enrolment(ENROLMENT, form), status


@blueprint.route("/device", methods=["GET", "POST"])
@signed_in
def move() -> Any:
    """To another telephone, with a code of the one before."""

    def act(code: str) -> Any:
        return two_factor.enrolment(ENROLMENT, FirstCodeForm(formdata=None), code=code)

    return _with_a_code("account/two_factor_device.html", act)


@blueprint.route("/recovery-codes", methods=["GET", "POST"])
@signed_in
def renew() -> Any:
    """Ten new ones; those before end."""

    def act(code: str) -> Any:
        made = gateway().post(f"{PATH}/recovery-codes", {"code": code}).body
        return two_factor.recovery_codes(made["recovery_codes"], onward=url_for(".page"))

    return _with_a_code("account/two_factor_renewal.html", act)


@blueprint.route("/deactivation", methods=["GET", "POST"])
@signed_in
def deactivate() -> Any:
    """Off, with a code."""

    def act(code: str) -> Any:
        gateway().post(f"{PATH}/deactivation", {"code": code})
        return redirect(url_for(".page", done="two-factor-off"), 303)

    return _with_a_code("account/two_factor_deactivation.html", act)


@blueprint.post("/recovery-codes/file")
@signed_in
def download() -> Any:
    """By POST: no code in an address."""
    return two_factor.file_of(RecoveryCodesForm())


def _with_a_code(template: str, act: Callable[[str], Any]) -> Any:
    """A page that asks for a code of either kind, and then acts."""
    form, status = CodeForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return act(form.code.data)
            except Problem as problem:
                status = two_factor.refused(form, problem)
    return render_template(template, form=form), status
