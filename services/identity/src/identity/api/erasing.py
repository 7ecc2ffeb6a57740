"""Deleting the caller's account, and the certificate that it happened."""

from collections.abc import Mapping
from typing import Any

import flask

from chassis import guessing, tokens
from chassis.advice import advice
from chassis.clock import now
from chassis.db import transaction
from chassis.errors import NotFound
from chassis.web import language, reply
from identity import parts, presenters
from identity.api import cookies, limits
from identity.api.sign_in import NOT_STORED, logout_to
from identity.errors import EmailNotPrimary
from identity.usecases import erasing


def delete_account(body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    person_id = tokens.current(token_info).id
    try:
        with transaction() as session:
            secret = erasing.request(session, person_id=person_id, email=body["email"], now=now())
    except EmailNotPrimary:
        guessing.failed(erasing.WRONG_ADDRESS, person_id)
        errors = [{"pointer": "/email", "detail": advice("value", language())}]
        raise EmailNotPrimary(errors=errors) from None
    address = f"{parts.current().settings.public_url}/certificate/{secret}"
    response = reply({"certificate_url": address, "logout_url": logout_to("/")}, status=202, headers=NOT_STORED)
    cookies.clear(response, cookies.SESSION)
    return response


def certificate(token: str) -> flask.Response:
    try:
        with transaction() as session:
            limits.ensure_below(session, limits.CERTIFICATE)
            erasure, confirmed = erasing.certificate(session, secret=token, now=now())
            return reply(presenters.certificate(erasure, confirmed), headers=NOT_STORED)
    except NotFound:
        limits.failed(limits.CERTIFICATE)
        raise
