"""Who is in the room, from the provider's messages and, after the end, from his own list (S28)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import timers
from conferences.models import Booking, Conference, Hook, Host, Registrant, Sitting, Stay
from conferences.rules import attendance as rules
from conferences.rules import hooks as messages
from conferences.rules.attendance import Row


@dataclass(frozen=True)
class Whose:
    """Whom registrants and aliases stand for."""

    by_registrant: Mapping[str, UUID]
    by_alias: Mapping[str, UUID]

    def of(self, registrant_id: str | None, alias: str | None) -> UUID | None:
        """The id decides; the alias only where it is missing; a name never."""
        found = self.by_registrant.get(registrant_id or "")
        return found or self.by_alias.get((alias or "").casefold())


def store(session: Session, message: messages.Hook, now: datetime) -> None:
    """Once, whatever the number of deliveries; what follows from it is worked out later."""
    values = {**vars(message), "received_at": now}
    stored = insert(Hook).values(**values).on_conflict_do_nothing().returning(Hook.id)
    if session.scalar(stored) is not None:
        timers.schedule(session, "hooks.apply", message.meeting_uuid, now)


def apply_hooks(session: Session, meeting_uuid: str) -> None:
    """Derive the sitting and its stays anew from all its messages: their order and number cannot matter."""
    told = session.scalars(select(Hook).where(Hook.meeting_uuid == meeting_uuid)).all()
    conference_id = _conference_of(session, {hook.meeting_id for hook in told})
    if conference_id is None:
        return
    _keep_sitting(session, conference_id, meeting_uuid, told)
    whose = _whose(session, {hook.registrant_id for hook in told}, {hook.alias for hook in told})
    known: dict[str, list[Stay]] = {}
    for stay in session.scalars(select(Stay).where(Stay.meeting_uuid == meeting_uuid)):
        known.setdefault(stay.device, []).append(stay)
    by_device: dict[str, list[Hook]] = {}
    for hook in told:
        if hook.device != messages.WITHOUT_PARTICIPANT and not hook.is_host:
            by_device.setdefault(hook.device, []).append(hook)
    for device, about in by_device.items():
        if not any(stay.listed for stay in known.get(device, [])):
            _keep_stays(session, conference_id, about, known.get(device, []), whose)


def _conference_of(session: Session, meeting_ids: set[int]) -> UUID | None:
    return session.scalar(select(Booking.conference_id).where(Booking.meeting_id.in_(meeting_ids)).limit(1))


def _keep_sitting(session: Session, conference_id: UUID, meeting_uuid: str, told: Sequence[Hook]) -> None:
    began = min(hook.started_at or hook.at for hook in told)
    over = [hook.at for hook in told if hook.event == messages.ENDED]
    ended_at = max(min(over), began) if over else None
    values = {"conference_id": conference_id, "started_at": began, "ended_at": ended_at}
    statement = insert(Sitting).values(meeting_uuid=meeting_uuid, **values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["meeting_uuid"], set_={**values, "ended_at": ended_at or Sitting.ended_at}
        )
    )
    # A host runs one meeting at a time: when the room opens again, its former sitting is over, said or not.
    for other in session.scalars(
        select(Sitting).where(Sitting.conference_id == conference_id, Sitting.ended_at.is_(None))
    ):
        if other.meeting_uuid != meeting_uuid and other.started_at < began:
            other.ended_at = began


def _keep_stays(
    session: Session, conference_id: UUID, about: Sequence[Hook], known: Sequence[Stay], whose: Whose
) -> None:
    joins = [hook.at for hook in about if hook.event == messages.JOINED]
    leaves = [hook.at for hook in about if hook.event == messages.LEFT]
    registrant_id = next((hook.registrant_id for hook in about if hook.registrant_id), None)
    alias = next((hook.alias for hook in about if hook.alias), None)
    participation_id = whose.of(registrant_id, alias)
    wanted = {stay.joined_at: stay for stay in rules.stays(joins, leaves)}
    for row in known:
        derived = wanted.pop(row.joined_at, None)
        if derived is None:
            session.delete(row)
        else:
            row.left_at, row.participation_id = derived.left_at, participation_id
    for stay in wanted.values():
        session.add(
            Stay(
                meeting_uuid=about[0].meeting_uuid,
                conference_id=conference_id,
                participation_id=participation_id,
                device=about[0].device,
                registrant_id=registrant_id,
                joined_at=stay.joined_at,
                left_at=stay.left_at,
            )
        )


def _whose(session: Session, registrant_ids: Iterable[str | None], aliases: Iterable[str | None]) -> Whose:
    ids, names = {id_ for id_ in registrant_ids if id_}, {alias for alias in aliases if alias}
    query = select(Registrant).where(or_(Registrant.registrant_id.in_(ids), Registrant.alias.in_(names)))
    rows = session.scalars(query).all()
    return Whose(
        by_registrant={row.registrant_id: row.participation_id for row in rows if row.registrant_id},
        by_alias={row.alias.casefold(): row.participation_id for row in rows},
    )


# ------------------------------------------------------------------ after the end
@dataclass(frozen=True)
class Unreconciled:
    ended_at: datetime
    meeting_id: int
    host_user_id: str
    open_sittings: frozenset[str]
    all_sittings: frozenset[str]


def to_reconcile(session: Session, conference_id: UUID) -> Unreconciled | None:
    found = session.execute(
        select(Conference.ended_at, Booking.meeting_id, Host.zoom_user_id)
        .join(Booking, Booking.conference_id == Conference.id)
        .join(Host, Host.id == Booking.host_id)
        .where(Conference.id == conference_id, Booking.current, Booking.meeting_id.is_not(None))
    ).one_or_none()
    if found is None or found.ended_at is None:
        return None
    rows = session.scalars(select(Sitting).where(Sitting.conference_id == conference_id)).all()
    return Unreconciled(
        ended_at=found.ended_at,
        meeting_id=found.meeting_id,
        host_user_id=found.zoom_user_id,
        open_sittings=frozenset(row.meeting_uuid for row in rows if row.reconciled_at is None),
        all_sittings=frozenset(row.meeting_uuid for row in rows),
    )


def listed_rows(rows: Iterable[Mapping[str, Any]], host_user_id: str) -> list[tuple[Row, str | None]] | None:
    """The provider's list as rows with their aliases; None while it is not ready: it first shows durations of zero."""
    found: list[tuple[Row, str | None]] = []
    for row in rows:
        joined_at, left_at = _moment(row.get("join_time")), _moment(row.get("leave_time"))
        if row.get("status") == "in_waiting_room" or joined_at is None or row.get("id") == host_user_id:
            continue
        if left_at is None or (left_at > joined_at and not row.get("duration")):
            return None
        device = str(row.get("user_id") or f"{row.get('registrant_id')}@{row.get('join_time')}")
        stay = rules.Stay(joined_at, max(left_at, joined_at))
        found.append((Row(device, row.get("registrant_id") or None, stay), row.get("user_email") or None))
    return found


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def reconcile(
    session: Session, conference_id: UUID, meeting_uuid: str, listed: Sequence[tuple[Row, str | None]], *, now: datetime
) -> None:
    """The provider's list corrects what his messages told."""
    whose = _whose(session, {row.registrant_id for row, _ in listed}, {alias for _, alias in listed})
    owner = {row: whose.of(row.registrant_id, alias) for row, alias in listed}
    told: list[Row] = []
    for stay in session.scalars(select(Stay).where(Stay.meeting_uuid == meeting_uuid)):
        row = Row(stay.device, stay.registrant_id, rules.Stay(stay.joined_at, stay.left_at))
        told.append(row)
        owner.setdefault(row, stay.participation_id)
    kept = rules.reconciled([row for row in told if row not in dict(listed)], [row for row, _ in listed])
    began = min((row.stay.joined_at for row in kept), default=now)
    sitting = insert(Sitting).values(
        meeting_uuid=meeting_uuid, conference_id=conference_id, started_at=began, reconciled_at=now
    )
    session.execute(sitting.on_conflict_do_update(index_elements=["meeting_uuid"], set_={"reconciled_at": now}))
    session.execute(delete(Stay).where(Stay.meeting_uuid == meeting_uuid))
    from_list = {row for row, _ in listed}
    for row in dict.fromkeys(kept):
        session.add(
            Stay(
                meeting_uuid=meeting_uuid,
                conference_id=conference_id,
                participation_id=owner[row],
                device=row.device,
                registrant_id=row.registrant_id,
                joined_at=row.stay.joined_at,
                left_at=row.stay.left_at,
                listed=row in from_list,
            )
        )
