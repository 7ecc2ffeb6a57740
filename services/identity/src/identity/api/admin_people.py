"""People, as platform administrators see and shut them (O6)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask
from sqlalchemy.orm import Session

from chassis import pages, preconditions, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.errors import NotFound
from chassis.tokens import Actor
from chassis.web import reply
from identity import parts, presenters, queries
from identity.models import Person
from identity.usecases import administrators, disabling, finding

NOT_STORED = {"Cache-Control": "no-store"}


def find(token_info: Mapping[str, Any], search: str = "", limit: int = 50, cursor: str | None = None) -> flask.Response:
    with transaction() as session:
        query = finding.matching(session, actor=tokens.current(token_info), wanted=search)
        page = pages.page(
            session,
            query,
            order=[Person.number.desc()],
            limit=limit,
            cursor=cursor,
            present=lambda row: presenters.person_line(*row),
        )
        return reply(page, headers=NOT_STORED)


def look_up(body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    """The refusal comes after the commit: that somebody looked is kept also when nobody was found."""
    with transaction() as session:
        person = finding.by_tax_id(
            session, actor=tokens.current(token_info), tax_id=body["tax_id"], parts=parts.current()
        )
        found = None if person is None else presenters.person_line(person, queries.membership(session, person.id))
    if found is None:
        raise NotFound
    return reply(found, headers=NOT_STORED)


def read(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        return _shown(session, tokens.current(token_info), UUID(id))


def comment(id: str, body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    actor = tokens.current(token_info)
    with transaction() as session:
        administrators.ensure_administrator(session, actor)
        person = queries.person_for_update(session, UUID(id))
        preconditions.if_match(person.version)
        disabling.comment(session, actor=actor, person=person, text=body["admin_comment"])
        return _shown(session, actor, person.id)


def disable(id: str, body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    actor = tokens.current(token_info)
    with transaction() as session:
        person = disabling.disable(
            session, actor=actor, person_id=UUID(id), note=body["reason"], parts=parts.current(), now=now()
        )
        return _shown(session, actor, person.id)


def enable(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    actor = tokens.current(token_info)
    with transaction() as session:
        person = disabling.enable(session, actor=actor, person_id=UUID(id), parts=parts.current(), now=now())
        return _shown(session, actor, person.id)


def _shown(session: Session, actor: Actor, person_id: UUID) -> flask.Response:
    dossier = finding.dossier(session, actor=actor, person_id=person_id, parts=parts.current(), now=now())
    return reply(presenters.dossier(dossier), etag=dossier.person.version, headers=NOT_STORED)
