"""Who is connected now, and the usage report."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from chassis import problems, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.web import language, reply
from conferences import presenters, queries, workbook
from conferences.usecases import reports

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def live(id: str, token_info: Mapping[str, Any]) -> Response:
    moment = now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        seen = queries.conference(session, UUID(id), viewer, moment)
        body = presenters.live(seen, reports.live(session, seen, viewer=viewer))
    return reply(body, etag=hashlib.sha256(problems.dump(body).encode()).hexdigest()[:32])


def report(id: str, token_info: Mapping[str, Any]) -> Response:
    return reply(_report(id, token_info))


def report_xlsx(id: str, token_info: Mapping[str, Any]) -> Response:
    content = _report(id, token_info)
    headers = {
        "Content-Disposition": f'attachment; filename="report-{content["number"]}.xlsx"',
        "Cache-Control": "no-store",
    }
    return reply(workbook.write(content, language()), headers=headers, content_type=EXCEL)


def _report(id: str, token_info: Mapping[str, Any]) -> dict[str, Any]:
    moment = now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        seen = queries.conference(session, UUID(id), viewer, moment)
        return presenters.report(seen, reports.report(session, seen, viewer=viewer))
