"""Programs, as platform administrators keep them (O6)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import flask
from sqlalchemy.orm import Session

from chassis import idempotency, pages, preconditions, tokens
from chassis.clock import now
from chassis.crypto import token
from chassis.db import transaction
from chassis.errors import NotFound
from chassis.idempotency import Claim
from chassis.tokens import Actor
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
    actor, secret = tokens.current(token_info), token()
    with transaction() as session:
        claim = _claim(session, actor, "POST /admin/service-clients", body)
        if claim.resource_id is not None:
            return _told(session, _found(session, claim.resource_id), None)
        client = service_clients.create(
            session,
            actor=actor,
            wanted=Wanted(body["name"], body["scopes"], body["contact"]),
            institution_id=UUID(body["institution_id"]),
            secret=secret,
            now=now(),
        )
        claim.record(201, client.id)
        return _told(session, client, secret)


def read(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        administrators.ensure_administrator(session, tokens.current(token_info))
        return _shown(session, _found(session, UUID(id)))


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
    actor, secret = tokens.current(token_info), token()
    with transaction() as session:
        claim = _claim(session, actor, f"POST /admin/service-clients/{id}/secrets", body)
        if claim.resource_id is not None:
            return _told(session, _found(session, claim.resource_id), None)
        client = service_clients.rotate(
            session,
            actor=actor,
            client_id=UUID(id),
            secret=secret,
            overlap=timedelta(hours=body["overlap_hours"]),
            now=now(),
        )
        claim.record(201, client.id)
        return _told(session, client, secret)


def revoke(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        service_clients.revoke(session, actor=tokens.current(token_info), client_id=UUID(id), now=now())
    return reply(status=204)


def _claim(session: Session, actor: Actor, operation: str, body: dict[str, Any]) -> Claim:
    administrators.ensure_administrator(session, actor)  # also whose key was good yesterday
    return idempotency.claim(session, actor.id, operation, flask.request.headers.get("Idempotency-Key"), body)


def _found(session: Session, client_id: UUID) -> ServiceClient:
    client = queries.service_client(session, client_id)
    if client is None:
        raise NotFound
    return client


def _told(session: Session, client: ServiceClient, secret: str | None) -> flask.Response:
    """The secret this once: only its digest is kept, so whoever repeats the request gets none."""
    return reply(
        _presented(session, client) | {"client_secret": secret}, status=201, etag=client.version, headers=NOT_STORED
    )


def _shown(session: Session, client: ServiceClient) -> flask.Response:
    return reply(_presented(session, client), etag=client.version, headers=NOT_STORED)


def _presented(session: Session, client: ServiceClient) -> dict[str, Any]:
    institution = session.get(Institution, client.institution_id)
    return presenters.service_client(client, institution.name if institution is not None else None, now=now())
