"""Cancelling before the start, ending after it: each asked on a page of its own."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from portal.client import Problem, gateway
from portal.session import signed_in

blueprint = Blueprint("conferences_ending", __name__, url_prefix="/conferences/<uuid:id>")


@blueprint.route("/cancellation", methods=["GET", "POST"])
@signed_in
def cancel(id: UUID) -> Any:
    """For good; those invited are told."""
    if request.method == "POST":
        gateway().delete(f"/api/v1/conferences/{id}")
        return redirect(url_for("conferences.page", done="cancelled"), 303)
    return render_template("cancellation.html", conference=_allowing(id, "cancel"))


@blueprint.route("/end", methods=["GET", "POST"])
@signed_in
def end(id: UUID) -> Any:
    """Everybody is disconnected."""
    if request.method == "POST":
        gateway().post(f"/api/v1/conferences/{id}/end")
        return redirect(url_for("conference.page", id=id, done="ended"), 303)
    return render_template("end.html", conference=_allowing(id, "end"))


def _allowing(id: UUID, act: str) -> dict[str, Any]:
    """The conference, if this act is possible now: nobody is asked to confirm what will be refused."""
    conference: dict[str, Any] = gateway().get(f"/api/v1/conferences/{id}").body
    if act not in conference["may"]:
        over = conference["state"] in ("ended", "cancelled")
        raise Problem(409, "conference-over") if over else Problem(403, "forbidden")
    return conference
