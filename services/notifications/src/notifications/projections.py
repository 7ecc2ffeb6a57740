from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import projections
from notifications.models import Person


def remember_person(session: Session, *, sequence: int, data: Mapping[str, Any]) -> None:
    key = {"person_id": UUID(data["person_id"])}
    projections.apply(session, Person, key, sequence, {"email": data["email"]})
