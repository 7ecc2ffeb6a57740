"""Invitations to a conference: who is written to, and with which link (S22, S33)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.ids import new_id
from conferences import events, queries, tickets
from conferences.models import Participation
from conferences.rules import permissions, states
from conferences.rules.permissions import Viewer
from conferences.seen import Seen
from conferences.settings import Settings
from conferences.usecases import participants


def invite(
    session: Session, seen: Seen, *, viewer: Viewer, ids: Sequence[UUID] | None, settings: Settings, now: datetime
) -> tuple[UUID, int]:
    """Write to those named, again if need be and with the same link; with nobody named, to all not yet invited."""
    permissions.ensure_may(viewer, "invite", seen.relation)
    states.ensure_not_over(seen.state)
    query = select(Participation).where(
        Participation.conference_id == seen.conference.id, Participation.removed_at.is_(None), ~Participation.is_manager
    )
    query = query.where(Participation.invited_at.is_(None)) if ids is None else query.where(Participation.id.in_(ids))
    rows = session.scalars(query.order_by(Participation.short_id)).all()

    request_id = new_id()
    entry = participants.calendar_entry(session, seen.conference) if rows else {}
    people = queries.people(session, [row.person_id for row in rows])
    key = settings.sealing_public_key.get_secret_value()
    for row in rows:
        row.invited_at, row.invitation_id, row.facts = now, request_id, row.facts + 1
        row.invited_sequence = row.facts
        to = participants.addressee(row, people.get(row.person_id) if row.person_id else None)
        ticket = tickets.secret_of(settings.tickets, row)
        outbox.add(session, events.participant_invited(entry, row, to, ticket=ticket, sealing_key=key))
    return request_id, len(rows)


def invited_by(session: Session, request_id: UUID) -> int:
    """How many a former request wrote to."""
    query = select(func.count()).select_from(Participation).where(Participation.invitation_id == request_id)
    return session.scalar(query) or 0
