"""Help with joining (S38)."""

from typing import Any

from flask import Blueprint, render_template

blueprint = Blueprint("support", __name__)


@blueprint.get("/support")
def page() -> Any:
    """The meeting program, and what to try when the connection fails."""
    return render_template("support.html")
