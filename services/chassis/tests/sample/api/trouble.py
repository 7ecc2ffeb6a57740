import time
from typing import Any

import flask
from sqlalchemy import text

from chassis import web
from chassis.db import transaction
from chassis.errors import Forbidden
from chassis.tokens import current
from chassis.web import reply


def me(token_info: dict[str, Any]) -> flask.Response:
    actor = current(token_info)
    return reply({"id": actor.id, "mfa": actor.mfa, "active": actor.active, "address": web.client_address()})


def secret() -> flask.Response:
    return reply({"address": web.client_address()})


def inner_secret() -> flask.Response:
    return secret()


def make(kind: str) -> flask.Response:
    if kind == "crash":
        raise RuntimeError("secret detail")
    if kind == "forbidden":
        raise Forbidden(reason="not-yours")
    if kind == "slow-sql":
        with transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = 10"))
            session.execute(text("SELECT pg_sleep(1)"))
    if kind == "locked":
        with transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = 10"))
            session.execute(text("SELECT pg_advisory_xact_lock(7)"))
    if kind == "slow":
        time.sleep(1)
        return reply({"promised": "kept"})
    if kind == "abort":
        flask.abort(404)
    return reply({"broken": "promise"})
