"""What others keep copies of, told again when they ask: what became of invitations, and of no other mail."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import snapshots
from chassis.outbox import Fact
from chassis.snapshots import Snapshots
from notifications import events
from notifications.models import Message
from notifications.rules.messages import State, Template


def messages(session: Session, after: UUID | None, limit: int) -> Sequence[Fact]:
    settled = Message.state.in_([State.sent, State.failed])
    invitations = select(Message).where(Message.template == Template.conference_invitation, settled)
    rows = session.scalars(snapshots.following(invitations, Message.id, after, limit))
    return [events.message_snapshot(row) for row in rows]


SNAPSHOTS: Snapshots = {"notifications.message": messages}
