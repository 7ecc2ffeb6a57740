"""Finding people: by number, address, name; by ΑΦΜ through a form, so that no address holds one."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from portal import problems
from portal.client import Problem, gateway
from portal.forms.admin import TaxIdForm
from portal.views.admin.area import for_administrators

blueprint = Blueprint("admin_people", __name__, url_prefix="/admin/people")
ROWS = 50


@blueprint.get("")
@for_administrators
def page() -> Any:
    return _page(TaxIdForm())


@blueprint.post("/lookup")
@for_administrators
def look_up() -> Any:
    form = TaxIdForm()
    if form.validate():
        try:
            found = gateway().post("/api/v1/admin/people-lookups", {"tax_id": form.tax_id.data}).body
        except Problem as problem:
            if problem.status != 404:
                problems.onto(form, problem)
            else:
                form.tax_id.errors = [form.nobody]
        else:
            return redirect(url_for("admin_person.page", id=found["id"]), 303)
    form.tax_id.data = ""  # it stays on no page
    return _page(form), 422


def _page(form: TaxIdForm) -> str:
    search = request.args.get("search", "").strip()[:254]
    query = {"search": search, "limit": ROWS, "cursor": request.args.get("from")}
    found = gateway().get("/api/v1/admin/people", query).body
    return render_template("admin/people.html", people=found, search=search, form=form)
