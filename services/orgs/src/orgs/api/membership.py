from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis import db, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.web import reply
from orgs import presenters, queries
from orgs.rules.memberships import Role
from orgs.usecases import memberships


def read(token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        return _mine(session, tokens.current(token_info).id)


def choose_unit(body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    person_id = tokens.current(token_info).id

    def change() -> Response:
        with transaction() as session:
            memberships.choose_unit(session, person_id=person_id, unit_id=UUID(body["unit_id"]), now=now())
            return _mine(session, person_id)

    return db.retrying(change)


def step_down(body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    person_id = tokens.current(token_info).id

    def change() -> Response:
        with transaction() as session:
            memberships.step_down(session, person_id=person_id, role=Role(body["role"]), now=now())
            return _mine(session, person_id)

    return db.retrying(change)


def _mine(session: Session, person_id: UUID) -> Response:
    membership, institution, unit = queries.membership_with_place(session, person_id)
    body = presenters.membership(membership, institution_name=institution, unit_name=unit)
    return reply(body, etag=membership.version)
