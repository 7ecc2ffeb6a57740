"""Whether somebody may do something here: by act the question that the act itself asks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis import permissions, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.permissions import Question
from conferences import queries
from conferences.rules import permissions as rules
from conferences.rules.permissions import Viewer

GROUP_ACTS = ("read", "edit", "delete", "members", "use")  # one right


def read(act: str, token_info: Mapping[str, Any], object: str | None = None) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        return permissions.answer(session, viewer, act, object, about=ABOUT)


def _with_conference(act: str) -> Question[Viewer]:
    def ask(session: Session, viewer: Viewer, id_: UUID) -> None:
        rules.ensure_may(viewer, act, queries.conference(session, id_, viewer, now()).relation)

    return ask


def _with_group(session: Session, viewer: Viewer, id_: UUID) -> None:
    queries.group(session, id_, viewer)  # finds the viewer's own only


ABOUT: Mapping[str, Question[Viewer]] = MappingProxyType(
    {
        **{f"conference.{act}": _with_conference(act) for act in rules.MAY},
        **{f"group.{act}": _with_group for act in GROUP_ACTS},
    }
)
