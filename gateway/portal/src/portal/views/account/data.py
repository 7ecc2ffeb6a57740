"""«Τα δεδομένα μου» (O5): all that the service keeps of me, to read and to download."""

from typing import Any

from flask import Blueprint, Response, render_template

from chassis import problems as written
from portal import data_words
from portal.client import gateway
from portal.session import mine

blueprint = Blueprint("account_data", __name__)
EXPORT = "/api/v1/account/export"


@blueprint.get("/account/data")
def page() -> Any:
    """By part of the service; a part that cannot be had is named."""
    mine()
    return render_template("account/data.html", export=gateway().get(EXPORT).body, words=data_words)


@blueprint.get("/account/data.json")
def download() -> Any:
    """The same for programs; one that is not whole says so itself."""
    mine()
    body = written.dump(gateway().get(EXPORT).body)
    headers = {"Content-Disposition": 'attachment; filename="epresence-data.json"', "Cache-Control": "no-store"}
    return Response(body, mimetype="application/json", headers=headers)
