"""Planning a conference (S20)."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for

from portal import problems
from portal.client import Problem, gateway
from portal.forms.conferences import NewConferenceForm
from portal.places import for_planning
from portal.session import mine, signed_in
from portal.views.users import groups

blueprint = Blueprint("conferences_new", __name__)
POINTERS = {"/starts_at": "starts_at", "/ends_at": "ends_at"}


@blueprint.route("/conferences/new", methods=["GET", "POST"])
@signed_in
def page() -> Any:
    """The form; when no host is free, the nearest free times as buttons."""
    session = mine()
    if not session.coordinates:
        raise Problem(403, "forbidden")
    form = NewConferenceForm()
    form.unit_id.choices = for_planning(session)
    mine_to_choose = groups.mine()
    form.group_ids.offer(mine_to_choose)
    if request.method != "POST":
        form.propose(datetime.now(UTC))
        if wanted := request.args.get("group"):
            form.propose_group(_group(mine_to_choose, wanted), datetime.now(UTC))
        return render_template("new_conference.html", form=form)
    if alternative := request.form.get("alternative"):
        _take(form, alternative)
    alternatives = []
    if form.validate_on_submit():
        try:
            body = form.body()
            planned = gateway().post("/api/v1/conferences", body, idempotency_key=form.request_key.for_body(body)).body
        except Problem as problem:
            problems.onto(form, problem, POINTERS)
            alternatives = problem.facts.get("alternatives", [])
        else:
            return redirect(url_for("conference.page", id=planned["id"], done=_outcome(planned)), 303)
    form.request_key.data = str(uuid4())
    return render_template("new_conference.html", form=form, alternatives=alternatives), 422


def _group(groups: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    found = next((group for group in groups if group["id"] == wanted), None)
    if found is None:
        raise Problem(404, "not-found")
    return found


def _take(form: NewConferenceForm, alternative: str) -> None:
    try:
        form.choose(alternative)
    except ValueError as error:
        raise Problem(400, "invalid-request") from error


def _outcome(planned: dict[str, Any]) -> str:
    outcomes = {result["outcome"] for result in planned["results"]}
    return "created" if outcomes <= {"added", "already"} else "created-without-some"
