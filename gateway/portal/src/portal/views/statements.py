"""Terms, privacy, accessibility statement."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from portal.client import gateway

blueprint = Blueprint("statements", __name__)


@blueprint.get("/terms")
def terms() -> Any:
    """The terms of use in force."""
    return render_template("statement.html", title=_("Όροι χρήσης"), text=gateway().get("/api/v1/terms").body["terms"])


@blueprint.get("/privacy")
def privacy() -> Any:
    """The privacy statement in force."""
    text = gateway().get("/api/v1/terms").body["privacy"]
    return render_template("statement.html", title=_("Δήλωση ιδιωτικότητας"), text=text)


@blueprint.get("/accessibility-statement")
def accessibility() -> Any:
    """The model of Decision (EU) 2018/1523; what only the operator knows comes from the settings."""
    return render_template("accessibility_statement.html")
