"""The usage report (S28) and its workbook (S29)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for

from portal import problems
from portal.client import Problem, gateway
from portal.forms.groups import NewGroupForm
from portal.session import signed_in

blueprint = Blueprint("conferences_report", __name__, url_prefix="/conferences/<uuid:id>")
CHUNK_BYTES = 64 * 1024


@blueprint.get("/report")
@signed_in
def page(id: UUID) -> Any:
    """«Αναφορά Χρήσης»."""
    return render_template("report.html", id=id, report=gateway().get(f"/api/v1/conferences/{id}/report").body)


@blueprint.get("/report.xlsx")
@signed_in
def workbook(id: UUID) -> Any:
    """«Εξαγωγή σε Excel», handed on as it comes."""
    file = gateway().stream(f"/api/v1/conferences/{id}/report.xlsx")

    def chunks() -> Any:
        with file:
            yield from file.iter_content(CHUNK_BYTES)

    headers = {"Content-Disposition": file.headers.get("Content-Disposition", 'attachment; filename="report.xlsx"')}
    return Response(stream_with_context(chunks()), mimetype=file.headers["Content-Type"], headers=headers)


@blueprint.route("/report/group", methods=["GET", "POST"])
@signed_in
def make_group(id: UUID) -> Any:
    """«Δημιουργία ομάδας χρηστών»: who will be in it is counted before (S30)."""
    report = gateway().get(f"/api/v1/conferences/{id}/report").body
    form = NewGroupForm()
    if request.method == "POST" and form.validate():
        wanted = form.wanted()
        key = form.request_key.for_body(wanted)
        try:
            made = gateway().post(f"/api/v1/conferences/{id}/report/group", wanted, idempotency_key=key)
        except Problem as problem:
            problems.onto(form, problem)
        else:
            return redirect(url_for("users_groups.edit", id=made.body["id"], done="group-created"), 303)
    with_account = sum(not (each["guest"] or each["deleted"]) for each in report["participants"])
    shown = render_template("report_group.html", id=id, report=report, form=form, with_account=with_account)
    return shown, 422 if form.wrong else 200
