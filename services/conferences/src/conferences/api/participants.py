"""Participants: list, add, remove, invite."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy import and_, or_

from chassis import idempotency, pages, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.text import folded
from chassis.web import reply
from conferences import presenters, queries
from conferences import settings as configuration
from conferences.api.advice import advising
from conferences.models import Participation, Person
from conferences.rules import permissions
from conferences.usecases import adding, groups, invitations, participants
from conferences.usecases.adding import Line, Result


def line_of(entry: Mapping[str, Any]) -> Line:
    return Line(
        email=entry.get("email"),
        person_id=UUID(entry["person_id"]) if "person_id" in entry else None,
        name=entry.get("name", ""),
        invite_to_platform=entry.get("account") == "invite",
    )


def group_ids_of(body: Mapping[str, Any]) -> list[UUID]:
    return [UUID(id_) for id_ in body.get("group_ids", ())]


def result_of(result: Result) -> dict[str, Any]:
    person = {"person_id": result.line.person_id} if result.line.person_id is not None else {}
    return {"email": result.line.email, "outcome": result.outcome, "participant_id": result.participant_id, **person}


def list_participants(
    id: str, token_info: Mapping[str, Any], search: str = "", limit: int = 50, cursor: str | None = None
) -> Response:
    moment = now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        seen = queries.conference(session, UUID(id), viewer, moment)
        permissions.ensure_may(viewer, "participants", seen.relation)
        query = queries.participants_of(seen.conference.id)
        if search.strip():
            words = folded(search)
            query = query.where(
                or_(
                    and_(~Participation.masked, Participation.email_folded.contains(words, autoescape=True)),
                    Participation.name.icontains(search.strip(), autoescape=True),
                    Person.search.contains(words, autoescape=True),
                )
            )
        found = pages.page(
            session, query, order=[Participation.short_id], limit=limit, cursor=cursor, total=True,
            present=lambda row: presenters.participant(*row),
        )  # fmt: skip
        return reply(found)


def add(id: str, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    moment, actor = now(), tokens.current(token_info)
    people, group_ids = [line_of(entry) for entry in body.get("people", ())], group_ids_of(body)
    with advising(), transaction() as session:
        claim = idempotency.claim(session, actor.id, f"POST /conferences/{id}/participants", _key(), body)
        viewer = queries.viewer_of(session, actor)
        seen = queries.conference_for_update(session, UUID(id), viewer, moment)
        if claim.replayed:
            people += groups.lines_of(session, group_ids, viewer=viewer)
            results = adding.look_up(session, seen, viewer=viewer, people=people)
        else:
            settings = configuration.current()
            people += groups.lines_to_add(session, group_ids, viewer=viewer)
            results = adding.add_people(session, seen, viewer=viewer, people=people, settings=settings, now=moment)
            claim.record(200, UUID(id))
        return reply({"results": [result_of(result) for result in results]})


def remove(id: str, pid: str, token_info: Mapping[str, Any]) -> Response:
    moment = now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        seen = queries.conference_for_update(session, UUID(id), viewer, moment)
        participants.remove(session, seen, UUID(pid), viewer=viewer, settings=configuration.current(), now=moment)
    return reply(status=204)


def invite(id: str, token_info: Mapping[str, Any], body: Mapping[str, Any] | None = None) -> Response:
    moment, actor = now(), tokens.current(token_info)
    named = (body or {}).get("participant_ids")
    ids = [UUID(entry) for entry in named] if named is not None else None
    with transaction() as session:
        claim = idempotency.claim(session, actor.id, f"POST /conferences/{id}/invitations", _key(), body or {})
        if claim.replayed and claim.resource_id is not None:
            return reply({"queued": invitations.invited_by(session, claim.resource_id)}, 202)
        viewer = queries.viewer_of(session, actor)
        seen = queries.conference_for_update(session, UUID(id), viewer, moment)
        request_id, queued = invitations.invite(
            session, seen, viewer=viewer, ids=ids, settings=configuration.current(), now=moment
        )
        claim.record(202, request_id)
        return reply({"queued": queued}, 202)


def _key() -> str | None:
    return request.headers.get("Idempotency-Key")
