"""Who has a place (S22): nobody twice, never more than fit. The conference's row is locked throughout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from chassis import crypto, outbox, timers
from chassis.errors import NotFound
from chassis.ids import new_id
from conferences import events, queries, tickets
from conferences.events import Addressee
from conferences.models import Conference, Participation, Person, PersonAddress
from conferences.rules import addresses, capacity, names, permissions, states
from conferences.rules.permissions import Viewer
from conferences.seen import Seen
from conferences.settings import Settings
from conferences.usecases import registering


class Outcome(StrEnum):
    added = "added"
    already = "already"
    invalid = "invalid"
    over_capacity = "over_capacity"


@dataclass(frozen=True)
class Line:
    """One person as asked for: by address as typed, or by account."""

    email: str | None = None
    person_id: UUID | None = None
    name: str = ""
    invite_to_platform: bool = False


@dataclass(frozen=True)
class Result:
    line: Line
    outcome: Outcome
    participant_id: UUID | None = None


@dataclass
class Known:
    """What we know of everybody in the lines, read at once."""

    people: dict[UUID, Person] = field(default_factory=dict)
    owners: dict[str, UUID] = field(default_factory=dict)
    by_address: dict[str, Participation] = field(default_factory=dict)
    by_person: dict[UUID, Participation] = field(default_factory=dict)
    by_id: dict[UUID, Participation] = field(default_factory=dict)

    def remember(self, row: Participation) -> None:
        self.by_id[row.id] = row
        self.by_address[row.email_folded] = row
        if row.person_id is not None and row.united_into is None:
            self.by_person[row.person_id] = row

    def place_of(self, address: str, person: Person | None) -> Participation | None:
        found = self.by_person.get(person.person_id) if person is not None else None
        found = found or self.by_address.get(addresses.fold(address))
        return self.by_id[found.united_into] if found is not None and found.united_into is not None else found


def add_people(
    session: Session, seen: Seen, *, viewer: Viewer, people: Sequence[Line], settings: Settings, now: datetime
) -> list[Result]:
    """Add people to a conference one manages; the outcome of each line (S22)."""
    permissions.ensure_may(viewer, "participants", seen.relation)
    states.ensure_not_over(seen.state)
    return add(session, seen.conference, viewer=viewer, people=people, settings=settings, now=now)


def look_up(session: Session, seen: Seen, *, viewer: Viewer, people: Sequence[Line]) -> list[Result]:
    """A request repeated: what became of its lines, with nothing done again."""
    permissions.ensure_may(viewer, "participants", seen.relation)
    known = _known(session, seen.conference.id, people)
    results = []
    for line in people:
        wanted = _wanted(line, known)
        row = known.place_of(*wanted) if wanted is not None else None
        if wanted is None:
            results.append(Result(line, Outcome.invalid))
        elif row is None or row.removed_at is not None:
            results.append(Result(line, Outcome.over_capacity))
        else:
            results.append(Result(line, Outcome.already, row.id))
    return results


def add(
    session: Session,
    conference: Conference,
    *,
    viewer: Viewer,
    people: Sequence[Line],
    settings: Settings,
    now: datetime,
) -> list[Result]:
    session.flush()
    known = _known(session, conference.id, people)
    places = capacity.free_places(conference.capacity, conference.participant_count)
    results: list[Result] = []
    asked: list[Participation] = []
    for line in people:
        result, row = _add_one(
            session, conference.id, line, known, places=places - _added(results), settings=settings, now=now
        )
        results.append(result)
        if row is not None and row.person_id is None and line.invite_to_platform:
            asked.append(row)
    session.flush()
    count(session, conference, _added(results))
    _ask_for_accounts(session, asked, viewer, settings)
    if _added(results):
        registering.plan_ahead(session, conference, settings=settings, now=now)
    return results


def _added(results: Iterable[Result]) -> int:
    return sum(result.outcome == Outcome.added for result in results)


def _add_one(
    session: Session, conference_id: UUID, line: Line, known: Known, *, places: int, settings: Settings, now: datetime
) -> tuple[Result, Participation | None]:
    wanted = _wanted(line, known)
    if wanted is None:
        return Result(line, Outcome.invalid), None
    address, person = wanted
    row = known.place_of(address, person)
    if row is not None and row.removed_at is None and not row.is_manager:
        return Result(line, Outcome.already, row.id), None
    if places <= 0:
        return Result(line, Outcome.over_capacity), None
    if row is not None:  # had a place before, or came in as a manager: the same row, so that attendance stays one
        row.removed_at, row.is_manager, row.invited_at = None, False, None
        row.name = names.tidy(line.name) or row.name
    else:
        row = new_participation(conference_id, address, person, settings=settings, now=now)
        row.name = "" if person else names.tidy(line.name)
        session.add(row)
        known.remember(row)
    return Result(line, Outcome.added, row.id), row


def _wanted(line: Line, known: Known) -> tuple[str, Person | None] | None:
    """The address and whose it is; None when there is no such address or nobody active by that id."""
    if line.person_id is not None:
        person = known.people.get(line.person_id)
        return (person.email, person) if person is not None and person.status == "active" and person.email else None
    address = addresses.clean(line.email or "")
    if address is None:
        return None
    owner = known.owners.get(addresses.fold(address))
    return address, known.people[owner] if owner is not None else None


def new_participation(
    conference_id: UUID, address: str, person: Person | None, *, settings: Settings, now: datetime
) -> Participation:
    id_ = new_id()
    return Participation(
        id=id_,
        conference_id=conference_id,
        person_id=person.person_id if person else None,
        email=address,
        email_folded=addresses.fold(address),
        name="",
        ticket_digest=crypto.digest(tickets.issue(settings.tickets, id_, 1)),
        ticket_generation=1,
        facts=0,
        added_at=now,
    )


def _known(session: Session, conference_id: UUID, people: Sequence[Line]) -> Known:
    typed = {addresses.fold(found) for line in people if (found := addresses.clean(line.email or ""))}
    ids = {line.person_id for line in people if line.person_id is not None}
    known = Known()
    owner_of_typed = select(PersonAddress.person_id).where(PersonAddress.email_folded.in_(typed))
    wanted = select(Person, PersonAddress.email_folded).outerjoin(
        PersonAddress, PersonAddress.person_id == Person.person_id
    )
    wanted = wanted.where(or_(Person.person_id.in_(ids), Person.person_id.in_(owner_of_typed)))
    for person, folded in session.execute(wanted):
        known.people[person.person_id] = person
        if folded is not None:
            known.owners[folded] = person.person_id
            typed.add(folded)
    rows = select(Participation).where(
        Participation.conference_id == conference_id,
        or_(Participation.email_folded.in_(typed), Participation.person_id.in_(known.people)),
    )
    for row in session.scalars(rows.execution_options(populate_existing=True)):
        known.remember(row)
    for row in list(known.by_id.values()):
        if row.united_into is not None and row.united_into not in known.by_id:
            known.by_id[row.united_into] = session.get_one(Participation, row.united_into)
    return known


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


def _ask_for_accounts(session: Session, guests: Sequence[Participation], viewer: Viewer, settings: Settings) -> None:
    if viewer.institution_id is None:
        return
    key = settings.identity_sealing_public_key.get_secret_value()
    for row in guests:
        row.facts += 1
        fact = events.account_requested(
            row, inviter_id=viewer.person_id, institution_id=viewer.institution_id, sealing_key=key
        )
        outbox.add(session, fact)


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
