"""Handing conferences over: one, many, and to whom."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from chassis import pages, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.text import folded
from chassis.web import reply
from conferences import presenters, queries
from conferences import settings as configuration
from conferences.models import Person
from conferences.rules import permissions
from conferences.usecases import handing_over


def one(id: str, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    moment = now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        receiver = queries.receiver(session, UUID(body["person_id"]))
        found = queries.conference_for_update(session, UUID(id), viewer, moment)
        handing_over.one(session, found, receiver, viewer=viewer, settings=configuration.current())
        session.flush()
        after = queries.conference(session, UUID(id), viewer, moment)
        return reply(presenters.conference(after, viewer, moment), etag=after.conference.version)


def many(body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        done = handing_over.many(
            session,
            queries.receiver(session, UUID(body["to"])),
            of=UUID(body["from"]) if "from" in body else None,
            ids=[UUID(each) for each in body["conference_ids"]] if "conference_ids" in body else None,
            viewer=viewer,
            settings=configuration.current(),
            now=now(),
        )
        return reply(presenters.handed_over(done))


def candidates(
    id: str,
    token_info: Mapping[str, Any],
    search: str = "",
    *,
    person_id: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Response:
    moment = now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        seen = queries.conference(session, UUID(id), viewer, moment)
        permissions.ensure_may(viewer, "handover", seen.relation)
        query = queries.candidates(seen.conference)
        for word in folded(search).split():
            query = query.where(Person.search.contains(word, autoescape=True))
        if person_id is not None:
            query = query.where(Person.person_id == UUID(person_id))
        found = pages.page(
            session, query, order=[Person.search, Person.person_id], limit=limit, cursor=cursor, total=True,
            present=lambda row: presenters.candidate(*row),
        )  # fmt: skip
        return reply(found)
