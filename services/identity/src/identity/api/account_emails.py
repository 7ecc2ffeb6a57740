"""The caller's addresses."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask

from chassis import tokens
from chassis.clock import now
from chassis.crypto import token
from chassis.db import transaction
from chassis.web import reply
from identity import parts, presenters, queries
from identity.usecases import emails, extra_emails

NOT_STORED = {"Cache-Control": "no-store"}


def find(token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        person = queries.person(session, tokens.current(token_info).id)
        return reply(presenters.account_emails(person), headers=NOT_STORED)


def add(body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    person_id = tokens.current(token_info).id
    with transaction() as session:
        row = extra_emails.add(
            session, person_id=person_id, email=body["email"], token=token(), parts=parts.current(), now=now()
        )
        emails.count_mail(row.email, person_id)  # while its lock is held: no more get through at once than later
        return reply(presenters.account_email(row), status=201, headers=NOT_STORED)


def resend(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    person_id = tokens.current(token_info).id
    with transaction() as session:
        row = extra_emails.resend(
            session, person_id=person_id, email_id=UUID(id), token=token(), parts=parts.current(), now=now()
        )
        emails.count_mail(row.email, person_id)
        return reply(presenters.account_email(row), status=202, headers=NOT_STORED)


def remove(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    person_id = tokens.current(token_info).id
    with transaction() as session:
        extra_emails.remove(session, person_id=person_id, email_id=UUID(id), parts=parts.current(), now=now())
    return reply(status=204)


def make_primary(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    person_id = tokens.current(token_info).id
    with transaction() as session:
        person = extra_emails.make_primary(
            session, person_id=person_id, email_id=UUID(id), parts=parts.current(), now=now()
        )
        return reply(presenters.account_emails(person), headers=NOT_STORED)
