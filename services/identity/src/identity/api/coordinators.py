"""Our part of a coordinator's details; the gateway puts it together with orgs' (S14)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask

from chassis import tokens
from chassis.db import transaction
from chassis.errors import NotFound
from chassis.web import reply
from identity import parts, presenters, queries
from identity.api.sign_in import NOT_STORED
from identity.rules import invitations as rules


def read(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    actor, person_id = tokens.current(token_info), UUID(id)
    with transaction() as session:
        viewer, place = queries.inviter(session, actor.id, mfa=actor.mfa), queries.membership(session, person_id)
        if place is None or not rules.oversees(viewer, place):
            raise NotFound
        person = queries.person(session, person_id)
        accepted = queries.accepted_at(session, person_id, parts.current().texts.versions)
        return reply(presenters.coordinator(person, accepted), headers=NOT_STORED)
