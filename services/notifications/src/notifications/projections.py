from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import projections
from notifications.models import Administrator, Person


def remember_person(session: Session, *, sequence: int, data: Mapping[str, Any]) -> None:
    key = {"person_id": UUID(data["person_id"])}
    projections.apply(session, Person, key, sequence, {"email": data["email"]})


def remember_administrator(session: Session, *, person_id: UUID, sequence: int, active: bool) -> None:
    """Of whoever never was one nothing is kept."""
    if active or session.get(Administrator, person_id) is not None:
        projections.apply(session, Administrator, {"person_id": person_id}, sequence, {"active": active})
