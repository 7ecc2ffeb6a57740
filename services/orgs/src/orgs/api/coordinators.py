"""Coordinators of an institution: the list, one of them, the end of the role (S12, S14)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from chassis import db, pages, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.web import reply
from orgs import coordinator_rows, presenters, queries
from orgs.coordinator_rows import CoordinatorRow
from orgs.rules import coordinating
from orgs.rules.coordinating import Coordinator
from orgs.rules.memberships import Role
from orgs.usecases import memberships

NOT_STORED = {"Cache-Control": "no-store"}


def find(
    id: str, *, token_info: Mapping[str, Any], limit: int, search: str | None = None, cursor: str | None = None
) -> Response:
    institution_id, moment = UUID(id), now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        coordinating.ensure_may_list(viewer, queries.institution(session, institution_id).id)
        db.plan_search(session)
        found = pages.merged_page(
            session,
            coordinator_rows.arms(institution_id, search),
            limit=limit,
            cursor=cursor,
            present=lambda row: presenters.coordinator(CoordinatorRow(*row), viewer, moment),
            searched=bool(search),
        )
    return reply(found, headers=NOT_STORED)


def read(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        row = coordinator_rows.coordinator(session, person_id := UUID(id))
        coordinating.ensure_may_read(viewer, Coordinator(person_id, row.institution_id, Role(row.role)))
        institution = queries.institution(session, row.institution_id)
        description = queries.reason_for_role(session, person_id, row.institution_id, Role(row.role))
        return reply(presenters.coordinator_part(row, institution, description, viewer), headers=NOT_STORED)


def demote(id: str, token_info: Mapping[str, Any]) -> Response:
    def change() -> Response:
        with transaction() as session:
            viewer = queries.viewer_of(session, tokens.current(token_info))
            memberships.demote(session, viewer=viewer, person_id=UUID(id), now=now())
            row, institution, unit = queries.membership_with_place(session, UUID(id))
            return reply(presenters.membership(row, institution_name=institution, unit_name=unit), etag=row.version)

    return db.retrying(change)
