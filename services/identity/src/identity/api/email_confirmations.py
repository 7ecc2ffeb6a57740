"""Proof of an address, by whoever brings the mailed token."""

from typing import Any

import flask

from chassis.clock import now
from chassis.db import transaction
from chassis.web import reply
from identity import parts
from identity.api import limits
from identity.errors import TokenSpent
from identity.usecases import emails


def confirm(body: dict[str, Any]) -> flask.Response:
    try:
        with transaction() as session:
            limits.ensure_below(session, limits.EMAIL_PROOF)
            proven = emails.confirm(session, token=body["token"], parts=parts.current(), now=now())
    except TokenSpent:
        limits.failed(limits.EMAIL_PROOF)
        raise
    if proven is None:  # the lost claim is removed for good, so the refusal comes after the commit
        raise TokenSpent
    return reply({"email": proven.email, "primary": proven.primary, "status": proven.status})
