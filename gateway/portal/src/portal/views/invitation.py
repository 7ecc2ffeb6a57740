"""An invitation to the platform: what it is, and the way in."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

blueprint = Blueprint("invitation", __name__)


@blueprint.get("/invitation")
def page() -> Any:
    """Whether it still counts is decided after TaxisNet: those who may enter without it are not stopped."""
    token = request.args.get("token", "")
    return render_template(
        "invitation.html", sign_in=f"/auth/login?{urlencode({'invitation': token})}" if token else None
    )
