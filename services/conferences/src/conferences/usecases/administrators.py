"""Who acts as platform administrator: the role and the second factor, never one of them alone (O6)."""

from sqlalchemy.orm import Session

from chassis.errors import Forbidden
from chassis.tokens import Actor
from conferences import queries


def ensure_administrator(session: Session, actor: Actor) -> None:
    if not queries.is_administrator(session, actor.id):
        raise Forbidden(reason="not-an-administrator")
    if not actor.mfa:
        raise Forbidden(reason="second-factor-needed")
