"""The caller's session."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask
from sqlalchemy.orm import Session

from chassis import tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.web import reply
from identity import parts, presenters, queries
from identity.api import cookies
from identity.api.sign_in import NOT_STORED, logout_to
from identity.errors import SessionExpired
from identity.models import BrowserSession
from identity.usecases import employment, people, sessions


def read(token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        return _shown(session, sessions.of(session, session_id=_session_id(token_info)))


def renew(token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        return _shown(session, sessions.renew(session, session_id=_session_id(token_info), now=now()))


def sign_out(token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        sessions.sign_out(session, session_id=_session_id(token_info))
    response = reply({"logout_url": logout_to("/")}, headers=NOT_STORED)
    cookies.clear(response, cookies.SESSION)
    return response


def _session_id(token_info: Mapping[str, Any]) -> UUID:
    """Programs have a token but no session."""
    session_id = tokens.current(token_info).session_id
    if session_id is None:
        raise SessionExpired
    return UUID(session_id)


def _shown(session: Session, signed_in: BrowserSession) -> flask.Response:
    joined = parts.current()
    person = queries.person(session, signed_in.person_id)
    ends_at = joined.settings.session_limits.end_of(
        created_at=signed_in.created_at, last_used_at=signed_in.last_used_at
    )
    next_ = people.next_of(session, person, joined.texts.versions)
    membership = queries.membership(session, person.id)
    settle_by = employment.settle_by(person, joined)
    return reply(presenters.session(person, membership, next_, ends_at, settle_by), headers=NOT_STORED)
