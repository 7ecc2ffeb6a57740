from typing import Any
from uuid import UUID

import flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chassis import idempotency, outbox, pages, preconditions
from chassis.db import constraint_of, transaction
from chassis.errors import Conflict, NotFound
from chassis.tokens import current
from chassis.web import reply
from sample.models import Thing


class ThingTaken(Conflict):
    type = "thing-taken"


def present(thing: Thing) -> dict[str, Any]:
    return {"id": str(thing.id), "name": thing.name}


def find(limit: int, cursor: str | None = None, search: str | None = None) -> flask.Response:
    with transaction() as session:
        query = select(Thing)
        return reply(
            pages.page(session, query, order=[Thing.name, Thing.id], limit=limit, cursor=cursor, present=present)
        )


def make(body: dict[str, Any], token_info: dict[str, Any], **headers: str) -> flask.Response:
    key = flask.request.headers.get("Idempotency-Key")
    try:
        with transaction() as session:
            claim = idempotency.claim(session, current(token_info).id, "things.make", key, body)
            if claim.replayed:
                return reply(present(session.get_one(Thing, claim.resource_id)), status=claim.status or 201)
            thing = Thing(name=body["name"])
            session.add(thing)
            session.flush()
            data = {"thing_id": str(thing.id), "name": thing.name}
            outbox.add(session, outbox.Fact("sample.thing.made.v1", thing.id, thing.version, data))
            claim.record(201, thing.id)
            return reply(present(thing), status=201, etag=thing.version)
    except IntegrityError as error:
        if constraint_of(error) == "thing_name_once":
            raise ThingTaken(taken_by="somebody", secret="never told") from error
        raise


def read(id: str) -> flask.Response:
    with transaction() as session:
        thing = session.get(Thing, UUID(id))
        if thing is None:
            raise NotFound
        return reply(present(thing), etag=thing.version)


def rename(id: str, body: dict[str, Any], **headers: str) -> flask.Response:
    with transaction() as session:
        thing = session.get_one(Thing, UUID(id))
        preconditions.if_match(thing.version)
        thing.name = body["name"]
        session.flush()
        return reply(present(thing), etag=thing.version)


def remove(id: str) -> flask.Response:
    return reply(status=204)
