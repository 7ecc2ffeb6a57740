from collections.abc import Mapping
from typing import Any

from flask import Response

from chassis import tokens
from chassis.db import transaction
from chassis.web import reply
from orgs import presenters, queries


def read(token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        membership, institution, unit = queries.membership_with_place(session, tokens.current(token_info).id)
        body = presenters.membership(membership, institution_name=institution, unit_name=unit)
        return reply(body, etag=membership.version)
