"""What the account's tab and the sign-in share: a secret to scan, a code that was refused, codes to keep."""

import re
from base64 import b64encode

from flask import Response, render_template
from flask_babel import gettext as _

from portal import problems
from portal.client import Problem, gateway
from portal.forms.portal_form import PortalForm
from portal.forms.two_factor import FirstCodeForm, RecoveryCodesForm

PATH = "/api/v1/account/two-factor"
FILE = "epresence-recovery-codes.txt"
RECOVERY_CODE = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}")


def enrolment(template: str, form: FirstCodeForm, *, code: str | None = None) -> str:
    """The page with the secret; asked again from the same browser, it is the same secret."""
    made = gateway().post(f"{PATH}/enrolment", {"code": code} if code else None).body
    secret = made["secret"]
    return render_template(
        template,
        form=form,
        picture=b64encode(made["qr_svg"].encode()).decode(),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    )


def recovery_codes(codes: list[str], *, onward: str) -> str:
    """Shown once: nobody keeps them, neither here nor behind us."""
    form = RecoveryCodesForm(formdata=None, data={"recovery_codes": codes})
    return render_template("two_factor/recovery_codes.html", form=form, codes=codes, onward=onward)


def file_of(form: RecoveryCodesForm) -> Response:
    """What the page before us showed, and nothing else, as a file."""
    codes = [code for code in form.recovery_codes.data if RECOVERY_CODE.fullmatch(code or "")]
    if not codes:
        raise Problem(400, "invalid-request")
    lines = [_("Κωδικοί ανάκτησης για το e:Presence.gov.gr"), _("Κάθε κωδικός ισχύει μία φορά."), "", *codes, ""]
    response = Response("\r\n".join(lines), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def refused(form: PortalForm, problem: Problem) -> int:
    """Say on the form why a code was refused, and what is left to try; the page's status."""
    form["code"].data = ""  # nobody mends a code: the next one is another
    if problem.status == 429:
        minutes = max(1, round((problem.retry_after or 60) / 60))
        form.problems.append(
            _(
                "Πολλοί λάθος κωδικοί. Δοκιμάστε ξανά σε λίγα λεπτά (περίπου %(n)s) ή με κωδικό του άλλου είδους.",
                n=minutes,
            )
        )
        return 429
    title, what_to_do = problems.words(problem)
    if problem.type not in ("code-wrong", "clock-off", "code-spent"):
        problems.onto(form, problem)
        return 422
    said = [f"{title}.", str(what_to_do)]
    off = problem.facts.get("minutes_off", 0)
    if off:
        ahead = _("Το ρολόι είναι μπροστά, σε λεπτά: %(n)s.", n=off)
        said.append(ahead if off > 0 else _("Το ρολόι είναι πίσω, σε λεπτά: %(n)s.", n=-off))
    if "attempts_left" in problem.facts:
        said.append(_("Προσπάθειες που απομένουν: %(n)s.", n=problem.facts["attempts_left"]))
    form["code"].errors = [" ".join(said)]
    return 422
