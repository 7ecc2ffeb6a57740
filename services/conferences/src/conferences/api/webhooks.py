"""What the meeting provider tells us: proved, stored, answered; the rest later."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from chassis.clock import now
from chassis.db import transaction
from chassis.web import reply
from conferences import settings as configuration
from conferences.errors import SignatureInvalid
from conferences.rules import hooks
from conferences.usecases import attendance


def receive() -> Response:
    moment, raw = now(), request.get_data()
    secret = configuration.current().zoom_webhook_secret.get_secret_value()
    timestamp, signature = request.headers.get("x-zm-request-timestamp", ""), request.headers.get("x-zm-signature", "")
    if not hooks.is_authentic(secret, timestamp, signature, raw, moment):
        raise SignatureInvalid
    body: Mapping[str, Any] = json.loads(raw)
    if body.get("event") == hooks.URL_VALIDATION:
        return reply(hooks.answer_validation(secret, body))
    message = hooks.read(body)
    if message is not None:
        with transaction() as session:
            attendance.store(session, message, moment)
    return reply(status=204)
