"""The audit trail as a page of an API: filtered, newest first; and followed in portions, so that no request is long."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from chassis import audit, pages, tokens
from chassis.audit import AuditDetail, AuditRow
from chassis.db import transaction
from chassis.tokens import Actor
from chassis.web import reply

PORTION = 20_000
NOT_STORED = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Wanted:
    """`act` may be a whole name or only the thing: `account` finds `account.disabled`."""

    act: str | None = None
    actor_id: UUID | None = None
    object_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def wanted(filters: Mapping[str, Any]) -> Wanted:
    """From the parameters of a request, checked by its contract."""
    actor, about, since, until = (filters.get(name) for name in ("actor_id", "object_id", "since", "until"))
    return Wanted(
        act=filters.get("act") or None,
        actor_id=UUID(actor) if actor else None,
        object_id=UUID(about) if about else None,
        since=datetime.fromisoformat(since) if since else None,
        until=datetime.fromisoformat(until) if until else None,
    )


def operations(ensure: Callable[[Session, Actor], object]) -> tuple[Callable[..., Response], Callable[..., Response]]:
    """`find` and `verify` of a service's API; `ensure` refuses whom the service does not let see its trail."""

    def find(token_info: Mapping[str, Any], limit: int = 50, cursor: str | None = None, **filters: Any) -> Response:
        with transaction() as session:
            ensure(session, tokens.current(token_info))
            return reply(page(session, wanted(filters), limit=limit, cursor=cursor), headers=NOT_STORED)

    def verify(token_info: Mapping[str, Any], after: int = 0, previous: str | None = None) -> Response:
        with transaction() as session:
            ensure(session, tokens.current(token_info))
            return reply(portion(session, after=after, previous=previous), headers=NOT_STORED)

    return find, verify


def page(session: Session, asked: Wanted, *, limit: int, cursor: str | None) -> dict[str, Any]:
    query: Select[*tuple[Any, ...]] = select(AuditRow, AuditDetail).outerjoin(
        AuditDetail, AuditDetail.position == AuditRow.position
    )
    return pages.page(
        session,
        query.where(*_conditions(asked)),
        order=[AuditRow.position.desc()],
        limit=limit,
        cursor=cursor,
        present=lambda row: _shown(*row),
    )


def portion(session: Session, *, after: int, previous: str | None) -> dict[str, Any]:
    """One stretch of `audit.verify`; whoever asks comes back with where it ended until it is `complete`."""
    start = bytes.fromhex(previous) if previous else audit.FIRST
    verdict = audit.verify(session, after=after, previous=start, most=PORTION)
    verified = after + verdict.rows - (verdict.broken_at is not None)
    return {
        "rows": audit.length(session),
        "verified": verified,
        "head": verdict.head,
        "broken_at": verdict.broken_at,
        "complete": verdict.broken_at is not None or verdict.rows < PORTION,
    }


def _conditions(asked: Wanted) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.act is not None:
        conditions.append(or_(AuditRow.act == asked.act, AuditRow.act.startswith(f"{asked.act}.", autoescape=True)))
    if asked.actor_id is not None:
        conditions.append(AuditRow.actor_id == asked.actor_id)
    if asked.object_id is not None:
        conditions.append(AuditRow.object_id == asked.object_id)
    if asked.since is not None:
        conditions.append(AuditRow.occurred_at >= asked.since)
    if asked.until is not None:
        conditions.append(AuditRow.occurred_at < asked.until)
    return conditions


def _shown(row: AuditRow, detail: AuditDetail | None) -> dict[str, Any]:
    return {
        "position": row.position,
        "act": row.act,
        "actor_id": row.actor_id,
        "object_id": row.object_id,
        "at": row.occurred_at,
        "correlation_id": row.correlation_id,
        "details": detail.details if detail is not None else None,
    }
