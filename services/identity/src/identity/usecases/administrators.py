"""The door of every operation under `/admin` (O6)."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.tokens import Actor
from identity import queries
from identity.rules import administrators as rules


def ensure_administrator(session: Session, actor: Actor) -> UUID:
    """The administrator's id. A program never is one, whoever made it."""
    membership = queries.membership(session, actor.id) if actor.client_id is None else None
    rules.ensure_administrator(
        administrator=membership is not None and membership.platform_administrator, mfa=actor.mfa
    )
    return actor.id
