"""Our part of what a person downloads about themselves; the gateway puts the parts together."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from chassis import tokens
from chassis.db import transaction
from chassis.web import reply
from notifications.usecases import exporting


def mine(token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        return reply(exporting.of(session, tokens.current(token_info).id), headers={"Cache-Control": "no-store"})
