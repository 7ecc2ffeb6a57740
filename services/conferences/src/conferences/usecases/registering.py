"""Participants as the provider knows them: alias, name, personal link; ahead in batches, else on the click (S26).

Adding is counted, and its answer may be lost: a row says what will be asked; who was asked for is looked up first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from chassis import timers
from conferences.clients.zoom import BATCH, Zoom
from conferences.models import Booking, Conference, Participation, Person, Registrant
from conferences.rules import meetings, names
from conferences.rules.states import Room
from conferences.seen import participant_name
from conferences.settings import Settings

MOST_TURNS = 20  # names one participant may try: each costs a registrant at the provider


@dataclass(frozen=True)
class Ask:
    """One personal link to be got."""

    row_id: UUID
    meeting_id: int | None
    alias: str
    name: str
    asked_before: bool


@dataclass(frozen=True)
class Link:
    row_id: UUID
    registrant_id: str
    join_url: str


def plan_ahead(session: Session, conference: Conference, *, settings: Settings, now: datetime) -> None:
    ahead = timedelta(minutes=settings.register_ahead_minutes)
    timers.schedule(session, "room.register", conference.id, max(now, conference.starts_at - ahead))


def claim(
    session: Session, participation_id: UUID, booking: Booking, name: str, *, settings: Settings, now: datetime
) -> Ask:
    """The row for this name in this meeting: the one there is, or a new turn. One click at a time per participant."""
    lock = select(Participation.short_id).where(Participation.id == participation_id).with_for_update()
    short_id = session.scalars(lock).one()
    query = select(Registrant).where(Registrant.participation_id == participation_id).order_by(Registrant.turn.desc())
    latest = session.scalars(query.limit(1)).first()
    usable = latest is not None and latest.booking_id == booking.id and latest.withdrawn_at is None
    if latest is not None and usable and (latest.display_name == name or latest.turn >= MOST_TURNS):
        row = latest
    else:
        turn = latest.turn + 1 if latest is not None else 1
        row = Registrant(
            participation_id=participation_id,
            booking_id=booking.id,
            turn=turn,
            alias=meetings.alias(short_id, turn, settings.zoom_alias_domain),
            display_name=name,
        )
        session.add(row)
    asked_before = row.asked_at is not None
    row.asked_at = row.asked_at or now
    session.flush()
    return Ask(row.id, booking.meeting_id, row.alias, row.display_name, asked_before)


def claim_batch(session: Session, conference_id: UUID, *, settings: Settings, now: datetime) -> list[Ask]:
    """The next 30 participants whose name is known and who have no link yet."""
    query = select(Booking).where(Booking.conference_id == conference_id, Booking.current, Booking.room == Room.ready)
    booking = session.scalar(query)
    if booking is None or booking.meeting_id is None:
        return []
    has_link = exists().where(
        Registrant.participation_id == Participation.id,
        Registrant.booking_id == booking.id,
        Registrant.join_url.is_not(None),
        Registrant.withdrawn_at.is_(None),
    )
    missing = (
        select(Participation, Person)
        .outerjoin(Person, Person.person_id == Participation.person_id)
        .where(
            Participation.conference_id == conference_id,
            Participation.removed_at.is_(None),
            ~has_link,
            func.coalesce(Person.surname, Participation.name) != "",
            func.coalesce(Person.status, "active") == "active",
        )
        .order_by(Participation.short_id)
        .limit(BATCH)
    )
    return [
        claim(session, row.id, booking, called(row, person), settings=settings, now=now)
        for row, person in session.execute(missing).all()
    ]


def called(row: Participation, person: Person | None) -> str:
    return names.tidy(participant_name(row, person))


def get_links(zoom: Zoom, asks: Sequence[Ask]) -> list[Link]:
    """Ask the provider: first for those it may know already, then for the rest. No transaction is open meanwhile."""
    if not asks or asks[0].meeting_id is None:
        return []
    meeting_id, by_alias = asks[0].meeting_id, {ask.alias.casefold(): ask for ask in asks}
    found: dict[str, dict[str, object]] = {}
    if any(ask.asked_before for ask in asks):
        found = _by_alias(zoom.registrants_of(meeting_id), "id")
    missing = [ask for alias, ask in by_alias.items() if alias not in found]
    if len(missing) == 1:
        answer = zoom.add_registrant(meeting_id, missing[0].alias, missing[0].name)
        found |= _by_alias([{**answer, "email": missing[0].alias}], "registrant_id")
    elif missing:
        answers = zoom.add_registrants(meeting_id, [(ask.alias, ask.name) for ask in missing])
        found |= _by_alias(answers, "registrant_id")
    return [
        Link(ask.row_id, str(found[alias]["id"]), str(found[alias]["join_url"]))
        for alias, ask in by_alias.items()
        if alias in found
    ]


def _by_alias(rows: Iterable[dict[str, object]], id_key: str) -> dict[str, dict[str, object]]:
    """Only those with a link: somebody still waiting for approval has none."""
    return {
        str(row.get("email", "")).casefold(): {"id": row.get(id_key), "join_url": row["join_url"]}
        for row in rows
        if row.get("join_url") and row.get(id_key)
    }


def keep(session: Session, links: Iterable[Link], settings: Settings) -> None:
    for link in links:
        row = session.get_one(Registrant, link.row_id)
        row.registrant_id, row.join_url = link.registrant_id, settings.join_links.encrypt(link.join_url)


def current_link(session: Session, participation_id: UUID, booking_id: UUID) -> Registrant | None:
    """The link of the last turn in this meeting."""
    query = select(Registrant).where(
        and_(Registrant.participation_id == participation_id, Registrant.booking_id == booking_id),
        Registrant.withdrawn_at.is_(None),
    )
    return session.scalars(query.order_by(Registrant.turn.desc()).limit(1)).first()


def to_withdraw(session: Session, participation_id: UUID) -> dict[int, list[Registrant]]:
    """A removed participant's links at the provider, by meeting; empty when the place was given back."""
    query = (
        select(Booking.meeting_id, Registrant)
        .join(Booking, Booking.id == Registrant.booking_id)
        .join(Participation, Participation.id == Registrant.participation_id)
        .where(
            Participation.id == participation_id,
            Participation.removed_at.is_not(None),
            Participation.united_into.is_(None),
            Registrant.withdrawn_at.is_(None),
            Registrant.asked_at.is_not(None),
            Booking.meeting_id.is_not(None),
            ~Booking.released,
        )
    )
    found: dict[int, list[Registrant]] = {}
    for meeting_id, row in session.execute(query):
        if meeting_id is not None:
            found.setdefault(meeting_id, []).append(row)
    return found
