from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis import preconditions, tokens
from chassis.db import transaction
from chassis.web import reply
from orgs import presenters, queries
from orgs.api.fields import saying_which_field
from orgs.errors import NameTaken
from orgs.models import Institution, Unit
from orgs.rules import running
from orgs.rules.permissions import Viewer
from orgs.usecases import institutions


def read(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        return _shown(session, *queries.unit(session, UUID(id)), viewer)


def rename(id: str, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    with saying_which_field({NameTaken: "/name"}), transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        institution, unit = queries.unit_for_update(session, UUID(id))
        running.ensure_may_with_unit(viewer, "rename", institution.id)
        preconditions.if_match(unit.version)
        institutions.rename_unit(session, viewer=viewer, institution=institution, unit=unit, name=body["name"])
        return _shown(session, institution, unit, viewer)


def close(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        institutions.close_unit(session, viewer=viewer, unit_id=UUID(id))
    return reply(status=204)


def _shown(session: Session, institution: Institution, unit: Unit, viewer: Viewer) -> Response:
    may_close = running.MAY_WITH_UNIT["close"](viewer, institution.id)
    uses = queries.uses_of_unit(session, unit) if may_close else None
    return reply(presenters.unit(unit, institution, viewer, uses), etag=unit.version)
