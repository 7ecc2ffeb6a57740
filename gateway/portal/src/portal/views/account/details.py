"""«Επεξεργασία Στοιχείων Λογαριασμού» (S5)."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from portal import phones, places, problems
from portal.client import Problem, gateway
from portal.forms.account import DetailsForm
from portal.session import signed_in

blueprint = Blueprint("account_details", __name__)
ACCOUNT = "/api/v1/account"


@blueprint.route("/account", methods=["GET", "POST"])
@signed_in
def page() -> Any:
    """What may be changed as a form, the rest as it is; a change that crossed another one loses nothing."""
    answer = gateway().get(ACCOUNT)
    stored, placed = answer.body, places.membership()
    form = DetailsForm(
        data={
            "phone": phones.shown(stored["phone"]),
            "other_contact": stored["other_contact"],
            "unit_id": placed["unit"]["id"] if placed else None,
        }
    )
    form.offer(placed, places.units(placed["institution"]["id"]) if placed else {})
    stale = False
    if request.method != "POST":
        form.etag.data = answer.etag
    elif form.validate():
        try:
            _save(form, placed)
        except Problem as problem:
            stale = problem.status == 412
            if stale:
                form.problems.append(str(problems.words(problem)[0]))
                form.etag.data = answer.etag  # saving again now means: mine, knowing what is stored
            else:
                problems.onto(form, problem)
        else:
            return redirect(url_for(".page", done="saved"), 303)
    status = 412 if stale else 422 if form.wrong else 200
    return render_template("account/details.html", form=form, account=stored, membership=placed, stale=stale), status


def _save(form: DetailsForm, placed: dict[str, Any] | None) -> None:
    """The account first: if it changed meanwhile, nothing is saved. Then the unit, which orgs keeps."""
    form.etag.data = gateway().patch(ACCOUNT, form.details(), etag=form.etag.data or '"0"').etag
    if placed and form.unit_id is not None and form.unit_id.data not in (None, "", placed["unit"]["id"]):
        gateway().put(f"{ACCOUNT}/unit", {"unit_id": form.unit_id.data})
