from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from chassis import db, idempotency, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.errors import DomainError
from chassis.pages import page
from chassis.web import reply
from orgs import presenters, queries
from orgs.api.fields import saying_which_field
from orgs.errors import EmploymentPending, InstitutionNotAllowed, PhoneInvalid, UnitNotAvailable, UnitRequired
from orgs.models import RoleRequest
from orgs.rules import permissions
from orgs.rules import role_requests as rules
from orgs.rules.memberships import Role
from orgs.rules.permissions import Asked
from orgs.rules.role_requests import State
from orgs.usecases import decisions, role_requests
from orgs.usecases.role_requests import Wanted

FIELD_OF: dict[type[DomainError], str] = {
    InstitutionNotAllowed: "/institution_id",
    PhoneInvalid: "/phone",
    UnitNotAvailable: "/unit_id",
    UnitRequired: "/unit_id",
}


def find(token_info: Mapping[str, Any], limit: int, state: str = "mine", cursor: str | None = None) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        query = queries.role_requests()
        if state == "mine":
            query = query.where(RoleRequest.person_id == viewer.person_id)
        elif (institution_id := permissions.ensure_may_list(viewer)) is not None:
            query = query.where(RoleRequest.institution_id == institution_id)
        if state == "open":
            query = query.where(RoleRequest.state == State.open)
        newest_first = [RoleRequest.id.desc()]  # the ids carry the time
        found = page(
            session,
            query,
            order=newest_first,
            limit=limit,
            cursor=cursor,
            present=presenters.role_request,
            total=True,
        )
    return reply(found)


def read(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        row = queries.role_request(session, UUID(id))
        permissions.ensure_may(viewer, "read", Asked(row[0].person_id, row[0].institution_id))
        return reply(presenters.role_request(row), etag=row[0].version)


def options(token_info: Mapping[str, Any]) -> Response:
    """What the form may offer, decided here and not by the page."""
    person_id = tokens.current(token_info).id
    with transaction() as session:
        applicant, already = queries.applicant(session, person_id), queries.open_role_request(session, person_id)
        if applicant is None:
            return reply(presenters.options(EmploymentPending()))
        obstacle = rules.why_nothing(applicant, already.id if already is not None else None)
        places = queries.institutions_by_name(session, rules.places_to_ask(applicant)) if obstacle is None else ()
        return reply(presenters.options(obstacle, applicant, already, places))


def ask(body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    with saying_which_field(FIELD_OF):
        return db.retrying(lambda: _ask(body, tokens.current(token_info).id))


def _ask(body: Mapping[str, Any], person_id: UUID) -> Response:
    wanted = Wanted(
        role=Role(body["role"]),
        institution_id=UUID(body["institution_id"]),
        unit_id=UUID(body["unit_id"]) if body.get("unit_id") else None,
        phone=body["phone"],
        reason=body["reason"].strip(),
    )
    with transaction() as session:
        key = request.headers.get("Idempotency-Key")
        claim = idempotency.claim(session, person_id, "POST /role-requests", key, body)
        id_ = claim.resource_id
        if id_ is None:
            id_ = role_requests.ask(session, person_id=person_id, wanted=wanted, now=now()).id
            claim.record(201, id_)
        row = queries.role_request(session, id_)
        location = {"Location": f"/api/v1/role-requests/{row[0].id}"}
        return reply(presenters.role_request(row), 201, etag=row[0].version, headers=location)


def accept(id: str, token_info: Mapping[str, Any]) -> Response:
    return _decided(id, token_info, lambda session, who: decisions.accept(session, **who, now=now()))


def reject(id: str, token_info: Mapping[str, Any], body: Mapping[str, Any]) -> Response:
    comment = (body.get("comment") or "").strip() or None
    return _decided(id, token_info, lambda session, who: decisions.reject(session, **who, comment=comment, now=now()))


def _decided(id: str, token_info: Mapping[str, Any], decide: Callable[[Session, dict[str, Any]], None]) -> Response:
    def change() -> Response:
        with transaction() as session:
            viewer = queries.viewer_of(session, tokens.current(token_info))
            decide(session, {"viewer": viewer, "request_id": UUID(id)})
            row = queries.role_request(session, UUID(id))
            return reply(presenters.role_request(row), etag=row[0].version)

    return db.retrying(change)


def withdraw(id: str, token_info: Mapping[str, Any]) -> Response:
    def change() -> Response:
        with transaction() as session:
            viewer = queries.viewer_of(session, tokens.current(token_info))
            role_requests.withdraw(session, viewer=viewer, request_id=UUID(id), now=now())
        return reply(status=204)

    return db.retrying(change)
