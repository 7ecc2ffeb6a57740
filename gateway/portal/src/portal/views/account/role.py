"""«Αίτημα αλλαγής ρόλου» (S8): ask for a role, see what became of it, withdraw it, step down."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from portal import phones, problems, roles
from portal.client import Problem, gateway
from portal.forms.role_request import RoleRequestForm
from portal.session import signed_in

blueprint = Blueprint("account_role", __name__, url_prefix="/account/role")
REQUESTS = "/api/v1/role-requests"
SHOWN = 10


@blueprint.route("", methods=["GET", "POST"])
@signed_in
def page() -> Any:
    """The form, or why there is none; my requests; the roles below mine."""
    options = gateway().get("/api/v1/role-request-options").body
    form = None
    if options["institutions"]:
        form = RoleRequestForm(data=_known() if request.method == "GET" else None)
        form.offer(options["institutions"])
    if request.method == "POST" and form is None:
        raise problems.foreseen(options["reason"], roles.OBSTACLES[options["reason"]])
    if form is not None and request.method == "POST" and form.validate():
        try:
            gateway().post(REQUESTS, form.asked(options["institutions"]), idempotency_key=form.request_key.data)
        except Problem as problem:
            problems.onto(form, problem)
        else:
            return redirect(url_for(".page", done="role-asked"), 303)
    mine = gateway().get(REQUESTS, {"state": "mine", "limit": SHOWN, "cursor": request.args.get("from")}).body
    shown = render_template("account/role.html", form=form, options=options, mine=mine)
    return shown, 422 if form is not None and form.wrong else 200


def _known() -> dict[str, Any]:
    """The phone of the first tab, if there is one, as a proposal."""
    return {"phone": phones.shown(gateway().get("/api/v1/account").body["phone"])}


@blueprint.route("/requests/<uuid:id>/withdrawal", methods=["GET", "POST"])
@signed_in
def withdraw(id: UUID) -> Any:
    """Asked on a page of its own."""
    if request.method == "POST":
        gateway().delete(f"{REQUESTS}/{id}")
        return redirect(url_for(".page", done="role-withdrawn"), 303)
    found = gateway().get(f"{REQUESTS}/{id}").body
    if found["state"] != "open":
        raise problems.foreseen("role-request-closed", roles.CLOSED)
    return render_template("account/role_withdrawal.html", asked=found)


@blueprint.route("/step-down", methods=["GET", "POST"])
@signed_in
def step_down() -> Any:
    """The role chosen on the tab is asked again here, with what it means."""
    wanted = (request.form if request.method == "POST" else request.args).get("role", "")
    options = gateway().get("/api/v1/role-request-options").body
    if wanted not in options["step_down"]:
        raise problems.foreseen("not-a-step-down", roles.NOT_LOWER)
    if request.method == "POST":
        gateway().post("/api/v1/account/step-down", {"role": wanted})
        return redirect(url_for(".page", done="stepped-down"), 303)
    return render_template("account/step_down.html", role=wanted, options=options, planned=_left_behind(wanted))


def _left_behind(role: str) -> int:
    """How many planned conferences of mine would be without coordinator: none while I stay one."""
    if role in roles.COORDINATING:
        return 0
    mine = {"scope": "planned", "as": "coordinator", "limit": 1}
    try:
        page = gateway().get("/api/v1/conferences", mine).body
    except Problem as problem:
        if problem.status < 500:
            raise
        return 0  # the page says without a number what becomes of them
    return int(page.get("total", 0))
