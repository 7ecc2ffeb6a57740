"""For the gateway and the services: who a caller is, and how to check our signature."""

from typing import Any

import flask

from chassis.clock import now
from chassis.db import transaction
from chassis.web import reply
from identity import parts
from identity.usecases import access_tokens, sessions


def exchange(body: dict[str, Any]) -> flask.Response:
    kind, value = body["credential"]["kind"], body["credential"]["value"]
    with transaction() as session:
        asked = {"token": value, "audience": body["audience"], "parts": parts.current(), "now": now()}
        if kind == "session":
            issued = sessions.exchange(session, prolong=body["prolong"], **asked)
        else:
            issued = access_tokens.exchange(session, **asked)
    return reply(
        {
            "token": issued.token,
            "expires_in": max(1, int(issued.lives_for.total_seconds())),
            "session_id": issued.session_id,
            "person_id": issued.person_id,
            "state": issued.state,
        }
    )


def jwks() -> flask.Response:
    return reply({"keys": [key.as_dict(private=False) for key in parts.current().signing.keys]})
