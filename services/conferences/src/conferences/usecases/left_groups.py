"""Groups whose owner coordinates nothing any more: kept a while, for the role may come back, then deleted (S30).

The clock stands in the group's own row, not in the copy of memberships: a copy that is emptied and rebuilt changes
nothing. It goes by what the copy says now, so facts that come late, twice or not at all at worst start it later. Of
whose membership we know nothing, it neither starts nor stops, and nothing is deleted.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from conferences.models import Group, Membership
from conferences.rules.groups import KEPT_OUT_OF_REACH
from conferences.rules.permissions import COORDINATING

PORTION = 20  # a group may have a thousand members


def keep_time(session: Session, now: datetime, owner_id: UUID | None = None) -> None:
    """Out of reach since now, or within reach again; of one owner, or of all."""
    whose = (Group.owner_id == owner_id,) if owner_id is not None else ()
    left, back = Group.out_of_reach_since.is_(None), Group.out_of_reach_since.is_not(None)
    for which, since in (((left, _owner_left()), now), ((back, _owner_coordinates()), None)):
        statement = update(Group).where(*which, *whose).values(out_of_reach_since=since)
        session.execute(statement.execution_options(synchronize_session=False))


def delete_due(session: Session, now: datetime, limit: int = PORTION) -> int:
    """The next few; how many they were. Those of who gets the role back at this moment are locked, and passed over."""
    due = select(Group.id).where(Group.out_of_reach_since <= now - KEPT_OUT_OF_REACH, _owner_left())
    due = due.order_by(Group.out_of_reach_since).limit(limit).with_for_update(skip_locked=True)
    gone = delete(Group).where(Group.id.in_(session.scalars(due).all())).returning(Group.id)
    return len(session.scalars(gone, execution_options={"synchronize_session": False}).all())


def _owner_left() -> ColumnElement[bool]:
    return exists().where(Membership.person_id == Group.owner_id, Membership.role.not_in(COORDINATING))


def _owner_coordinates() -> ColumnElement[bool]:
    return exists().where(Membership.person_id == Group.owner_id, Membership.role.in_(COORDINATING))
