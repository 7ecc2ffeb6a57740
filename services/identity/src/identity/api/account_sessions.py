"""The caller's sessions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask

from chassis import tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.web import language, reply
from identity import parts, presenters
from identity.api.sign_in import NOT_STORED
from identity.usecases import sessions


def find(token_info: Mapping[str, Any]) -> flask.Response:
    actor, limits = tokens.current(token_info), parts.current().settings.session_limits
    with transaction() as session:
        rows = sessions.alive(session, person_id=actor.id, limits=limits, now=now())
        shown = [presenters.account_session(row, actor.session_id, language()) for row in rows]
    return reply({"items": shown}, headers=NOT_STORED)


def end(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        sessions.end(session, person_id=tokens.current(token_info).id, session_id=UUID(id))
    return reply(status=204)


def end_others(token_info: Mapping[str, Any]) -> flask.Response:
    """A program has no session of its own: for it all are others."""
    actor = tokens.current(token_info)
    with transaction() as session:
        sessions.end_others(session, person_id=actor.id, kept_id=UUID(actor.session_id) if actor.session_id else None)
    return reply(status=204)
