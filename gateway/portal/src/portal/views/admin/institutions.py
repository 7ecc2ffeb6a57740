"""«Φορείς»: all institutions, made, changed, closed and opened again by platform administrators (O6)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from portal import problems
from portal.client import Problem, gateway
from portal.forms.institution import InstitutionForm, NewInstitutionForm
from portal.views.admin.area import for_administrators
from portal.views.institution import INSTITUTIONS, shown

blueprint = Blueprint("admin_institutions", __name__, url_prefix="/admin/institutions")
ROWS = 50
IN_USE = "institution-in-use"


@blueprint.get("")
@for_administrators
def page() -> Any:
    search = request.args.get("search", "").strip()[:100]
    query = {"search": search, "state": "all", "limit": ROWS, "cursor": request.args.get("from")}
    found = gateway().get(INSTITUTIONS, query).body
    return render_template("admin/institutions.html", institutions=found, search=search)


@blueprint.route("/new", methods=["GET", "POST"])
@for_administrators
def create() -> Any:
    form = NewInstitutionForm()
    form.begin()
    if request.method == "POST" and form.validate():
        try:
            made = gateway().post(INSTITUTIONS, form.wanted(), idempotency_key=form.request_key.data).body
        except Problem as problem:
            problems.onto(form, problem)
        else:
            return redirect(url_for(".institution", id=made["id"], done="institution-created"), 303)
    return render_template("admin/new_institution.html", form=form), 422 if form.wrong else 200


@blueprint.get("/<uuid:id>")
@for_administrators
def institution(id: UUID) -> Any:
    return shown(str(id))


@blueprint.route("/<uuid:id>/edit", methods=["GET", "POST"])
@for_administrators
def edit(id: UUID) -> Any:
    answer = gateway().get(_path(id))
    form = InstitutionForm()
    if request.method != "POST":
        form.show(answer.body)
        form.etag.data = answer.etag
    elif form.validate():
        try:
            gateway().patch(_path(id), form.wanted(), etag=form.etag.data or '"0"')
        except Problem as problem:
            if problem.status != 412:
                problems.onto(form, problem)
            else:
                form.problems.append(str(problems.words(problem)[0]))
                form.etag.data = answer.etag  # saving again now means: mine, knowing what is stored
        else:
            return redirect(url_for(".institution", id=id, done="saved"), 303)
    page = render_template("admin/institution_edit.html", form=form, institution=answer.body)
    return page, 422 if form.wrong else 200


@blueprint.route("/<uuid:id>/closure", methods=["GET", "POST"])
@for_administrators
def close(id: UUID) -> Any:
    uses: dict[str, int] = {}
    if request.method == "POST":
        try:
            gateway().post(f"{_path(id)}/closure")
        except Problem as problem:
            if problem.type != IN_USE:
                raise
            uses = problem.facts["uses"]
        else:
            return redirect(url_for(".institution", id=id, done="institution-closed"), 303)
    found = gateway().get(_path(id)).body
    return render_template("admin/institution_closure.html", institution=found, uses=uses), 409 if uses else 200


@blueprint.route("/<uuid:id>/reopening", methods=["GET", "POST"])
@for_administrators
def reopen(id: UUID) -> Any:
    if request.method == "POST":
        gateway().post(f"{_path(id)}/reopening")
        return redirect(url_for(".institution", id=id, done="institution-reopened"), 303)
    return render_template("admin/institution_reopening.html", institution=gateway().get(_path(id)).body)


def _path(id: UUID) -> str:
    return f"{INSTITUTIONS}/{id}"
