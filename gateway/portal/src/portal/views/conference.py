"""One conference: its facts, its participants, what may be done; and its edit page."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for

from portal import places, problems
from portal.client import Problem, gateway
from portal.forms.conferences import EditForm
from portal.forms.groups import GroupsForm
from portal.forms.people import GuestForm, InvitationsForm
from portal.session import mine, signed_in
from portal.views.users import groups as my_groups

blueprint = Blueprint("conference", __name__, url_prefix="/conferences/<uuid:id>")
SEARCH_FROM = 3


@blueprint.get("")
@signed_in
def page(id: UUID) -> Any:
    """The page of a conference."""
    return show(id)


def show(
    id: UUID,
    guest: GuestForm | None = None,
    invitations: InvitationsForm | None = None,
    groups: GroupsForm | None = None,
) -> Any:
    """The page, with a form that was not accepted if there is one."""
    conference = gateway().get(f"/api/v1/conferences/{id}").body
    participants = None
    if {"participants", "live"} & set(conference["may"]):
        page_of = {"limit": 200, "cursor": request.args.get("participants_from")}
        participants = gateway().get(f"/api/v1/conferences/{id}/participants", page_of).body
    search = request.args.get("search", "").strip()
    guest, invitations = guest or GuestForm(formdata=None), invitations or InvitationsForm(formdata=None)
    groups = groups or GroupsForm(formdata=None)
    for form in (guest, invitations, groups):
        form.request_key.data = str(uuid4())
    if "participants" in conference["may"] and mine().coordinates:
        groups.group_ids.offer(my_groups.mine())
    return render_template(
        "conference.html",
        conference=conference,
        institution=places.institution_name(conference),
        unit=places.unit_name(conference),
        participants=participants,
        guest=guest,
        invitations=invitations,
        groups=groups,
        search=search,
        found=_found(search) if "participants" in conference["may"] else None,
        search_key=str(uuid4()),
    ), 422 if guest.wrong or invitations.wrong or groups.wrong else 200


def _found(search: str) -> list[dict[str, Any]] | None:
    if len(search) < SEARCH_FROM:
        return None
    items: list[dict[str, Any]] = gateway().get("/api/v1/people", {"search": search[:100]}).body["items"]
    return items


@blueprint.route("/edit", methods=["GET", "POST"])
@signed_in
def edit(id: UUID) -> Any:
    """All but the times; a change that crossed another one is explained and loses nothing."""
    answer = gateway().get(f"/api/v1/conferences/{id}")
    stored = answer.body
    form = EditForm(data=stored | {"capacity": str(stored["capacity"]), "unit_id": stored["unit_id"] or ""})
    form.unit_id.choices = places.for_editing(stored, mine())
    if request.method != "POST":
        form.etag.data = answer.etag
        return render_template("edit.html", form=form, conference=stored, stale=False)
    stale = False
    if form.validate_on_submit():
        try:
            gateway().patch(f"/api/v1/conferences/{id}", form.details(), etag=form.etag.data or '"0"')
        except Problem as problem:
            stale = problem.status == 412
            if stale:
                form.problems.append(str(problems.words(problem)[0]))
                form.etag.data = answer.etag  # saving again now means: mine, knowing theirs
            else:
                problems.onto(form, problem)
        else:
            return redirect(url_for(".page", id=id, done="saved"), 303)
    return render_template("edit.html", form=form, conference=stored, stale=stale), 412 if stale else 422
