"""Invitations to the platform."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask
from sqlalchemy.orm import Session

from chassis import idempotency, pages, tokens
from chassis.clock import now
from chassis.crypto import token
from chassis.db import transaction
from chassis.errors import NotFound
from chassis.web import language, reply
from identity import parts, presenters, queries
from identity.models import Invitation
from identity.rules.invitations import Inviter, State
from identity.usecases import invitations
from identity.usecases.invitations import Invited


def find(
    token_info: Mapping[str, Any],
    state: str | None = None,
    search: str = "",
    limit: int = 50,
    cursor: str | None = None,
) -> flask.Response:
    moment = now()
    with transaction() as session:
        inviter = _inviter(session, token_info)
        query = invitations.visible_to(inviter, State(state) if state else None, search, moment)
        return reply(
            pages.page(
                session,
                query,
                order=[Invitation.created_at.desc(), Invitation.id.desc()],
                limit=limit,
                cursor=cursor,
                present=lambda row: presenters.invitation(row, moment),
                total=True,
            )
        )


def create(body: dict[str, Any], token_info: Mapping[str, Any]) -> flask.Response:
    moment, key = now(), flask.request.headers.get("Idempotency-Key")
    with transaction() as session:
        claim = idempotency.claim(session, tokens.current(token_info).id, "POST /invitations", key, body)
        if claim.replayed:
            invitation = session.get(Invitation, claim.resource_id)
            if invitation is None:
                raise NotFound
        else:
            invitation = invitations.create(
                session,
                inviter=_inviter(session, token_info),
                invited=Invited(**body, language=language()),
                token=token(),
                parts=parts.current(),
                now=moment,
            )
            claim.record(201, invitation.id)
        return reply(presenters.invitation(invitation, moment), status=201)


def resend(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    moment = now()
    with transaction() as session:
        invitation = invitations.resend(
            session,
            inviter=_inviter(session, token_info),
            invitation_id=UUID(id),
            token=token(),
            parts=parts.current(),
            now=moment,
        )
        return reply(presenters.invitation(invitation, moment))


def revoke(id: str, token_info: Mapping[str, Any]) -> flask.Response:
    with transaction() as session:
        invitations.revoke(session, inviter=_inviter(session, token_info), invitation_id=UUID(id), now=now())
    return reply(status=204)


def _inviter(session: Session, token_info: Mapping[str, Any]) -> Inviter:
    actor = tokens.current(token_info)
    return queries.inviter(session, actor.id, mfa=actor.mfa)
