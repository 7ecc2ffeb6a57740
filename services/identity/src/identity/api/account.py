"""The caller's own account."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask
from sqlalchemy.orm import Session

from chassis import preconditions, problems, tokens
from chassis.advice import advice
from chassis.clock import now
from chassis.crypto import token
from chassis.db import transaction
from chassis.web import language, reply
from identity import parts, presenters, queries
from identity.errors import ActivationIncomplete, PhoneInvalid
from identity.models import Person
from identity.rules.accounts import Versions
from identity.usecases import activation, details, emails, people


def read(token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        return shown(session, queries.person(session, tokens.current(token_info).id))


def edit(body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    try:
        with transaction() as session:
            person = queries.person_for_update(session, tokens.current(token_info).id)
            preconditions.if_match(person.version)
            details.change(session, person, body, parts=parts.current(), now=now())
            return shown(session, person)
    except PhoneInvalid as refused:
        detail = problems.body(refused.type, language(), status=refused.status)["detail"]
        raise PhoneInvalid(errors=[{"pointer": "/phone", "detail": detail}]) from None


def activate(body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    email, institution_id = body.get("email"), body.get("institution_id")
    try:
        with transaction() as session:
            person = activation.activate(
                session,
                person_id=tokens.current(token_info).id,
                email=email,
                accepted=accepted(body),
                institution_id=UUID(institution_id) if institution_id else None,
                token=token(),
                parts=parts.current(),
                now=now(),
            )
            if email is not None:
                emails.count_mail(email, person.id)
            response = shown(session, person, status=202)
    except ActivationIncomplete as incomplete:
        detail = advice("required", language())
        errors = [{"pointer": pointer, "detail": detail} for pointer in incomplete.facts["pointers"]]
        raise ActivationIncomplete(errors=errors) from None
    return response


def accepted(body: Mapping[str, Any]) -> Versions:
    return Versions(terms=body["terms_version"], privacy=body["privacy_version"])


def shown(session: Session, person: Person, status: int = 200) -> flask.Response:
    versions = parts.current().texts.versions
    account = presenters.account(
        person,
        people.next_of(session, person, versions),
        people.choices_of(session, person),
        queries.accepted_at(session, person.id, versions),
    )
    return reply(account, status=status, etag=person.version, headers={"Cache-Control": "no-store"})
