"""Programs, as platform administrators keep them (O6)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import flask
from sqlalchemy.orm import Session

from chassis import pages, preconditions, tokens
from chassis.clock import now
from chassis.crypto import token
from chassis.db import transaction
from chassis.errors import NotFound
from chassis.web import reply
from identity import presenters, queries
from identity.client_models import ServiceClient
from identity.models import Institution
from identity.usecases import administrators, service_clients
from identity.usecases.service_clients import Wanted

NOT_STORED = {"Cache-Control": "no-store"}


def find(token_info: Mapping[str, Any], limit: int = 50, cursor: str | None = None) -> flask.Response:
    moment = now()
    with transaction() as session:
        page = pages.page(
            session,
            service_clients.visible_to(session, tokens.current(token_info)),
            order=[ServiceClient.created_at.desc(), ServiceClient.id.desc()],
            limit=limit,
            cursor=cursor,
            present=lambda row: presenters.service_client(*row, now=moment),
        )
        return reply(page, headers=NOT_STORED)


def create(body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    secret = token()
    with transaction() as session:
        client = service_clients.create(
            session,
            actor=tokens.current(token_info),
            wanted=Wanted(body["name"], body["scopes"], body["contact"]),
            institution_id=UUID(body["institution_id"]),
            secret=secret,
            now=now(),
        )
        return _shown(session, client, status=201, secret=secret)


def read(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        administrators.ensure_administrator(session, tokens.current(token_info))
        client = queries.service_client(session, UUID(id))
        if client is None:
            raise NotFound
        return _shown(session, client)


def change(id: str, body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    """What is left out stays."""
    actor = tokens.current(token_info)
    with transaction() as session:
        administrators.ensure_administrator(session, actor)
        client = queries.service_client_for_update(session, UUID(id))
        preconditions.if_match(client.version)
        kept = {"name": client.name, "scopes": client.scopes, "contact": client.contact}
        service_clients.change(session, actor=actor, client=client, wanted=Wanted(**(kept | body)))
        return _shown(session, client)


def rotate(id: str, body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    secret = token()
    with transaction() as session:
        client = service_clients.rotate(
            session,
            actor=tokens.current(token_info),
            client_id=UUID(id),
            secret=secret,
            overlap=timedelta(hours=body["overlap_hours"]),
            now=now(),
        )
        return _shown(session, client, status=201, secret=secret)


def revoke(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        service_clients.revoke(session, actor=tokens.current(token_info), client_id=UUID(id), now=now())
    return reply(status=204)


def _shown(session: Session, client: ServiceClient, *, status: int = 200, secret: str | None = None) -> flask.Response:
    institution = session.get(Institution, client.institution_id)
    name = institution.name if institution is not None else None
    body = presenters.service_client(client, name, now=now()) | ({"client_secret": secret} if secret else {})
    return reply(body, status=status, etag=client.version, headers=NOT_STORED)
