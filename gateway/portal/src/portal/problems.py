"""A call that failed becomes a page that says what to do, or errors on the form that asked."""

from typing import Any

from flask import Flask, g, make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

from chassis import logs
from portal import addresses, advice
from portal.client import SESSION_COOKIE, Problem
from portal.forms.portal_form import PortalForm

# What any call may meet: on a page there is more to say than a program needs to hear.
SAID_BETTER_HERE = {401, 412, 502, 503, 504}
SAID_WELL = {"sign-in-expired", "room-preparing"}
BEGIN_ANEW = {"sign-in-expired", "codes-exhausted"}
ON_THE_FORM = {400, 409, 413, 422}
FORM_EXPIRED = "form-expired"
LINK_UNKNOWN = "link-unknown"
# What takes long to write, and must not be lost with the form it stood in.
WRITTEN = {
    "title": _l("Τίτλος"),
    "description": _l("Περιγραφή"),
    "participants": _l("Συμμετέχοντες"),
    "subject": _l("Θέμα"),
    "body": _l("Μήνυμα"),
}
OWN = {
    FORM_EXPIRED: advice.FORM_EXPIRED,
    "sign-in-needed": advice.SIGN_IN_NEEDED,
    LINK_UNKNOWN: advice.LINK_UNKNOWN,
    "codes-exhausted": advice.CODES_EXHAUSTED,
}


def onto(form: PortalForm, problem: Problem, fields: dict[str, str] | None = None) -> None:
    """Show the problem on the form (pointers by `fields` or their own name); what no form can mend is raised again."""
    if problem.status not in ON_THE_FORM or problem.type == FORM_EXPIRED:
        raise problem
    for error in problem.errors:
        pointer = error["pointer"].removeprefix("#")
        name = (fields or {}).get(pointer, pointer.strip("/").split("/")[0])
        if name in form:
            form[name].errors = [*form[name].errors, error["detail"]]
        else:
            form.problems.append(error["detail"])
    if not problem.errors:
        title, what_to_do = words(problem)
        form.problems.append(f"{title}. {what_to_do}")


def foreseen(type: str, words: tuple[LazyString, LazyString]) -> Problem:
    """What the service would answer, said before it is asked: a conflict, its title and advice."""
    title, what_to_do = words
    return Problem(409, type, str(title), str(what_to_do))


def words(problem: Problem) -> tuple[Any, Any]:
    """Title and advice: the problem's own if it has any, else those of its status."""
    if problem.type in OWN:
        return OWN[problem.type]
    title, what_to_do = advice.of(problem.status)
    if problem.status in SAID_BETTER_HERE and problem.type not in SAID_WELL:
        return title, what_to_do
    return problem.title or title, problem.detail or what_to_do


def page(problem: Problem) -> Any:
    """The problem as a page of its own."""
    if problem.type == "account-not-active":
        return redirect(url_for("activation.page"), 303)
    if problem.status in (401, 502, 503, 504):
        g.setdefault("session", None)  # do not ask again those who just failed to answer
    title, what_to_do = words(problem)
    here = addresses.page_in_hand()
    response = make_response(
        render_template(
            "problem.html",
            problem=problem,
            title=title,
            advice=what_to_do,
            here=here,
            written=[] if problem.status == 413 else _written(),
            sign_in=addresses.sign_in(None if problem.type in BEGIN_ANEW else here),
        ),
        problem.status,
    )
    if problem.retry_after:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _written() -> list[tuple[LazyString, str]]:
    """The long texts of the form that was sent; of a stranger's form, which the gateway lets through, none."""
    if request.method != "POST" or SESSION_COOKIE not in request.cookies:
        return []
    return [(label, text) for name, label in WRITTEN.items() if (text := request.form.get(name, "").strip())]


def init_app(app: Flask) -> None:
    """Every failure of a view ends here."""
    app.register_error_handler(Problem, page)

    @app.errorhandler(HTTPException)
    def of_http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        return page(Problem(error.code, "not-found" if error.code == 404 else "http"))

    @app.errorhandler(Exception)
    def unexpected(_error: Exception) -> Any:
        app.logger.exception("unexpected failure", extra={"route": str(request.url_rule)})
        g.session = None
        return page(Problem(500, "internal-error", instance=logs.correlation_id()))
