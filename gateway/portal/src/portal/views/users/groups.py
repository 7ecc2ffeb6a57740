"""«Ομάδες»: the groups of users that a coordinator invites together (S30)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from chassis.text import folded
from portal import problems
from portal.client import Problem, gateway
from portal.forms.groups import EditGroupForm, MemberForm
from portal.session import signed_in

blueprint = Blueprint("users_groups", __name__, url_prefix="/users/groups")
GROUPS = "/api/v1/groups"
SHOWN, MOST = 50, 200


def mine() -> list[dict[str, Any]]:
    """All of this coordinator's by name, to choose from; nobody may have more than one page of them."""
    items: list[dict[str, Any]] = gateway().get(GROUPS, {"limit": MOST}).body["items"]
    return sorted(items, key=lambda group: folded(group["name"]))


@blueprint.get("")
@signed_in
def page() -> Any:
    """The guide's table."""
    groups = gateway().get(GROUPS, {"limit": SHOWN, "cursor": request.args.get("from")}).body
    return render_template("users/groups.html", groups=groups)


@blueprint.route("/<uuid:id>", methods=["GET", "POST"])
@signed_in
def edit(id: UUID) -> Any:
    """Name and description; below, who is in it."""
    if request.method != "POST":
        return _show(id)
    form = EditGroupForm()
    if form.validate():
        try:
            gateway().patch(f"{GROUPS}/{id}", form.wanted(), etag=form.etag.data or '"0"')
        except Problem as problem:
            if problem.status == 412:
                return _show(id, form, stale=True)
            problems.onto(form, problem)
        else:
            return redirect(url_for(".edit", id=id, done="saved"), 303)
    return _show(id, form)


@blueprint.post("/<uuid:id>/found")
@signed_in
def find(id: UUID) -> Any:
    """Who has this address: shown before they are added. By post: an address has no place in one."""
    form = MemberForm()
    if not form.validate():
        return _show(id, member=form)
    found = gateway().get("/api/v1/people", {"search": form.email.data}).body["items"]
    if not found:
        form.email.errors = [*form.email.errors, _("Δεν βρέθηκε χρήστης με αυτό το email.")]
    return _show(id, member=form, found=found[0] if found else None)


@blueprint.post("/<uuid:id>/members")
@signed_in
def add(id: UUID) -> Any:
    form = MemberForm()
    if form.validate():
        try:
            answer = gateway().post(f"{GROUPS}/{id}/members", {"email": form.email.data})
        except Problem as problem:
            problems.onto(form, problem)
        else:
            done = "member-added" if answer.status == 201 else "member-already"
            return redirect(url_for(".edit", id=id, done=done, _anchor="members"), 303)
    return _show(id, member=form)


@blueprint.post("/<uuid:id>/members/<uuid:mid>/removal")
@signed_in
def remove(id: UUID, mid: UUID) -> Any:
    """Not asked again: nobody is told, and adding undoes it."""
    gateway().delete(f"{GROUPS}/{id}/members/{mid}")
    return redirect(url_for(".edit", id=id, done="member-removed", _anchor="members"), 303)


@blueprint.route("/<uuid:id>/deletion", methods=["GET", "POST"])
@signed_in
def delete(id: UUID) -> Any:
    """Asked on a page of its own."""
    if request.method == "POST":
        gateway().delete(f"{GROUPS}/{id}")
        return redirect(url_for(".page", done="group-deleted"), 303)
    return render_template("users/group_deletion.html", group=gateway().get(f"{GROUPS}/{id}").body)


def _show(
    id: UUID,
    form: EditGroupForm | None = None,
    *,
    stale: bool = False,
    member: MemberForm | None = None,
    found: dict[str, Any] | None = None,
) -> Any:
    """The page of a group, with a form that was not accepted if there is one."""
    answer = gateway().get(f"{GROUPS}/{id}")
    group = answer.body
    form = form or EditGroupForm(formdata=None, data=group)
    member = member or MemberForm(formdata=None)
    if stale:
        form.problems.append(
            _(
                "Η ομάδα άλλαξε στο μεταξύ: τώρα λέγεται «%(name)s», με περιγραφή «%(description)s». Αν αποθηκεύσετε "
                "ξανά, ισχύουν τα δικά σας.",
                name=group["name"],
                description=group["description"],
            )
        )
    if stale or request.method != "POST" or form.etag.data is None:
        form.etag.data = answer.etag  # saving again now means: mine, knowing what is stored
    already = found is not None and found["person_id"] in {each["person_id"] for each in group["members"]}
    shown = render_template("users/group.html", group=group, form=form, member=member, found=found, already=already)
    return shown, 412 if stale else 422 if form.wrong or member.wrong else 200
