"""The units of an institution: made, renamed, closed; closing is asked once more, and says what stands against it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request

from portal import problems
from portal.client import Answer, Problem, gateway
from portal.forms.institution import NewUnitForm, UnitForm
from portal.session import signed_in
from portal.views.institution import INSTITUTIONS, address

blueprint = Blueprint("institution_units", __name__)
IN_USE = "unit-in-use"


@blueprint.route("/institutions/<uuid:id>/units/new", methods=["GET", "POST"])
@signed_in
def create(id: UUID) -> Any:
    form = NewUnitForm()
    form.begin()
    if request.method == "POST" and form.validate():
        path, body = f"{INSTITUTIONS}/{id}/units", {"name": form.name.data}
        try:
            gateway().post(path, body, idempotency_key=form.request_key.data)
        except Problem as problem:
            problems.onto(form, problem)
        else:
            return redirect(address(str(id), done="unit-created"), 303)
    institution = gateway().get(f"{INSTITUTIONS}/{id}").body
    _ensure("add_unit", institution)
    back = address(str(id))
    shown = render_template("institution/new_unit.html", form=form, institution=institution, back=back)
    return shown, 422 if form.wrong else 200


@blueprint.route("/units/<uuid:id>", methods=["GET", "POST"])
@signed_in
def rename(id: UUID) -> Any:
    answer = _unit(id)
    _ensure("rename", answer.body)
    form = UnitForm(data={"name": answer.body["name"]})
    if request.method != "POST":
        form.etag.data = answer.etag
    elif form.validate():
        try:
            gateway().patch(_path(id), {"name": form.name.data}, etag=form.etag.data or '"0"')
        except Problem as problem:
            if problem.status != 412:
                problems.onto(form, problem)
            else:
                form.problems.append(str(problems.words(problem)[0]))
                form.etag.data = answer.etag  # saving again now means: mine, knowing what is stored
        else:
            return redirect(address(answer.body["institution_id"], done="unit-renamed"), 303)
    back = address(answer.body["institution_id"])
    shown = render_template("institution/unit.html", form=form, unit=answer.body, back=back)
    return shown, 422 if form.wrong else 200


@blueprint.route("/units/<uuid:id>/closure", methods=["GET", "POST"])
@signed_in
def close(id: UUID) -> Any:
    refused = False
    if request.method == "POST":
        unit = _unit(id).body
        try:
            gateway().delete(_path(id))
        except Problem as problem:
            if problem.type != IN_USE:
                raise
            refused = True
        else:
            return redirect(address(unit["institution_id"], done="unit-closed"), 303)
    unit = _unit(id).body
    _ensure("close", unit)
    shown = render_template("institution/unit_closure.html", unit=unit, back=address(unit["institution_id"]))
    return shown, 409 if refused else 200


def _path(id: UUID) -> str:
    return f"/api/v1/units/{id}"


def _unit(id: UUID) -> Answer:
    return gateway().get(_path(id))


def _ensure(act: str, thing: dict[str, Any]) -> None:
    """A page that could only fail is not shown."""
    if act not in thing["may"]:
        raise Problem(403, "forbidden")
