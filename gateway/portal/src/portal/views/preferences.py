"""Language and the accessibility menu (S36): posts that remember a choice and lead back."""

from typing import Any

from flask import Blueprint, redirect, request

from portal.addresses import local
from portal.preferences import LANGUAGES, Display, display_of, remember_display, remember_language

blueprint = Blueprint("preferences", __name__)


@blueprint.post("/language")
def language() -> Any:
    """Greek or English from now on."""
    response = redirect(local(request.form.get("next")), 303)
    if request.form.get("language") in LANGUAGES:
        remember_language(response, request.form["language"])
    return response


@blueprint.post("/accessibility")
def display() -> Any:
    """Brightness, contrast and text size; «Επαναφορά» forgets them."""
    response = redirect(local(request.form.get("next")), 303)
    remember_display(response, Display() if "reset" in request.form else display_of(request.form))
    return response
