"""Entering as somebody signed in (S26): as a participant or manager, or as the host."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask_babel import gettext as _

from portal.client import Problem, gateway
from portal.session import signed_in
from portal.views.onward import onward

blueprint = Blueprint("conferences_meeting", __name__, url_prefix="/conferences/<uuid:id>")


@blueprint.post("/join")
@signed_in
def join(id: UUID) -> Any:
    """«Σύνδεση» from the list."""
    return _enter(id, "join", "join_url")


@blueprint.post("/host-start")
@signed_in
def host_start(id: UUID) -> Any:
    """Start as the host, by a link read fresh and kept nowhere."""
    return _enter(id, "host-start", "start_url")


def _enter(id: UUID, way: str, link: str) -> Any:
    try:
        answer = gateway().post(f"/api/v1/conferences/{id}/{way}").body
    except Problem as problem:
        if problem.type == "room-preparing":
            wait = problem.retry_after or 5
            return render_template("preparing.html", id=id, way=way), 503, {"Retry-After": str(wait)}
        raise
    return entering(answer[link])


def entering(address: str) -> Any:
    """«Μπαίνετε…», the last page of ours before the meeting."""
    return onward(
        address,
        _("Μπαίνετε στην τηλεδιάσκεψη"),
        _("Σε λίγο ανοίγει η τηλεδιάσκεψη. Αν δεν ανοίξει μόνη της, πατήστε το κουμπί."),
        _("Άνοιγμα τηλεδιάσκεψης"),
    )
