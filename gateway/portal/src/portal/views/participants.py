"""Who takes part: adding, removing, inviting (S22)."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal import problems
from portal.client import Problem, gateway
from portal.forms.groups import GroupsForm
from portal.forms.people import GuestForm, InvitationsForm, PersonForm
from portal.session import signed_in
from portal.views.conference import show

blueprint = Blueprint("conferences_participants", __name__, url_prefix="/conferences/<uuid:id>/participants")


@blueprint.post("")
@signed_in
def add(id: UUID) -> Any:
    """One person: found by name, or by address."""
    if request.form.get("person_id"):
        form = PersonForm()
        try:
            return _added(id, {"person_id": form.person_id.data}, form.request_key.data)
        except NotAdded:
            return redirect(url_for("conference.page", id=id, done="person-gone", _anchor="participants"), 303)
    guest = GuestForm()
    if guest.validate():
        person = {"email": guest.email.data, "account": "invite" if guest.invite.data else "guest"}
        if guest.guest_name.data:
            person["name"] = guest.guest_name.data
        try:
            return _added(id, person, guest.request_key.data)
        except Problem as problem:
            problems.onto(guest, problem, {"/people/0/email": "email", "/people/0/name": "guest_name"})
        except NotAdded as refused:
            guest.email.errors = [*guest.email.errors, str(refused)]
    return show(id, guest=guest)


class NotAdded(Exception):
    """The outcome, in words."""


def _added(id: UUID, person: dict[str, Any], key: str | None) -> Any:
    body = {"people": [person]}
    result = gateway().post(f"/api/v1/conferences/{id}/participants", body, idempotency_key=key).body["results"][0]
    if result["outcome"] == "invalid":
        raise NotAdded(_("Γράψτε μια διεύθυνση email όπως name@example.gr."))
    return redirect(url_for("conference.page", id=id, done=result["outcome"], _anchor="participants"), 303)


@blueprint.post("/groups")
@signed_in
def add_groups(id: UUID) -> Any:
    """Everybody in the groups ticked (S30)."""
    form = GroupsForm()
    if not form.group_ids.data:
        form.group_ids.errors = [_("Επιλέξτε τουλάχιστον μία ομάδα.")]
        return show(id, groups=form)
    body = {"group_ids": form.group_ids.data}
    try:
        answer = gateway().post(f"/api/v1/conferences/{id}/participants", body, idempotency_key=form.request_key.data)
    except Problem as problem:
        problems.onto(form, problem)
        return show(id, groups=form)
    outcomes = {result["outcome"] for result in answer.body["results"]}
    done = "groups-added-without-some" if outcomes - {"added", "already"} else "groups-added"
    done = done if outcomes else "groups-empty"
    return redirect(url_for("conference.page", id=id, done=done, _anchor="participants"), 303)


@blueprint.route("/<uuid:pid>/removal", methods=["GET", "POST"])
@signed_in
def remove(id: UUID, pid: UUID) -> Any:
    """Asked on a page of its own: who was invited is told."""
    if request.method == "POST":
        gateway().delete(f"/api/v1/conferences/{id}/participants/{pid}")
        return redirect(url_for("conference.page", id=id, done="removed", _anchor="participants"), 303)
    participant = next((each for each in _all_of(id) if each["id"] == str(pid)), None)
    if participant is None:
        raise Problem(404, "not-found")
    conference = gateway().get(f"/api/v1/conferences/{id}").body
    return render_template("removal.html", conference=conference, participant=participant)


def _all_of(id: UUID) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = gateway().get(f"/api/v1/conferences/{id}/participants", {"limit": 200, "cursor": cursor}).body
        yield from page["items"]
        if not (cursor := page["next"]):
            return


@blueprint.post("/invitations")
@signed_in
def invite(id: UUID) -> Any:
    """«Αποστολή προσκλήσεων» to those ticked, or to everybody not yet invited."""
    form = InvitationsForm()
    everybody = "everybody" in request.form
    if not everybody and not form.participant_ids.data:
        form.problems.append(_("Επιλέξτε τουλάχιστον έναν συμμετέχοντα."))
        return show(id, invitations=form)
    body = {} if everybody else {"participant_ids": form.participant_ids.data}
    try:
        gateway().post(f"/api/v1/conferences/{id}/invitations", body, idempotency_key=form.request_key.data)
    except Problem as problem:
        problems.onto(form, problem)
        return show(id, invitations=form)
    return redirect(url_for("conference.page", id=id, done="invited", _anchor="participants"), 303)
