"""The usage report (S28) and its workbook (S29)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, stream_with_context

from portal.client import gateway
from portal.session import signed_in

blueprint = Blueprint("conferences_report", __name__, url_prefix="/conferences/<uuid:id>")
CHUNK_BYTES = 64 * 1024


@blueprint.get("/report")
@signed_in
def page(id: UUID) -> Any:
    """«Αναφορά Χρήσης»."""
    return render_template("report.html", id=id, report=gateway().get(f"/api/v1/conferences/{id}/report").body)


@blueprint.get("/report.xlsx")
@signed_in
def workbook(id: UUID) -> Any:
    """«Εξαγωγή σε Excel», handed on as it comes."""
    file = gateway().stream(f"/api/v1/conferences/{id}/report.xlsx")

    def chunks() -> Any:
        with file:
            yield from file.iter_content(CHUNK_BYTES)

    headers = {"Content-Disposition": file.headers.get("Content-Disposition", 'attachment; filename="report.xlsx"')}
    return Response(stream_with_context(chunks()), mimetype=file.headers["Content-Type"], headers=headers)
