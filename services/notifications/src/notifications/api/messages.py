from uuid import UUID

from flask import Response

from chassis.db import transaction
from chassis.pages import page
from chassis.web import reply
from notifications import presenters, queries
from notifications.models import Message


def find(about: str, limit: int, cursor: str | None = None) -> Response:
    with transaction() as session:
        found = page(
            session,
            queries.messages_about(UUID(about)),
            order=[Message.queued_at.desc(), Message.id.desc()],
            limit=limit,
            cursor=cursor,
            present=presenters.message,
        )
    return reply(found)
