"""Identity hears who was in conferences, so that accounts in use are not deleted as unused (O3).

Off the way of whoever joins: days later, when attendance is settled, each conference is told of once, in their order.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from chassis import outbox
from conferences import events
from conferences.models import Conference, Participation, Stay
from conferences.rules.states import State

TELL, EVERYBODY = "activity.tell", "everybody"
SETTLED_AFTER = timedelta(days=3)  # a conference lasts a day at most, and attendance is read back within another
PORTION = 50


@dataclass(frozen=True)
class Place:
    """The conference that was told of last, in the order of their starts."""

    starts_at: datetime
    id: UUID

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> "Place":
        return cls(datetime.fromisoformat(payload["starts_at"]), UUID(payload["id"]))

    def written(self) -> dict[str, str]:
        return {"starts_at": self.starts_at.isoformat(), "id": str(self.id)}


def tell(session: Session, after: Place, now: datetime, limit: int = PORTION) -> Place | None:
    """Tell of the next few; the last of them, None when there are none yet."""
    query = select(Conference).where(
        tuple_(Conference.starts_at, Conference.id) > (after.starts_at, after.id),
        Conference.starts_at <= now - SETTLED_AFTER,
    )
    found = session.scalars(query.order_by(Conference.starts_at, Conference.id).limit(limit)).all()
    if not found:
        return None
    there: dict[UUID, set[UUID | None]] = defaultdict(set)
    attendance = (
        select(Stay.conference_id, Participation.person_id)
        .join(Participation, Participation.id == Stay.participation_id)
        .where(Stay.conference_id.in_([conference.id for conference in found]))
        .distinct()
    )
    for conference_id, person_id in session.execute(attendance):
        there[conference_id].add(person_id)
    for conference in found:
        if conference.state == State.ended:
            there[conference.id].add(conference.coordinator_id)
        known = {person_id for person_id in there[conference.id] if person_id is not None}
        if known:
            outbox.add(session, events.conference_attended(conference, known))
    return Place(found[-1].starts_at, found[-1].id)
