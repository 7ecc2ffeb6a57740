"""The sign-in that waits for its confirmation."""

from typing import Any

import flask

from chassis import problems
from chassis.clock import now
from chassis.crypto import token
from chassis.db import transaction
from chassis.errors import DomainError
from chassis.web import language, reply
from identity import parts, presenters
from identity.api import cookies, limits
from identity.errors import SignInRefused
from identity.rules.devices import device_of
from identity.rules.sign_in import refusal_of
from identity.usecases import confirmation, sign_in
from identity.usecases.sessions import Opening

NOT_STORED = {"Cache-Control": "no-store"}


def read() -> flask.Response:
    with transaction() as session:
        shown = sign_in.show(session, token=cookies.read(cookies.PENDING), parts=parts.current(), now=now())
        presented = presenters.sign_in(
            shown.held.citizen,
            shown.held.finding.answer,
            shown.institutions,
            awaits=shown.awaits,
            person=shown.person,
            expires_at=shown.expires_at,
            offer=shown.offer,
        )
        return reply(presented, headers=NOT_STORED)


def cancel() -> flask.Response:
    with transaction() as session:
        sign_in.cancel(session, token=cookies.read(cookies.PENDING), now=now())
    response = reply({"logout_url": logout_to("/")}, headers=NOT_STORED)
    cookies.clear(response, cookies.PENDING)
    return response


def confirm(body: dict[str, Any]) -> flask.Response:
    opening = opened()
    try:
        with limits.of_sign_in(), transaction() as session:
            entered = confirmation.confirm(
                session,
                token=cookies.read(cookies.PENDING),
                update_name=body["update_name"],
                language=language(),
                opening=opening,
                parts=parts.current(),
                now=now(),
            )
    except SignInRefused as refused:
        return refused_late(refused)
    return entering(entered, opening)


def prove(body: dict[str, Any]) -> flask.Response:
    """What was refused is raised after the commit: a wrong code must stay counted."""
    opening = opened()
    try:
        with limits.of_sign_in():
            with transaction() as session:
                answer = confirmation.prove(
                    session,
                    token=cookies.read(cookies.PENDING),
                    code=body["code"],
                    language=language(),
                    opening=opening,
                    parts=parts.current(),
                    now=now(),
                )
            if isinstance(answer, DomainError):
                raise answer
    except SignInRefused as refused:
        return refused_late(refused)
    return entering(answer, opening)


def opened() -> Opening:
    """A session's beginning in this browser."""
    return Opening(token(), device_of(flask.request.headers.get("User-Agent", "")))


def entering(entered: confirmation.SignedIn, opening: Opening) -> flask.Response:
    """The session's cookie; or, while a code is awaited, no session, not even one from before."""
    response = reply(presenters.signed_in(entered), headers=NOT_STORED)
    if not entered.awaits_code:
        cookies.give(response, cookies.SESSION, opening.token)
        cookies.clear(response, cookies.PENDING)
    elif cookies.read(cookies.SESSION) is not None:
        cookies.clear(response, cookies.SESSION)
    return response


def refused_late(refused: SignInRefused) -> flask.Response:
    """As at the callback: out of TaxisNet, and the reason waits in a cookie for the page that follows."""
    reason = refused.facts["reason"]
    with transaction() as session:
        sign_in.keep_refusal(session, refused.facts.get("person_id"), reason)
    facts = {"reason": reason, "logout_url": logout_to("/refused")}
    problem = problems.body(refused.type, language(), status=refused.status, facts=facts)
    response = reply(problem, status=refused.status, headers=NOT_STORED, content_type=problems.MEDIA_TYPE)
    cookies.give(response, cookies.REFUSAL, reason, cookies.REFUSAL_SECONDS)
    cookies.clear(response, cookies.PENDING)
    return response


def refusal() -> flask.Response:
    response = reply({"reason": refusal_of(cookies.read(cookies.REFUSAL))}, headers=NOT_STORED)
    cookies.clear(response, cookies.REFUSAL)
    return response


def logout_to(path: str) -> str:
    """TaxisNet's address that ends its session and then leads to a page of ours."""
    joined = parts.current()
    return joined.taxisnet.logout_url(f"{joined.settings.public_url}{path}")
