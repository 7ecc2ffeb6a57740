"""Our part of what a person downloads about themselves; the gateway puts the parts together."""

from collections.abc import Mapping
from typing import Any

import flask

from chassis import tokens
from chassis.db import transaction
from chassis.web import reply
from identity import parts
from identity.api.sign_in import NOT_STORED
from identity.usecases import exporting


def mine(token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        return reply(exporting.of(session, tokens.current(token_info).id, parts.current()), headers=NOT_STORED)
