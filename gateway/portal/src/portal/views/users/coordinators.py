"""«Διαχειριστές»: who coordinates the institution or one of its units, and who is invited to (S12, S14)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import places
from portal.client import Problem, gateway
from portal.session import mine, signed_in

blueprint = Blueprint("users_coordinators", __name__, url_prefix="/users/coordinators")
COORDINATORS = "/api/v1/coordinators"
ROWS, SEARCH_LENGTH, MOST = (10, 20, 50, 100), 100, 10_000
# What leads back to the same place in the list: the list asked for, and how far into it (`passed`: rows before).
ASKED = ("institution", "search", "rows")
PLACE = (*ASKED, "from", "passed")


@blueprint.get("")
@signed_in
def page() -> Any:
    """The guide's table; the row named `open` shows its details below it."""
    rows = request.args.get("rows", type=int)
    rows = rows if rows in ROWS else ROWS[0]
    search = request.args.get("search", "").strip()[:SEARCH_LENGTH]
    institution = institution_id()
    query = {"search": search, "limit": rows, "cursor": request.args.get("from")}
    found = gateway().get(f"/api/v1/institutions/{institution}/coordinators", query).body
    opened = next((each for each in found["items"] if row_id(each) == request.args.get("open")), None)
    return render_template(
        "users/coordinators.html",
        found=found,
        opened=row_id(opened) if opened else None,
        details=_details(opened["id"]) if opened and not opened["invitation_id"] else None,
        row_id=row_id,
        rows=rows,
        sizes=ROWS,
        search=search,
        passed=_passed(),
        place=place(),
        asked={name: value for name, value in place().items() if name in ASKED},
        institution=foreign_institution(),
    )


@blueprint.get("/<uuid:id>")
@signed_in
def view(id: UUID) -> Any:
    """«Προβολή»."""
    return render_template("users/coordinator.html", person=_details(id), place=place())


@blueprint.route("/<uuid:id>/demotion", methods=["GET", "POST"])
@signed_in
def demote(id: UUID) -> Any:
    """«Μετατροπή σε απλό χρήστη», asked on a page of its own."""
    if request.method == "POST":
        try:
            gateway().post(f"{COORDINATORS}/{id}/demotion")
        except Problem as problem:
            if problem.type != "not-a-coordinator":
                raise
            return back("coordinator-no-longer")
        return back("demoted")
    person = _details(id)
    if "demote" not in person["may"]:
        raise Problem(403, "forbidden")
    return render_template("users/demotion.html", person=person, place=place())


def institution_id() -> str:
    """The one named in the address, for those who run the platform; else the own."""
    if named := request.args.get("institution"):
        try:
            return str(UUID(named))
        except ValueError:
            raise Problem(404, "not-found") from None
    membership = mine().membership
    if membership is None:
        raise Problem(403, "forbidden")
    return str(membership["institution_id"])


def foreign_institution() -> str | None:
    """The name of an institution that is not the own one, so that nobody mistakes it."""
    if "institution" not in request.args:
        return None
    return places.institution_name({"institution_id": institution_id()})


def row_id(coordinator: dict[str, Any]) -> str:
    """Who is only invited is nobody's account yet."""
    return str(coordinator["invitation_id"] or coordinator["id"])


def place() -> dict[str, Any]:
    """Where in the list this page was come to from, for the addresses that lead back."""
    return {name: value for name in PLACE if (value := request.args.get(name))}


def back(done: str, *, opened: UUID | None = None) -> Response:
    """To the list, where one was, with what became of it said above."""
    anchor = f"row-{opened}" if opened else None
    return redirect(url_for("users_coordinators.page", **place(), open=opened, done=done, _anchor=anchor), 303)


def _details(id: str | UUID) -> dict[str, Any]:
    found: dict[str, Any] = gateway().get(f"{COORDINATORS}/{id}").body
    return found


def _passed() -> int:
    """How many rows came before: the cursor says where a page begins, not which place that is."""
    if not request.args.get("from"):
        return 0
    return min(max(request.args.get("passed", 0, type=int), 0), MOST)
