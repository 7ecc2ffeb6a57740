"""The caller's second factor: by a session, or, to set one up, by the pending sign-in that asks for it."""

import io
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar
from uuid import UUID

import flask
import pyotp
import segno
from sqlalchemy.orm import Session

from chassis import tokens
from chassis.clock import now
from chassis.crypto import digest
from chassis.db import transaction
from chassis.errors import DomainError, Forbidden
from chassis.web import language, reply
from identity import parts, presenters, queries
from identity.api import cookies, limits
from identity.api.sign_in import NOT_STORED, opened, refused_late
from identity.errors import SignInRefused
from identity.models import Person
from identity.rules import two_factor as rules
from identity.usecases import confirmation, two_factor
from identity.usecases.administrators import ensure_administrator

Answer = TypeVar("Answer")
Token = Mapping[str, Any]
PENDING = "pending"


def pending_sign_in(apikey: str) -> dict[str, str]:
    """Security function: whether the cookie is worth anything is seen where the sign-in is locked."""
    return {PENDING: apikey}


def read(token_info: Token) -> flask.Response:
    with transaction() as session:
        shown = two_factor.show(session, tokens.current(token_info).id)
        return reply(presenters.two_factor(shown), headers=NOT_STORED)


def enrol(token_info: Token, body: dict[str, Any] | None = None) -> flask.Response:
    with _limits_of(token_info), transaction() as session:
        person, by = _who(session, token_info)
        answer = two_factor.enrol(
            session,
            person=person,
            by=by,
            code=(body or {}).get("code"),
            secret=pyotp.random_base32(),
            parts=parts.current(),
            now=now(),
        )
    enrolment = told(answer)
    return reply(presenters.enrolment(enrolment, _qr_svg(enrolment.otpauth_uri)), headers=NOT_STORED)


def activate(token_info: Token, body: dict[str, Any]) -> flask.Response:
    if PENDING in token_info:
        return _activate_and_enter(token_info[PENDING], body["code"])
    recovery_codes = _recovery_codes()
    with transaction() as session:
        person, by = _who(session, token_info)
        two_factor.activate(
            session,
            person=person,
            by=by,
            code=body["code"],
            recovery_codes=recovery_codes,
            parts=parts.current(),
            now=now(),
        )
        two_factor.activate_in_session(session, person=person, session_id=_session_id(token_info))
    return reply({"recovery_codes": recovery_codes, "signed_in": None}, headers=NOT_STORED)


def deactivate(token_info: Token, body: dict[str, Any]) -> flask.Response:
    with transaction() as session:
        person, _ = _who(session, token_info)
        refusal = two_factor.deactivate(session, person=person, code=body["code"], parts=parts.current(), now=now())
    told(refusal)
    return read(token_info)


def renew_recovery_codes(token_info: Token, body: dict[str, Any]) -> flask.Response:
    recovery_codes = _recovery_codes()
    with transaction() as session:
        person, _ = _who(session, token_info)
        refusal = two_factor.renew_recovery_codes(
            session,
            person=person,
            code=body["code"],
            recovery_codes=recovery_codes,
            parts=parts.current(),
            now=now(),
        )
    told(refusal)
    return reply({"recovery_codes": recovery_codes}, headers=NOT_STORED)


def reset(id: str, token_info: Token) -> flask.Response:
    """For somebody else: one's own is changed with a code of it."""
    with transaction() as session:
        administrator_id = ensure_administrator(session, tokens.current(token_info))
        if administrator_id == UUID(id):
            raise Forbidden(reason="not-oneself")
        person = queries.person_for_update(session, UUID(id))
        two_factor.reset(session, person=person, actor_id=administrator_id, now=now())
        return reply(presenters.two_factor(two_factor.show(session, person.id)), headers=NOT_STORED)


def told(answer: Answer | DomainError) -> Answer:
    """What a use case refused after counting; by now that is committed."""
    if isinstance(answer, DomainError):
        raise answer
    return answer


def _activate_and_enter(pending: str, code: str) -> flask.Response:
    recovery_codes, opening = _recovery_codes(), opened()
    try:
        with limits.of_sign_in(), transaction() as session:
            entered = confirmation.set_up(
                session,
                token=pending,
                by=digest(pending),
                code=code,
                recovery_codes=recovery_codes,
                language=language(),
                opening=opening,
                parts=parts.current(),
                now=now(),
            )
    except SignInRefused as refused:
        return refused_late(refused)
    answer = {"recovery_codes": recovery_codes, "signed_in": presenters.signed_in(entered)}
    response = reply(answer, headers=NOT_STORED)
    cookies.give(response, cookies.SESSION, opening.token)
    cookies.clear(response, cookies.PENDING)
    return response


def _who(session: Session, token_info: Token) -> tuple[Person, bytes]:
    """The person, locked, and what this session or sign-in is known by."""
    if PENDING in token_info:
        pending = token_info[PENDING]
        return confirmation.setting_up(session, token=pending, parts=parts.current(), now=now()), digest(pending)
    session_id = _session_id(token_info)
    return queries.person_for_update(session, tokens.current(token_info).id), digest(str(session_id))


def _limits_of(token_info: Token) -> AbstractContextManager[None]:
    """A session was already asked for; a pending sign-in's cookie may be made up."""
    return limits.of_sign_in() if PENDING in token_info else nullcontext()


def _session_id(token_info: Token) -> UUID:
    """A program has no telephone."""
    session_id = tokens.current(token_info).session_id
    if session_id is None:
        raise Forbidden(reason="people-only")
    return UUID(session_id)


def _recovery_codes() -> list[str]:
    return [
        rules.recovery_code_of([secrets.randbelow(len(rules.RECOVERY_SIGNS)) for _ in range(rules.RECOVERY_LENGTH)])
        for _ in range(rules.RECOVERY_CODES)
    ]


def _qr_svg(address: str) -> str:
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff", xmldecl=False, nl=False)
    return drawn.getvalue().decode()
