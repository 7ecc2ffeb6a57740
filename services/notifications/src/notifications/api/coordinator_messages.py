"""«Αποστολή Email»: messages to all coordinators of an institution (S15)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request

from chassis import idempotency, pages, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.web import reply
from notifications import presenters, queries
from notifications import settings as surroundings
from notifications.models import CoordinatorMessage, Message
from notifications.rules import coordinator_messages as rules
from notifications.rules import permissions
from notifications.usecases import coordinator_messages
from notifications.usecases.coordinator_messages import Text


def find(id: str, token_info: Mapping[str, Any], limit: int, cursor: str | None = None) -> Response:
    institution_id = UUID(id)
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        queries.ensure_institution(session, viewer, institution_id)
        permissions.ensure_may_write_to(viewer, institution_id)
        found = pages.page(
            session,
            queries.coordinator_messages().where(CoordinatorMessage.institution_id == institution_id),
            order=[CoordinatorMessage.id.desc()],  # the ids carry the time
            limit=limit,
            cursor=cursor,
            present=presenters.coordinator_message,
            total=True,
        )
    return reply(found)


def options(id: str, token_info: Mapping[str, Any]) -> Response:
    institution_id, moment = UUID(id), now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        queries.ensure_institution(session, viewer, institution_id)
        permissions.ensure_may_write_to(viewer, institution_id)
        shown = presenters.coordinator_message_options(
            recipients=queries.count(session, queries.coordinators_of(institution_id)),
            limit=surroundings.current().coordinator_messages_a_day,
            already=queries.messages_of_day(session, institution_id, rules.day_of(moment)),
            now=moment,
        )
    return reply(shown)


def send(id: str, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    actor, institution_id = tokens.current(token_info), UUID(id)
    with transaction() as session:
        operation = f"POST /institutions/{institution_id}/coordinator-messages"
        key = request.headers.get("Idempotency-Key")
        claim = idempotency.claim(session, actor.id, operation, key, body)
        id_ = claim.resource_id
        if id_ is None:
            id_ = coordinator_messages.send(
                session,
                viewer=queries.viewer_of(session, actor),
                institution_id=institution_id,
                text=Text(body["subject"].strip(), body["body"].strip()),
                settings=surroundings.current(),
                now=now(),
            ).id
            claim.record(202, id_)
        shown = presenters.coordinator_message(queries.coordinator_message(session, id_))
    return reply(shown, 202, headers={"Location": f"/api/v1/coordinator-messages/{id_}"})


def read(id: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        row = queries.coordinator_message(session, UUID(id))
        permissions.ensure_may_read(queries.viewer_of(session, tokens.current(token_info)), row[0].institution_id)
        return reply(presenters.coordinator_message(row))


def recipients(id: str, token_info: Mapping[str, Any], limit: int, cursor: str | None = None) -> Response:
    with transaction() as session:
        written = queries.coordinator_message(session, UUID(id))[0]
        permissions.ensure_may_read(queries.viewer_of(session, tokens.current(token_info)), written.institution_id)
        found = pages.page(
            session,
            queries.recipients(written),
            order=[Message.id],
            limit=limit,
            cursor=cursor,
            present=presenters.recipient,
            total=True,
        )
    return reply(found)
