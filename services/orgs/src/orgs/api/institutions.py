from typing import Any
from uuid import UUID

from flask import Response

from chassis.db import transaction
from chassis.pages import page
from chassis.web import reply
from orgs import presenters, queries
from orgs.models import Institution, Unit


def find(limit: int, search: str | None = None, cursor: str | None = None) -> Response:
    with transaction() as session:
        found = page(
            session,
            queries.institutions_named(search),
            order=[Institution.search, Institution.id],
            limit=limit,
            cursor=cursor,
            present=presenters.institution,
        )
    return reply(found)


def read(id: str) -> Response:
    with transaction() as session:
        institution = queries.institution(session, UUID(id))
        return reply(presenters.institution(institution), etag=institution.version)


def units(id: str, limit: int, search: str | None = None, cursor: str | None = None) -> Response:
    with transaction() as session:
        institution = queries.institution(session, UUID(id))

        def present(unit: Unit) -> dict[str, Any]:
            return presenters.unit(unit, general=unit.id == institution.general_unit_id)

        found = page(
            session,
            queries.units_named(institution.id, search),
            order=[Unit.search, Unit.id],
            limit=limit,
            cursor=cursor,
            present=present,
        )
    return reply(found)
