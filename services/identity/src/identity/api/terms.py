"""The texts everybody accepts."""

from collections.abc import Mapping
from typing import Any

import flask

from chassis import tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.web import language, reply
from identity import parts
from identity.api.account import accepted, shown
from identity.usecases import activation


def read() -> flask.Response:
    texts, spoken = parts.current().texts, language()
    return reply(
        {
            "terms": {"version": texts.versions.terms, "text": texts.terms(spoken)},
            "privacy": {"version": texts.versions.privacy, "text": texts.privacy(spoken)},
        },
        headers={"Content-Language": spoken, "Vary": "Accept-Language"},
    )


def accept(body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        person = activation.accept_terms(
            session,
            person_id=tokens.current(token_info).id,
            accepted=accepted(body),
            parts=parts.current(),
            now=now(),
        )
        return shown(session, person)
