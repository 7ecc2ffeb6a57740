"""Whether somebody may do something here: by act the question that the act itself asks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis import permissions, tokens
from chassis.db import transaction
from chassis.permissions import Question
from notifications import queries
from notifications.rules import permissions as rules
from notifications.rules.permissions import Viewer


def read(act: str, token_info: Mapping[str, Any], object: str | None = None) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        return permissions.answer(session, viewer, act, object, about=ABOUT)


def _write_to(session: Session, viewer: Viewer, institution_id: UUID) -> None:
    queries.ensure_institution(session, viewer, institution_id)
    rules.ensure_may_write_to(viewer, institution_id)


def _read_message(session: Session, viewer: Viewer, message_id: UUID) -> None:
    rules.ensure_may_read(viewer, queries.coordinator_message(session, message_id)[0].institution_id)


ABOUT: Mapping[str, Question[Viewer]] = MappingProxyType(
    {
        "coordinator_message.send": _write_to,
        "coordinator_message.list": _write_to,
        "coordinator_message.read": _read_message,
    }
)
