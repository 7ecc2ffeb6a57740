"""«Φορέας» (S17): the own institution of its coordinators, and any for platform administrators."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from portal.client import Problem, gateway
from portal.session import mine, signed_in

blueprint = Blueprint("institution", __name__, url_prefix="/institution")
INSTITUTIONS = "/api/v1/institutions"
PEOPLE, UNITS = 20, 200


@blueprint.get("")
@signed_in
def page() -> Any:
    own = mine().membership
    if own is None:
        raise Problem(403, "forbidden")
    return shown(own["institution_id"])


def shown(id: str) -> str:
    """Data, key figures, units and people of one; what may be done with it, the service says."""
    path, search = f"{INSTITUTIONS}/{id}", request.args.get("search", "").strip()[:100]
    people = {"search": search, "limit": PEOPLE, "cursor": request.args.get("from")}
    units = {"state": "all", "limit": UNITS, "cursor": request.args.get("units_from")}
    return render_template(
        "institution/page.html",
        institution=gateway().get(path).body,
        figures=gateway().get(f"{path}/figures").body,
        units=gateway().get(f"{path}/units", units).body,
        people=gateway().get(f"{path}/people", people).body,
        search=search,
    )


def address(id: str, **more: Any) -> str:
    """Where the person in hand sees this institution."""
    own = mine().membership
    if own is not None and own["institution_id"] == id and own["role"] == "institution_coordinator":
        return url_for("institution.page", **more)
    return url_for("admin_institutions.institution", id=id, **more)
