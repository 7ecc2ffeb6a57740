"""Those invited to coordinate, until they accept: invited, mailed again, taken back, recognised (S13)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import problems
from portal.client import Problem, gateway
from portal.forms.coordinator import CoordinatorForm
from portal.session import mine, signed_in
from portal.views.users.coordinators import back, foreign_institution, institution_id, place

blueprint = Blueprint("users_coordinator_invitations", __name__, url_prefix="/users/coordinators/invitations")
INVITATIONS = "/api/v1/coordinator-invitations"
A_PAGE = 200
ABOUT_THE_ADDRESS = {"coordinator-already-invited", "already-coordinator"}
# What somebody did meanwhile is said above the list, which shows how things are now.
FORESTALLED = {"coordinator-invitation-closed": "invitation-closed", "sent-a-moment-ago": "invitation-just-sent"}


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in
def create() -> Any:
    """«+Προσθήκη Συντονιστή Οργανικής Μονάδας»; those who run the platform may offer the higher role, too."""
    form = CoordinatorForm()
    institution = institution_id()
    form.offer(institution, every_role=mine().administers)
    if request.method == "POST" and form.validate():
        try:
            invitations = f"/api/v1/institutions/{institution}/coordinator-invitations"
            gateway().post(invitations, form.wanted(), idempotency_key=form.request_key.data)
        except Problem as problem:
            _onto(form, problem)
        else:
            return redirect(
                url_for(
                    "users_coordinators.page", institution=request.args.get("institution"), done="coordinator-asked"
                ),
                303,
            )
    shown = render_template("users/new_coordinator.html", form=form, place=place(), institution=foreign_institution())
    return shown, 422 if form.wrong else 200


@blueprint.post("/<uuid:id>/resend")
@signed_in
def resend(id: UUID) -> Any:
    return _done(gateway().post, f"{INVITATIONS}/{id}/resend", id, "coordinator-asked-again")


@blueprint.post("/<uuid:id>/confirmation")
@signed_in
def confirm(id: UUID) -> Any:
    """«Ναι, είναι αυτός/ή που κάλεσα»: asked in the row, which shows both surnames."""
    return _done(gateway().post, f"{INVITATIONS}/{id}/confirmation", id, "coordinator-recognised")


@blueprint.route("/<uuid:id>/withdrawal", methods=["GET", "POST"])
@signed_in
def revoke(id: UUID) -> Any:
    """Asked on a page of its own; «Όχι» to another surname needs none, the row has asked."""
    if request.method == "POST":
        return _done(gateway().delete, f"{INVITATIONS}/{id}", id, "coordinator-uninvited")
    invited = _invited(id)
    if invited is None:
        return back(FORESTALLED["coordinator-invitation-closed"])
    return render_template("users/invitation_withdrawal.html", invited=invited, place=place())


def _done(act: Callable[[str], object], path: str, id: UUID, done: str) -> Response:
    try:
        act(path)
    except Problem as problem:
        if problem.type not in FORESTALLED:
            raise
        done = FORESTALLED[problem.type]
    return back(done, opened=id)


def _invited(id: UUID) -> dict[str, Any] | None:
    """Found among those of the institution who have not accepted: few enough to look through."""
    cursor = None
    while True:
        query = {"limit": A_PAGE, "cursor": cursor}
        found = gateway().get(f"/api/v1/institutions/{institution_id()}/coordinator-invitations", query).body
        for each in found["items"]:
            if each["invitation_id"] == str(id):
                return dict(each)
        if not (cursor := found["next"]):
            return None


def _onto(form: CoordinatorForm, problem: Problem) -> None:
    """Two of them are about the address, and say what to do instead."""
    if problem.type in ABOUT_THE_ADDRESS:
        title, advice = problems.words(problem)
        form.email.errors = [f"{title}. {advice}"]
    else:
        problems.onto(form, problem)
