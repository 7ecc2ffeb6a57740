"""«Αποστολή Email» (S15): one message to all coordinators of the institution, its progress, and earlier ones."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for

from portal import problems
from portal.client import Problem, gateway
from portal.forms.coordinator_message import CoordinatorMessageForm
from portal.session import current, mine, signed_in

blueprint = Blueprint("users_messages", __name__, url_prefix="/users/messages")
EARLIER, RECIPIENTS = 10, 50
LOOK_AGAIN_SECONDS = 5
NEVER = "0"
BY_ITSELF = "again"  # in the address of a page that nobody asked for: it must not keep the session alive


@blueprint.before_request
def look_only() -> None:
    if BY_ITSELF in request.args:
        current(polling=True)


@blueprint.route("", methods=["GET", "POST"])
@signed_in
def page() -> Any:
    """The form; then the same, asked once more with the number of recipients; then sent."""
    form, step = CoordinatorMessageForm(), request.form.get("step")
    if request.method == "POST" and step != "edit" and form.validate():
        if step != "send":
            return render_template("users/message_question.html", form=form, options=_options())
        try:
            sent = gateway().post(_institution("messages"), form.written(), idempotency_key=form.request_key.data).body
        except Problem as problem:
            _onto(form, problem)
        else:
            return redirect(url_for(".progress", id=sent["id"]), 303)
    earlier = gateway().get(_institution("messages"), {"limit": EARLIER, "cursor": request.args.get("from")}).body
    shown = render_template("users/messages.html", form=form, options=_options(), earlier=earlier)
    return shown, 422 if form.wrong else 200


@blueprint.get("/<uuid:id>")
@signed_in
def progress(id: UUID) -> Any:
    """A script asks for the part that changes; without one the page refreshes itself until all is done."""
    part, interval = _progress(id, polling=BY_ITSELF in request.args)
    here: dict[str, Any] = {"id": id, "from": request.args.get("from")}
    again = url_for(".progress", **here | {BY_ITSELF: 1})
    source = url_for(".progress_part", **here)
    return render_template("users/message.html", seconds=int(interval), again=again, source=source, **part)


@blueprint.get("/<uuid:id>/progress")
def progress_part(id: UUID) -> Any:
    """For the script; nor does this keep the session alive."""
    g.session = None  # no menu here, so nobody need be asked who this is
    part, interval = _progress(id, polling=True)
    response = make_response(render_template("users/message_progress.html", **part))
    response.headers["X-Next-Interval"] = interval
    return response


def _progress(id: UUID, *, polling: bool) -> tuple[dict[str, Any], str]:
    path, query = f"/api/v1/coordinator-messages/{id}", {"limit": RECIPIENTS, "cursor": request.args.get("from")}
    message = gateway().get(path, polling=polling).body
    recipients = gateway().get(f"{path}/recipients", query, polling=polling).body
    interval = str(LOOK_AGAIN_SECONDS) if message["counts"]["queued"] else NEVER
    return {"message": message, "recipients": recipients}, interval


def _options() -> dict[str, Any]:
    found: dict[str, Any] = gateway().get(_institution("message-options")).body
    return found


def _institution(what: str) -> str:
    membership = mine().membership
    if membership is None:
        raise Problem(403, "forbidden")
    return f"/api/v1/institutions/{membership['institution_id']}/coordinator-{what}"


def _onto(form: CoordinatorMessageForm, problem: Problem) -> None:
    """The day's allowance may have gone meanwhile: what was written stays in the form."""
    if problem.type == "daily-limit":
        title, advice = problems.words(problem)
        form.problems.append(f"{title}. {advice}")
    else:
        problems.onto(form, problem)
