"""For the gateway and the services: who a caller is, and how to check our signature."""

from typing import Any

import flask

from chassis.clock import now
from chassis.db import transaction
from chassis.web import reply
from identity import parts
from identity.errors import SessionExpired
from identity.usecases import sessions


def exchange(body: dict[str, Any]) -> flask.Response:
    credential = body["credential"]
    if credential["kind"] != "session":
        raise SessionExpired  # there are no service clients, so nobody holds a valid access token
    with transaction() as session:
        issued = sessions.exchange(
            session,
            token=credential["value"],
            audience=body["audience"],
            prolong=body["prolong"],
            parts=parts.current(),
            now=now(),
        )
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
