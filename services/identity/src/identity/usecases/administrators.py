"""The door of every operation under `/admin` (O6)."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.tokens import Actor
from identity import queries
from identity.rules import administrators as rules


def ensure_administrator(session: Session, actor: Actor) -> UUID:
    """The administrator's id. A program never is one, whoever made it; nor is whose account was shut since."""
    administrator = actor.client_id is None and queries.is_administrator(session, actor.id)
    rules.ensure_administrator(administrator=administrator, mfa=actor.mfa)
    return actor.id
