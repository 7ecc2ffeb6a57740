"""Inviting somebody to coordinate (S13)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from chassis import db, idempotency, pages, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.errors import DomainError
from chassis.web import language, reply
from orgs import coordinator_rows, presenters, queries
from orgs.api.coordinators import NOT_STORED
from orgs.api.fields import saying_which_field
from orgs.coordinator_rows import CoordinatorRow
from orgs.errors import PhoneInvalid, UnitNotAvailable, UnitRequired
from orgs.rules import coordinating
from orgs.rules.memberships import Role
from orgs.rules.permissions import Viewer
from orgs.usecases import coordinator_invitations, decisions
from orgs.usecases.coordinator_invitations import Wanted

FIELD_OF: dict[type[DomainError], str] = {
    PhoneInvalid: "/phone",
    UnitNotAvailable: "/unit_id",
    UnitRequired: "/unit_id",
}


def find(id: str, *, token_info: Mapping[str, Any], limit: int, cursor: str | None = None) -> Response:
    institution_id, moment = UUID(id), now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        coordinating.ensure_may_list(viewer, queries.institution(session, institution_id).id)
        found = pages.merged_page(
            session,
            [coordinator_rows.invitations(institution_id)],
            limit=limit,
            cursor=cursor,
            present=lambda row: presenters.coordinator(CoordinatorRow(*row), viewer, moment),
        )
    return reply(found, headers=NOT_STORED)


def create(id: str, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    with saying_which_field(FIELD_OF):
        return db.retrying(lambda: _create(UUID(id), body, token_info))


def _create(institution_id: UUID, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    actor, key = tokens.current(token_info), request.headers.get("Idempotency-Key")
    with transaction() as session:
        viewer = queries.viewer_of(session, actor)
        operation = f"POST /institutions/{institution_id}/coordinator-invitations"
        claim = idempotency.claim(session, actor.id, operation, key, body)
        if (id_ := claim.resource_id) is None:
            id_ = coordinator_invitations.invite(
                session, viewer=viewer, institution_id=institution_id, wanted=_wanted(body), now=now()
            ).id
            claim.record(201, id_)
        return _shown(session, id_, viewer, status=201)


def _wanted(body: Mapping[str, Any]) -> Wanted:
    return Wanted(
        role=Role(body.get("role") or Role.unit_coordinator),
        unit_id=UUID(body["unit_id"]) if body.get("unit_id") else None,
        surname=" ".join(body["surname"].split()),
        name=" ".join(body["name"].split()),
        email=body["email"].strip(),
        phone=body.get("phone"),
        language=language(),
    )


def resend(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        coordinator_invitations.resend(session, viewer=viewer, invitation_id=UUID(id), now=now())
        return _shown(session, UUID(id), viewer)


def revoke(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        coordinator_invitations.revoke(session, viewer=viewer, invitation_id=UUID(id))
    return reply(status=204)


def confirm(id: str, token_info: Mapping[str, Any]) -> Response:
    def change() -> Response:
        with transaction() as session:
            viewer = queries.viewer_of(session, tokens.current(token_info))
            person_id = decisions.confirm_surname(session, viewer=viewer, invitation_id=UUID(id), now=now())
            row = coordinator_rows.coordinator(session, person_id)
            return reply(presenters.coordinator(row, viewer, now()), headers=NOT_STORED)

    return db.retrying(change)


def _shown(session: Session, invitation_id: UUID, viewer: Viewer, *, status: int = 200) -> Response:
    row = coordinator_rows.invitation(session, invitation_id)
    return reply(presenters.coordinator(row, viewer, now()), status, headers=NOT_STORED)
