"""Groups of users: list, read, edit, delete, their members, and making one from a report."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request

from chassis import idempotency, pages, preconditions, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.web import reply
from conferences import presenters, queries
from conferences.api.advice import advising
from conferences.models import Group
from conferences.rules import groups as rules
from conferences.usecases import groups


def list_groups(token_info: Mapping[str, Any], limit: int = 50, cursor: str | None = None) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        rules.ensure_may_have(viewer)
        found = pages.page(
            session, queries.groups_of(viewer), order=[Group.created_at.desc(), Group.id.desc()], limit=limit,
            cursor=cursor, total=True, present=lambda row: presenters.group(*row),
        )  # fmt: skip
        return reply(found)


def make_from_report(id: str, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    moment, actor = now(), tokens.current(token_info)
    with transaction() as session:
        claim = idempotency.claim(session, actor.id, f"POST /conferences/{id}/report/group", _key(), body)
        viewer = queries.viewer_of(session, actor)
        if claim.replayed and claim.resource_id is not None:
            group_id = claim.resource_id
        else:
            seen = queries.conference(session, UUID(id), viewer, moment)
            made = groups.make_from_report(
                session, seen, viewer=viewer, name=body["name"], description=body.get("description", ""), now=moment
            )
            claim.record(201, made.id)
            group_id = made.id
        group, count = queries.group(session, group_id, viewer)
        location = {"Location": f"/api/v1/groups/{group.id}"}
        return reply(presenters.group(group, count), 201, etag=group.version, headers=location)


def read(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        group, _count = queries.group(session, UUID(id), viewer)
        shown = presenters.group_with_members(group, groups.members(session, group.id))
        return reply(shown, etag=group.version)


def edit(id: str, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        group = queries.group_for_update(session, UUID(id), viewer)
        preconditions.if_match(group.version)
        groups.edit(group, name=body.get("name"), description=body.get("description"))
        session.flush()
        shown = presenters.group_with_members(group, groups.members(session, group.id))
        return reply(shown, etag=group.version)


def remove(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        groups.remove(session, queries.group_for_update(session, UUID(id), viewer))
    return reply(status=204)


def add_member(id: str, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    moment, actor = now(), tokens.current(token_info)
    with advising(), transaction() as session:
        claim = idempotency.claim(session, actor.id, f"POST /groups/{id}/members", _key(), body)
        viewer = queries.viewer_of(session, actor)
        group = queries.group_for_update(session, UUID(id), viewer)
        if claim.replayed and claim.resource_id is not None and claim.status is not None:
            status, found = claim.status, groups.member(session, group.id, claim.resource_id)
        else:
            found, added = groups.add_member(session, group, email=body["email"], now=moment)
            status = 201 if added else 200
            claim.record(status, found.row.id)
        return reply(presenters.member(found), status)


def remove_member(id: str, mid: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        groups.remove_member(session, queries.group_for_update(session, UUID(id), viewer), UUID(mid))
    return reply(status=204)


def _key() -> str | None:
    return request.headers.get("Idempotency-Key")
