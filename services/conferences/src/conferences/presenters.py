"""Rows in the shape of the contract."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from chassis.web import language
from conferences.models import Group, InvitationMail, Participation, Person, Unit
from conferences.rules import addresses, permissions
from conferences.rules.names import full
from conferences.rules.periods import JOIN_LEAD
from conferences.rules.permissions import Viewer
from conferences.rules.states import NOBODY, OVER, MailState, State
from conferences.seen import Seen, is_guest, participant_name
from conferences.usecases.groups import Member
from conferences.usecases.handing_over import HandedOver
from conferences.usecases.joining import Door
from conferences.usecases.people import Found
from conferences.usecases.reports import Attendance

LIVE_SECONDS, LIVE_SECONDS_LARGE, QUIET_SECONDS = 5, 10, 30
LARGE = 100
DELETED_USER = {"el": "Διαγραμμένος χρήστης", "en": "Deleted user"}
NO_COORDINATOR = {"el": "Χωρίς συντονιστή", "en": "Without coordinator"}


def utc(moment: datetime | None) -> datetime | None:
    """Times leave in one zone, whatever the database's session speaks."""
    return moment.astimezone(UTC) if moment is not None else None


def conference(seen: Seen, viewer: Viewer, now: datetime) -> dict[str, Any]:
    row = seen.conference
    mine = {"id": seen.my_participation_id, "invited_at": utc(seen.my_invited_at)} if seen.my_participation_id else None
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "description": row.description,
        "starts_at": utc(row.starts_at),
        "ends_at": utc(row.ends_at),
        "ended_at": ended_at(seen),
        "state": seen.state,
        "room": seen.room,
        "room_reason": seen.room_reason,
        "capacity": row.capacity,
        "listed": row.listed,
        "participant_count": row.participant_count,
        "institution_id": row.institution_id,
        "unit_id": row.unit_id,
        "coordinator": coordinator(seen),
        "join_opens_at": utc(row.starts_at - JOIN_LEAD),
        "created_at": utc(row.created_at),
        "may": permissions.acts(viewer, seen.relation, now),
        "my_participation": mine,
    }


def coordinator(seen: Seen) -> dict[str, Any]:
    """Nobody's, when the owner's account was deleted: what is still to come waits for another one."""
    name = seen.coordinator_name
    if seen.conference.coordinator_id == NOBODY:
        name = (DELETED_USER if seen.state in OVER else NO_COORDINATOR)[language()]
    return {"id": seen.conference.coordinator_id, "name": name}


def called(row: Participation, name: str) -> str:
    return name if row.erased_at is None else DELETED_USER[language()]


def address(row: Participation) -> dict[str, Any]:
    """Adding somebody found by name tells no more of their address than the search did (S22)."""
    return {"email": addresses.masked(row.email) if row.masked else row.email, "masked": row.masked}


def ended_at(seen: Seen) -> datetime | None:
    """The planned end, as long as the timer that writes it down is late."""
    if seen.state != State.ended:
        return None
    return utc(seen.conference.ended_at or seen.conference.ends_at)


def participant(row: Participation, person: Person | None, mail: InvitationMail | None) -> dict[str, Any]:
    return {
        "id": row.id,
        **address(row),
        "name": called(row, participant_name(row, person)),
        "guest": is_guest(row),
        "deleted": row.erased_at is not None,
        "locked": row.locked,
        "invited_at": utc(row.invited_at),
        "mail": invitation_mail(row, mail),
        "person_id": row.person_id,
    }


def invitation_mail(row: Participation, mail: InvitationMail | None) -> dict[str, Any] | None:
    """What became of an older invitation's mail says nothing of the one that is still on its way."""
    if row.invited_sequence is None:
        return None
    if mail is None or mail.sequence < row.invited_sequence:
        return {"state": MailState.queued, "at": utc(row.invited_at)}
    return {"state": mail.state, "at": utc(mail.at)}


def ticket(door: Door) -> dict[str, Any]:
    row, is_guest = door.conference, door.person is None
    return {
        "state": door.state,
        "conference": {
            "number": row.number,
            "title": row.title,
            "description": row.description,
            "starts_at": utc(row.starts_at),
            "ends_at": utc(row.ends_at),
            "ended_at": utc(row.ended_at),
            "join_opens_at": utc(door.opens_at),
            "coordinator_name": door.coordinator_name,
            "institution_name": door.institution_name,
        },
        "name": door.name,
        "name_required": is_guest and not door.name,
        "guest": is_guest,
    }


def found_person(found: Found) -> dict[str, Any]:
    place = found.institution
    institution = {"id": place.institution_id, "name": place.name} if place is not None else None
    return {
        "person_id": found.person_id,
        "name": found.name,
        "institution": institution,
        "email": found.email,
        "masked": found.masked,
    }


def candidate(person: Person, unit: Unit | None) -> dict[str, Any]:
    return {
        "person_id": person.person_id,
        "name": full(person.surname, person.name),
        "unit": {"id": unit.unit_id, "name": unit.name} if unit is not None else None,
    }


def handed_over(done: HandedOver) -> dict[str, Any]:
    return {
        "count": len(done.conferences),
        "items": [
            {
                "id": row.id,
                "number": row.number,
                "title": row.title,
                "starts_at": utc(row.starts_at),
                "ends_at": utc(row.ends_at),
            }
            for row in done.conferences
        ],
        "more": done.more,
    }


def group(row: Group, member_count: int) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "member_count": member_count,
        "created_at": utc(row.created_at),
    }


def group_with_members(row: Group, members: Sequence[Member]) -> dict[str, Any]:
    return group(row, len(members)) | {"members": [member(one) for one in members]}


def member(one: Member) -> dict[str, Any]:
    """The address by which the owner knows them, as long as it is theirs; of another no more than the search tells."""
    person = one.person
    active = person is not None and person.status == "active"
    primary = person.email if person is not None and person.email else ""
    other = addresses.masked(primary) if primary else ""
    return {
        "id": one.row.id,
        "person_id": one.row.person_id,
        "name": full(person.surname, person.name) if person else "",
        "email": one.row.email if one.address_is_theirs else other,
        "masked": not one.address_is_theirs,
        "state": "active" if active else "disabled",
        "added_at": utc(one.row.added_at),
    }


def live(seen: Seen, attendance: Attendance) -> dict[str, Any]:
    connected = sum(one.since is not None for one in attendance.attendees)
    interval = LIVE_SECONDS_LARGE if len(attendance.attendees) > LARGE else LIVE_SECONDS
    return {
        "state": seen.state,
        "items": [
            {
                "participant_id": one.participation.id,
                "name": called(one.participation, one.name),
                "guest": one.guest,
                "connected": one.since is not None,
                "since": utc(one.since),
            }
            for one in attendance.attendees
        ],
        "connected_count": connected,
        "unidentified_count": attendance.others,
        "next_interval_seconds": interval if seen.state == State.open else QUIET_SECONDS,
    }


def report(seen: Seen, attendance: Attendance) -> dict[str, Any]:
    row = seen.conference
    over_at = ended_at(seen)
    return {
        "number": row.number,
        "title": row.title,
        "description": row.description,
        "coordinator": coordinator(seen),
        "starts_at": utc(row.starts_at),
        "ends_at": utc(row.ends_at),
        "ended_at": over_at,
        "ended_early": over_at is not None and over_at < row.ends_at,
        "devices": {
            "desktop_mobile": sum(bool(one.intervals) for one in attendance.attendees),
            "phone_or_room": attendance.others,
        },
        "participants": [
            {
                "name": called(one.participation, one.name),
                **address(one.participation),
                "guest": one.guest,
                "deleted": one.participation.erased_at is not None,
                "state": "connected" if one.intervals else "not_connected",
                "duration_seconds": one.seconds,
                "intervals": [
                    {"joined_at": utc(interval.joined_at), "left_at": utc(interval.left_at)}
                    for interval in one.intervals
                ],
            }
            for one in attendance.attendees
        ],
    }
