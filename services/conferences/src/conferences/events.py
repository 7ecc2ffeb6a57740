"""One function per fact we tell: row → Fact."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import crypto
from chassis.ids import new_id
from chassis.outbox import Fact
from chassis.tombstones import TombstoneRow
from conferences.models import Conference, Participation, Person
from conferences.rules.states import NOBODY


def conference_fact(what: str, conference: Conference) -> Fact:
    """Public and thin: `what` is scheduled, changed, opened, ended or cancelled."""
    data: dict[str, Any] = {
        "conference_id": str(conference.id),
        "number": conference.number,
        "starts_at": conference.starts_at.isoformat(),
        "ends_at": conference.ends_at.isoformat(),
        "ended_at": conference.ended_at.isoformat() if conference.ended_at else None,
        "state": conference.state,
        "institution_id": str(conference.institution_id),
        "unit_id": str(conference.unit_id) if conference.unit_id else None,
        "coordinator_id": str(conference.coordinator_id) if conference.coordinator_id != NOBODY else None,
    }
    if conference.listed:
        data["title"] = conference.title
    return Fact(f"conferences.conference.{what}.v1", conference.id, conference.version, data, public=True)


@dataclass(frozen=True)
class Addressee:
    """Where mail to a participant goes, and in which language."""

    email: str
    name: str
    language: str


def participant_invited(
    entry: dict[str, Any], participation: Participation, to: Addressee, *, ticket: str, sealing_key: str
) -> Fact:
    sealed = crypto.seal(sealing_key, {"email": to.email, "name": to.name, "ticket": ticket})
    return _about(participation, "invited", {**entry, "sealed": sealed, "language": to.language})


def participant_uninvited(
    entry: dict[str, Any], participation: Participation, to: Addressee, *, reason: str, sealing_key: str
) -> Fact:
    sealed = crypto.seal(sealing_key, {"email": to.email, "name": to.name})
    return _about(participation, "uninvited", {**entry, "sealed": sealed, "language": to.language, "reason": reason})


def calendar_entry(conference: Conference, coordinator_name: str, institution_name: str) -> dict[str, Any]:
    """What every participant's fact says of the conference; made once for all of them."""
    return {
        "conference": {
            "id": str(conference.id),
            "number": conference.number,
            "title": conference.title,
            "description": conference.description,
            "starts_at": conference.starts_at.isoformat(),
            "ends_at": conference.ends_at.isoformat(),
            "uid": f"{conference.id}@epresence.gr",
            "sequence": conference.calendar_sequence,
        },
        "coordinator": {
            "id": str(conference.coordinator_id),
            "name": coordinator_name,
            "institution_name": institution_name,
        },
    }


def handed_over(
    person: Person, part: str, conferences: Iterable[Conference], other_name: str | None, sealing_key: str
) -> Fact:
    """For the one who gave or the one who received them; about this occurrence, so that none overtakes another."""
    sealed = {"surname": person.surname, "name": person.name, "other_name": other_name}
    data = {
        "person_id": str(person.person_id),
        "part": part,
        "conferences": [
            {
                "id": str(conference.id),
                "number": conference.number,
                "title": conference.title,
                "starts_at": conference.starts_at.isoformat(),
                "ends_at": conference.ends_at.isoformat(),
            }
            for conference in conferences
        ],
        "sealed": crypto.seal(sealing_key, sealed),
        "language": person.language,
    }
    return Fact("conferences.handover.done.v1", new_id(), 1, data)


def coordinator_left(
    institution_id: UUID, *, institution_name: str, receivers: Sequence[UUID], count: int, first_starts_at: datetime
) -> Fact:
    """An occurrence of its own, and nobody's: who left, and what the conferences are called, is not said."""
    data = {
        "institution_id": str(institution_id),
        "institution_name": institution_name or None,
        "receiver_ids": [str(id_) for id_ in receivers],
        "conference_count": count,
        "first_starts_at": first_starts_at.isoformat(),
    }
    return Fact("conferences.coordinator.left.v1", new_id(), 1, data)


def account_requested(
    participation: Participation, *, inviter_id: UUID, institution_id: UUID, sealing_key: str
) -> Fact:
    sealed = crypto.seal(sealing_key, {"email": participation.email, "name": participation.name})
    data = {
        "participation_id": str(participation.id),
        "inviter_id": str(inviter_id),
        "institution_id": str(institution_id),
        "sealed": sealed,
    }
    return Fact("conferences.participant.account_requested.v1", participation.id, participation.facts, data)


def person_erased(stone: TombstoneRow, now: datetime) -> Fact:
    data = {"person_id": str(stone.subject), "erased_at": now.isoformat()}
    return Fact("conferences.person.erased.v1", stone.subject, stone.sequence, data)


def _about(participation: Participation, what: str, data: dict[str, Any]) -> Fact:
    own = {
        "participation_id": str(participation.id),
        "person_id": str(participation.person_id) if participation.person_id else None,
        "guest": participation.person_id is None,
    }
    return Fact(f"conferences.participant.{what}.v1", participation.id, participation.facts, {**data, **own})


def conference_attended(conference: Conference, person_ids: Iterable[UUID]) -> Fact:
    data = {
        "conference_id": str(conference.id),
        "at": conference.starts_at.isoformat(),
        "person_ids": [str(id_) for id_ in sorted(person_ids)],
    }
    return Fact("conferences.conference.attended.v1", conference.id, conference.version, data)
