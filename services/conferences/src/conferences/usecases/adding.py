"""Who gets a place (S22): nobody twice, never more than fit. The conference's row is locked throughout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis import crypto, outbox
from chassis.ids import new_id
from conferences import events, tickets
from conferences.models import Conference, Participation, Person, PersonAddress
from conferences.rules import addresses, capacity, names, permissions, states
from conferences.rules.permissions import Viewer
from conferences.seen import Seen
from conferences.settings import Settings
from conferences.usecases import participants, registering


class Outcome(StrEnum):
    added = "added"
    already = "already"
    invalid = "invalid"
    over_capacity = "over_capacity"


@dataclass(frozen=True)
class Line:
    """One person as asked for: by address as typed, or by account, with the (folded) addresses the asker knows."""

    email: str | None = None
    person_id: UUID | None = None
    known_as: Sequence[str] = ()
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
    participants.count(session, conference, _added(results))
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
    address_known = line.person_id is None or addresses.fold(address) in line.known_as
    if row is not None and address_known and row.email_folded == addresses.fold(address):
        row.masked = False
    if row is not None and row.removed_at is None and not row.is_manager:
        return Result(line, Outcome.already, row.id), None
    if places <= 0:
        return Result(line, Outcome.over_capacity), None
    if row is not None:  # had a place before, or came in as a manager: the same row, so that attendance stays one
        row.removed_at, row.is_manager, row.invited_at, row.invited_sequence = None, False, None, None
        row.name = names.tidy(line.name) or row.name
    else:
        row = new_participation(conference_id, address, person, settings=settings, now=now)
        row.masked = not address_known
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
