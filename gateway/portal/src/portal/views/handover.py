"""«Παράδοση σε άλλον Συντονιστή»: choose whom, then be asked once more; one conference, or many at once (S24, S25)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from portal import problems
from portal.client import Problem, gateway
from portal.forms.handover import HandoverForm
from portal.session import signed_in

blueprint = Blueprint("conferences_handover", __name__, url_prefix="/conferences")
CONFERENCES = "/api/v1/conferences"
AT_ONCE, CANDIDATES = 200, 20
# Which many: my own, before I leave; or those whose coordinator has left.
OF: dict[str, dict[str, str]] = {
    "mine": {"as": "coordinator"},
    "left": {"as": "manager", "without_coordinator": "true"},
}


@blueprint.route("/<uuid:id>/handover", methods=["GET", "POST"])
@signed_in
def one(id: UUID) -> Any:
    """From the conference's own page."""
    conference = gateway().get(f"{CONFERENCES}/{id}").body
    if "handover" not in conference["may"]:
        over = conference["state"] in ("ended", "cancelled")
        raise Problem(409, "conference-over") if over else Problem(403, "forbidden")
    form = HandoverForm(request.form if request.method == "POST" else request.args)
    if request.method == "POST" and form.validate():
        try:
            after = gateway().post(f"{CONFERENCES}/{id}/handover", {"person_id": form.person_id.data}).body
        except Problem as problem:
            problems.onto(form, problem)
        else:
            still_seen = after["may"] or after["my_participation"]
            there = url_for("conference.page", id=id, done="handed-over") if still_seen else None
            return redirect(there or url_for("conferences.page", done="handed-over"), 303)
    return _page(form, [conference], url_for(".one", id=id), {})


@blueprint.route("/handover", methods=["GET", "POST"])
@signed_in
def many() -> Any:
    """Those ticked in a list, or all of it; what is asked about is what is handed over, whatever comes meanwhile."""
    given = request.form if request.method == "POST" else request.args
    of = given.get("of", "")
    if of not in OF:
        raise Problem(404, "not-found")
    ticked = set(given.getlist("id"))
    if of == "left" and not ticked and "all" not in given:
        return redirect(url_for("conferences.page", done="none-chosen"), 303)
    conferences = gateway().get(CONFERENCES, {"scope": "planned", "limit": AT_ONCE, **OF[of]}).body["items"]
    if ticked:
        conferences = [conference for conference in conferences if conference["id"] in ticked]
    if not conferences:
        return redirect(url_for("conferences.page", done="none-to-hand-over"), 303)
    here = [each for each in conferences if each["institution_id"] == conferences[0]["institution_id"]]
    form = HandoverForm(given)
    if request.method == "POST" and form.validate():
        body = {"to": form.person_id.data, "conference_ids": [conference["id"] for conference in here]}
        try:
            count = gateway().post("/api/v1/handovers", body).body["count"]
        except Problem as problem:
            problems.onto(form, problem)
        else:
            done = "handed-over-many" if count == len(ticked or here) else "handed-over-some"
            return redirect(url_for("conferences.page", done=done), 303)
    chosen = {"id": [conference["id"] for conference in here]} if ticked or request.method == "POST" else {"all": ["1"]}
    return _page(form, here, url_for(".many"), {"of": [of], **chosen}, elsewhere=len(conferences) - len(here))


def _page(
    form: HandoverForm,
    conferences: list[dict[str, Any]],
    action: str,
    carried: dict[str, list[str]],
    elsewhere: int = 0,
) -> Any:
    """The choice of a person; once there is one, the question."""
    path, search = f"{CONFERENCES}/{conferences[0]['id']}/handover-candidates", request.args.get("search", "").strip()
    chosen = None
    if form.asked and not form.wrong and form.validate():
        found = gateway().get(path, {"person_id": form.person_id.data}).body["items"]
        chosen = found[0] if found else None
        if chosen is None:
            form.nobody()
    query = {"search": search[:100], "limit": CANDIDATES, "cursor": request.args.get("from")}
    candidates = gateway().get(path, query).body if chosen is None else {"next": None}
    onward = {**carried, "search": [search], "from": [candidates["next"]]}
    return render_template(
        "handover.html" if chosen is None else "handover_question.html",
        form=form,
        conferences=conferences,
        action=action,
        carried=carried,
        elsewhere=elsewhere,
        chosen=chosen,
        search=search,
        candidates=candidates,
        further=f"{action}?{urlencode(onward, doseq=True)}",
    ), 422 if form.wrong else 200
