"""What people keep up themselves about how they can be reached (S5)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from identity import events
from identity.models import Person
from identity.parts import Parts
from identity.rules.accounts import phone_of
from identity.usecases import people


def change(session: Session, person: Person, changes: Mapping[str, str | None], *, parts: Parts, now: datetime) -> None:
    """Take over what is given, leave the rest; the others hear of a new phone. The caller holds the person's row."""
    before = events.state_of(person)
    if "phone" in changes:
        person.phone = phone_of(changes["phone"])
    if "other_contact" in changes:
        person.other_contact = (changes["other_contact"] or "").strip() or None
    people.settle(session, person, parts.texts.versions, now, before=before)
