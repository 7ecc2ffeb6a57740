from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from chassis import db, idempotency, preconditions, tokens
from chassis.db import transaction
from chassis.errors import DomainError
from chassis.pages import page
from chassis.web import reply
from orgs import presenters, queries
from orgs.api.fields import saying_which_field
from orgs.errors import EmploymentApiIdTaken, NameTaken, PhoneInvalid, RegistryCodeTaken
from orgs.models import Institution, Membership, Unit
from orgs.rules import running
from orgs.rules.permissions import Viewer
from orgs.usecases import institutions

FIELD_OF: dict[type[DomainError], str] = {
    NameTaken: "/name",
    PhoneInvalid: "/contact_phone",
    RegistryCodeTaken: "/registry_code",
    EmploymentApiIdTaken: "/employment_api_id",
}


def find(
    token_info: Mapping[str, Any],
    limit: int,
    state: str = "active",
    search: str | None = None,
    cursor: str | None = None,
) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        found = page(
            session,
            queries.institutions_named(search, closed=state == "all"),
            order=[Institution.search, Institution.id],
            limit=limit,
            cursor=cursor,
            present=lambda institution: presenters.institution(institution, viewer),
        )
    return reply(found)


def create(body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    actor = tokens.current(token_info)
    with saying_which_field(FIELD_OF), transaction() as session:
        viewer = queries.viewer_of(session, actor)
        claim = _claim(session, actor.id, "POST /institutions", body)
        id_ = claim.resource_id
        if id_ is None:
            id_ = institutions.establish(session, viewer=viewer, wanted=body).id
            claim.record(201, id_)
        return _shown(queries.institution(session, id_), viewer, created=True)


def read(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        return _shown(queries.institution(session, UUID(id)), viewer)


def change(id: str, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    with saying_which_field(FIELD_OF), transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        institution = queries.institution_for_update(session, UUID(id))
        running.ensure_may(viewer, "edit", institution.id)
        preconditions.if_match(institution.version)
        institutions.change(session, viewer=viewer, institution=institution, changes=body)
        return _shown(institution, viewer)


def close(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        return _shown(institutions.close(session, viewer=viewer, institution_id=UUID(id)), viewer)


def reopen(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        return _shown(institutions.reopen(session, viewer=viewer, institution_id=UUID(id)), viewer)


def figures(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        institution = _inspected(session, UUID(id), token_info)
        return reply(presenters.figures(queries.figures(session, institution.id)))


def people(
    id: str, token_info: Mapping[str, Any], limit: int, search: str | None = None, cursor: str | None = None
) -> Response:
    with transaction() as session:
        institution = _inspected(session, UUID(id), token_info)
        db.plan_search(session)
        found = page(
            session,
            queries.members_named(institution.id, search),
            order=[Membership.search, Membership.person_id],
            limit=limit,
            cursor=cursor,
            present=presenters.member,
            total=True,
            searched=bool(search),
        )
    return reply(found, headers={"Cache-Control": "no-store"})


def units(
    id: str,
    *,
    token_info: Mapping[str, Any],
    limit: int,
    state: str = "active",
    search: str | None = None,
    cursor: str | None = None,
) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        institution = queries.institution(session, UUID(id))
        found = page(
            session,
            queries.units_named(institution.id, search, closed=state == "all"),
            order=[Unit.search, Unit.id],
            limit=limit,
            cursor=cursor,
            present=lambda unit: presenters.unit(unit, institution, viewer),
        )
    return reply(found)


def add_unit(id: str, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    actor, institution_id = tokens.current(token_info), UUID(id)
    with saying_which_field(FIELD_OF), transaction() as session:
        viewer = queries.viewer_of(session, actor)
        claim = _claim(session, actor.id, f"POST /institutions/{institution_id}/units", body)
        id_ = claim.resource_id
        if id_ is None:
            added = institutions.establish_unit(
                session, viewer=viewer, institution_id=institution_id, name=body["name"]
            )
            id_ = added.id
            claim.record(201, id_)
        institution, unit = queries.unit(session, id_)
        location = {"Location": f"/api/v1/units/{unit.id}"}
        return reply(presenters.unit(unit, institution, viewer), 201, etag=unit.version, headers=location)


def _shown(institution: Institution, viewer: Viewer, *, created: bool = False) -> Response:
    status, headers = (201, {"Location": f"/api/v1/institutions/{institution.id}"}) if created else (200, {})
    return reply(presenters.institution(institution, viewer), status, etag=institution.version, headers=headers)


def _inspected(session: Session, id_: UUID, token_info: Mapping[str, Any]) -> Institution:
    institution = queries.institution(session, id_)
    running.ensure_may(queries.viewer_of(session, tokens.current(token_info)), "inspect", institution.id)
    return institution


def _claim(session: Session, actor_id: UUID, operation: str, body: Mapping[str, Any]) -> idempotency.Claim:
    return idempotency.claim(session, actor_id, operation, request.headers.get("Idempotency-Key"), body)
