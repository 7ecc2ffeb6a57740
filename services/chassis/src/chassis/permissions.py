"""Whether somebody may do something, asked beforehand (contracts/rights.yaml): by the questions that the act asks.

A question raises what the act would: Forbidden with the reason, or NotFound of what is hidden.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis import contracts
from chassis.advice import advice
from chassis.errors import Forbidden, InvalidRequest
from chassis.web import language, reply

Viewer = TypeVar("Viewer")
Question = Callable[[Session, Viewer, UUID], None]
GeneralQuestion = Callable[[Session, Viewer], None]


def answer(
    session: Session,
    viewer: Viewer,
    act: str,
    object_: str | None,
    *,
    about: Mapping[str, Question[Viewer]],
    at_large: Mapping[str, GeneralQuestion[Viewer]] | None = None,
) -> Response:
    """`about` asks about an object; `at_large` are the acts that need none."""
    try:
        if (general := (at_large or {}).get(act)) is not None:
            general(session, viewer)
        elif act not in about:
            raise _malformed("act", "value")
        elif object_ is None:
            raise _malformed("object", "required")
        else:
            about[act](session, viewer, UUID(object_))
    except Forbidden as refusal:
        return _said(str(refusal.facts["reason"]))
    return _said(None)


def _said(reason: str | None) -> Response:
    said = {"allowed": reason is None, "reason": reason, "explanation": contracts.reason_in_words(reason)}
    return reply(said, headers={"Cache-Control": "no-store"})


def _malformed(parameter: str, advised: str) -> InvalidRequest:
    return InvalidRequest(errors=[{"pointer": f"#/parameters/{parameter}", "detail": advice(advised, language())}])
