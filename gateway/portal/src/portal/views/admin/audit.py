"""The audit trail of each service: filtered, and held to its chain (R6)."""

from typing import Any

from flask import Blueprint, render_template, request

from portal import data_words, problems
from portal.client import Problem, gateway
from portal.forms.admin import SERVICES, TrailForm
from portal.views.admin.area import for_administrators

blueprint = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")
ROWS = 50


@blueprint.get("")
@for_administrators
def page() -> Any:
    form = TrailForm(request.args)
    service, found = _service(), None
    if form.validate():
        query = {**form.filters(), "limit": ROWS, "cursor": request.args.get("from")}
        try:
            found = gateway().get(f"/api/v1/admin/audit/{service}", query).body
        except Problem as problem:
            problems.onto(form, problem)
    given = {"form": form, "trail": found, "service": service, "older": _older(found), "shown": data_words.shown}
    return render_template("admin/audit.html", **given), 422 if form.wrong else 200


@blueprint.get("/verification")
@for_administrators
def verify() -> Any:
    """A portion a page, each leading to the next by itself or by its link."""
    service = _service()
    query = {"after": request.args.get("after"), "previous": request.args.get("previous")}
    verdict = gateway().get(f"/api/v1/admin/audit/{service}/verification", query).body
    return render_template("admin/verification.html", verdict=verdict, service=service)


def _older(found: dict[str, Any] | None) -> dict[str, str] | None:
    """The same question, from where this page ends."""
    if found is None or found["next"] is None:
        return None
    return {name: value for name, value in request.args.items() if value} | {"from": found["next"]}


def _service() -> str:
    asked = request.args.get("service", "")
    return asked if asked in SERVICES else next(iter(SERVICES))
