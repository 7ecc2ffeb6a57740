"""The places of a conference: how many there are, who is told when one is taken away (S22)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import outbox, timers
from chassis.errors import NotFound
from conferences import events, queries
from conferences.events import Addressee
from conferences.models import Conference, Participation, Person
from conferences.rules import names, permissions, states
from conferences.rules.permissions import Viewer
from conferences.seen import Seen
from conferences.settings import Settings


def count(session: Session, conference: Conference, change: int, *, calendar_steps: int = 0) -> None:
    """Written past the version: the number of participants is no reason to refuse somebody's edit."""
    if change or calendar_steps:
        session.execute(
            update(Conference)
            .where(Conference.id == conference.id)
            .values(
                participant_count=Conference.participant_count + change,
                calendar_sequence=Conference.calendar_sequence + calendar_steps,
            )
            .execution_options(synchronize_session=False)
        )
        session.refresh(conference, ["participant_count", "calendar_sequence"])


def remove(
    session: Session, seen: Seen, participant_id: UUID, *, viewer: Viewer, settings: Settings, now: datetime
) -> None:
    """Take a place away: the link is dead here and at the provider; whoever had been invited is told (S22)."""
    permissions.ensure_may(viewer, "participants", seen.relation)
    states.ensure_not_over(seen.state)
    row = session.get(Participation, participant_id)
    if row is None or row.conference_id != seen.conference.id or row.is_manager:
        raise NotFound
    if row.removed_at is not None:
        return
    row.removed_at = now
    session.flush()
    was_invited = row.invited_at is not None
    count(session, seen.conference, -1, calendar_steps=1 if was_invited else 0)
    timers.schedule(session, "registrant.withdraw", row.id, now)
    if was_invited:
        tell_uninvited(session, seen.conference, [row], reason="removed", settings=settings)


def tell_all_uninvited(session: Session, conference: Conference, *, reason: str, settings: Settings) -> None:
    invited = select(Participation).where(
        Participation.conference_id == conference.id,
        Participation.removed_at.is_(None),
        Participation.invited_at.is_not(None),
    )
    tell_uninvited(session, conference, session.scalars(invited).all(), reason=reason, settings=settings)


def tell_uninvited(
    session: Session, conference: Conference, rows: Sequence[Participation], *, reason: str, settings: Settings
) -> None:
    entry = calendar_entry(session, conference)
    key = settings.sealing_public_key.get_secret_value()
    people = queries.people(session, [row.person_id for row in rows])
    for row in rows:
        row.facts += 1
        to = people.get(row.person_id) if row.person_id else None
        fact = events.participant_uninvited(entry, row, addressee(row, to), reason=reason, sealing_key=key)
        outbox.add(session, fact)


def addressee(row: Participation, person: Person | None) -> Addressee:
    """Mail goes to the primary address of people with an account."""
    if person is None:
        return Addressee(row.email, row.name, "el")
    return Addressee(person.email or row.email, names.full(person.surname, person.name), person.language)


def calendar_entry(session: Session, conference: Conference) -> dict[str, object]:
    coordinator = session.get(Person, conference.coordinator_id)
    name = names.full(coordinator.surname, coordinator.name) if coordinator else ""
    return events.calendar_entry(conference, name, queries.institution_name(session, conference.institution_id))
