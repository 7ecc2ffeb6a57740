"""Who is connected now (S27, first form)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, make_response, render_template, request

from portal.client import gateway
from portal.session import signed_in

blueprint = Blueprint("conferences_live", __name__, url_prefix="/conferences/<uuid:id>/live")


@blueprint.get("")
@signed_in
def page(id: UUID) -> Any:
    """The page; a script asks for the list again, without one a link does."""
    conference = gateway().get(f"/api/v1/conferences/{id}").body
    answer = gateway().get(f"/api/v1/conferences/{id}/live")
    return render_template("live.html", conference=conference, live=answer.body, etag=answer.etag)


@blueprint.get("/list")
def people(id: UUID) -> Any:
    """The list alone, for the script; 304 when nothing changed. It must not keep the session alive."""
    g.session = None  # no menu here, so nobody need be asked who this is
    etag = request.headers.get("If-None-Match")
    answer = gateway().get(f"/api/v1/conferences/{id}/live", polling=True, etag=etag)
    if answer.status == 304:
        return "", 304
    response = make_response(render_template("live_list.html", live=answer.body))
    if answer.etag:
        response.headers["ETag"] = answer.etag
    response.headers["X-Next-Interval"] = str(answer.body["next_interval_seconds"])
    return response
