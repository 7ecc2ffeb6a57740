from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from chassis import db, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.pages import page
from chassis.web import reply
from orgs import collaboration_queries, presenters, queries
from orgs.models import Collaboration, Membership
from orgs.rules import permissions
from orgs.usecases import collaborations
from orgs.usecases.collaborations import MOST_AT_ONCE


def mine(token_info: Mapping[str, Any]) -> Response:
    """Who helps me, and whom I help."""
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        permissions.ensure_coordinates(viewer)
        sides = {"helpers": Collaboration.owner_person_id, "helping": Collaboration.collaborator_person_id}
        found = {
            part: collaboration_queries.collaborations_of(session, viewer.person_id, side, limit=MOST_AT_ONCE)
            for part, side in sides.items()
        }
        return reply({part: [presenters.collaboration(row) for row in rows] for part, rows in found.items()})


def candidates(
    token_info: Mapping[str, Any], limit: int, search: str | None = None, cursor: str | None = None
) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        institution_id = permissions.ensure_coordinates(viewer)
        found = page(
            session,
            collaboration_queries.collaboration_candidates(viewer.person_id, institution_id, search),
            order=[Membership.search, Membership.person_id],
            limit=limit,
            cursor=cursor,
            present=presenters.colleague,
            total=True,
        )
    return reply(found)


def ask(body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    wanted = [UUID(id_) for id_ in body["person_ids"]] if "person_ids" in body else None

    def change() -> Response:
        with transaction() as session:
            viewer = queries.viewer_of(session, tokens.current(token_info))
            results = collaborations.ask(session, viewer=viewer, wanted=wanted, now=now())
        return reply({"results": [presenters.collaboration_result(each) for each in results]})

    return db.retrying(change)


def accept(id: str, token_info: Mapping[str, Any]) -> Response:
    def change() -> Response:
        with transaction() as session:
            viewer = queries.viewer_of(session, tokens.current(token_info))
            collaborations.accept(session, viewer=viewer, id_=UUID(id), now=now())
            row = collaboration_queries.collaboration_with_owner(session, UUID(id))
            return reply(presenters.collaboration(row), etag=row[0].version)

    return db.retrying(change)


def end(id: str, token_info: Mapping[str, Any]) -> Response:
    def change() -> Response:
        with transaction() as session:
            viewer = queries.viewer_of(session, tokens.current(token_info))
            collaborations.end(session, viewer=viewer, id_=UUID(id), now=now())
        return reply(status=204)

    return db.retrying(change)
