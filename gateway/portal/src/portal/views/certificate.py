"""The certificate of erasure, at its secret address: for somebody who has no account any more (S6)."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, render_template

from portal.client import Problem, gateway
from portal.data_words import SERVICES
from portal.session import current_if_known

blueprint = Blueprint("certificate", __name__)


@blueprint.get("/certificate/<token>")
def page(token: str) -> Any:
    """Which part of the service is done, and when."""
    current_if_known()
    try:
        certificate = gateway().get(f"/api/v1/certificates/{quote(token, safe='')}").body
    except Problem as problem:
        if problem.status in (400, 404):
            return render_template("certificate_unknown.html"), 404
        raise
    return render_template("certificate.html", certificate=certificate, services=SERVICES)
