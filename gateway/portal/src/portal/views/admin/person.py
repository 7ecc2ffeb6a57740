"""One person: why they cannot sign in, and what an administrator can do about it (O6). Each act asks once more."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import problems
from portal.client import Answer, Problem, gateway
from portal.forms.admin import CommentForm, DisablementForm
from portal.views.admin.area import for_administrators

blueprint = Blueprint("admin_person", __name__, url_prefix="/admin/people/<uuid:id>")


@blueprint.route("", methods=["GET", "POST"])
@for_administrators
def page(id: UUID) -> Any:
    answer = _person(id)
    form = CommentForm(data={"admin_comment": answer.body["admin_comment"]})
    if request.method != "POST":
        form.etag.data = answer.etag
    elif form.validate():
        comment = {"admin_comment": form.admin_comment.data or None}
        try:
            gateway().patch(f"/api/v1/admin/people/{id}", comment, etag=form.etag.data or '"0"')
        except Problem as problem:
            if problem.status != 412:
                problems.onto(form, problem)
            form.problems.append(str(problems.words(problem)[0]))
            form.etag.data = answer.etag  # saving again now means: mine, knowing what is stored
        else:
            return redirect(url_for(".page", id=id, done="saved"), 303)
    shown = render_template("admin/person.html", person=answer.body, form=form)
    return shown, 422 if form.wrong else 200


@blueprint.route("/disablement", methods=["GET", "POST"])
@for_administrators
def disable(id: UUID) -> Any:
    form = DisablementForm()
    if request.method == "POST" and form.validate():
        try:
            gateway().post(f"/api/v1/admin/people/{id}/disablement", {"reason": form.reason.data})
        except Problem as problem:
            problems.onto(form, problem)
        else:
            return _back(id, "person-disabled")
    shown = render_template("admin/disablement.html", person=_person(id).body, form=form)
    return shown, 422 if form.wrong else 200


@blueprint.route("/enablement", methods=["GET", "POST"])
@for_administrators
def enable(id: UUID) -> Any:
    if request.method == "POST":
        gateway().post(f"/api/v1/admin/people/{id}/enablement")
        return _back(id, "person-enabled")
    return render_template("admin/enablement.html", person=_person(id).body)


@blueprint.route("/two-factor-reset", methods=["GET", "POST"])
@for_administrators
def reset_two_factor(id: UUID) -> Any:
    if request.method == "POST":
        gateway().post(f"/api/v1/admin/people/{id}/two-factor/reset")
        return _back(id, "two-factor-reset")
    return render_template("admin/two_factor_reset.html", person=_person(id).body)


def _person(id: UUID) -> Answer:
    return gateway().get(f"/api/v1/admin/people/{id}")


def _back(id: UUID, done: str) -> Response:
    return redirect(url_for("admin_person.page", id=id, done=done), 303)
