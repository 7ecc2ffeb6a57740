"""The meetings themselves: who comes in, who waits, who leaves, and what Zoom tells about it.

Call everything here holding the account's lock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.zoom import events, ids
from sandbox.zoom.model import Instance, Meeting, Place, Registrant, Stay
from sandbox.zoom.state import Zoom

WAITING_TOLD_AFTER = timedelta(seconds=30)
DISCONNECT_NOTICED_AFTER = timedelta(seconds=90)

LEFT, DISCONNECTED = "Left the meeting", "Disconnected from the meeting"
HOST_ENDED, HOST_RESTARTED = "Host ended the meeting", "Host started a new meeting"
REMOVED, LEFT_WAITING_ROOM = "Removed by host", "Left the waiting room"
REMOVED_FROM_WAITING_ROOM = "Removed from the waiting room by host"


class DoorClosedError(Exception):
    """Zoom does not let this person in; `reason` is a word for scripts, the prose is for the page."""

    def __init__(self, reason: str, prose: str) -> None:
        super().__init__(prose)
        self.reason = reason


@dataclass(frozen=True)
class Visitor:
    name: str
    email: str = ""
    registrant: Registrant | None = None
    signed_in: bool = False  # to a Zoom account of their own


def enter(zoom: Zoom, meeting: Meeting, visitor: Visitor, at: datetime) -> Stay:
    """Come to the door: in, into the waiting room, or waiting for the host. Raises DoorClosedError."""
    _ensure_may_enter(meeting, visitor)
    instance = meeting.running
    if instance is None and not _may_start_without_host(meeting, at):
        return _wait_for_host(zoom, meeting, visitor, at)
    _stop_waiting_for_host(meeting, visitor)
    if instance is None:
        instance = _start(zoom, meeting, at)
    return _go_in(zoom, instance, _new_stay(zoom, visitor, at), at)


def start(zoom: Zoom, meeting: Meeting, at: datetime) -> Stay:
    """The host comes in by the start link, and with the host whoever waited."""
    host = meeting.host
    stay = Stay(zoom.next_user_id(), "Διοργανωτής", host.email, ids.participant_guid(), "in_meeting", at)
    stay.zoom_user_id = host.id
    instance = meeting.running
    if instance is None:
        _end_others_of_host(zoom, meeting, at)
        instance = _start(zoom, meeting, at)
    instance.stays.append(stay)
    events.participant(zoom, instance, "joined", stay, at)
    _let_waiting_in(zoom, instance, at)
    return stay


def leave(zoom: Zoom, meeting: Meeting, stay: Stay, at: datetime, reason: str = LEFT) -> None:
    if stay.place == "waiting_for_host":
        meeting.waiting_for_host.remove(stay)
        events.waits_for_host(zoom, meeting, "jbh_waiting_left", stay, at)
        return
    instance = _instance_of(meeting, stay)
    _go_out(zoom, instance, stay, at, reason)
    if instance.ended_at is None and not instance.present():
        end(zoom, meeting, at)  # the last one out closes the room


def disconnect(zoom: Zoom, meeting: Meeting, stay: Stay, at: datetime) -> None:
    """A killed client: Zoom notices a minute and a half later, perhaps after the person is back."""

    def notice() -> None:
        with zoom.lock:
            if stay.left_at is None:
                leave(zoom, meeting, stay, at + DISCONNECT_NOTICED_AFTER, DISCONNECTED)

    zoom.agenda.after(DISCONNECT_NOTICED_AFTER, notice)


def admit(zoom: Zoom, meeting: Meeting, stay: Stay, at: datetime) -> Stay:
    """Out of the waiting room, into the meeting: another row, another `user_id`."""
    instance = _instance_of(meeting, stay)
    _ensure_room(instance)
    stay.left_at = at
    events.participant(zoom, instance, "admitted", stay, at)
    inside = Stay(zoom.next_user_id(), stay.name, stay.email, stay.participant_uuid, "in_meeting", at)
    inside.registrant_id = stay.registrant_id
    instance.stays.append(inside)
    events.participant(zoom, instance, "joined", inside, at)
    return inside


def remove(zoom: Zoom, meeting: Meeting, stay: Stay, at: datetime) -> None:
    """Thrown out: the same registrant does not come back to this instance."""
    instance = _instance_of(meeting, stay)
    instance.removed.add(stay.registrant_id)
    leave(zoom, meeting, stay, at, REMOVED if stay.place == "in_meeting" else REMOVED_FROM_WAITING_ROOM)


def end(zoom: Zoom, meeting: Meeting, at: datetime, reason: str = HOST_ENDED) -> None:
    """One left per person, then ended; the meeting stays, ready for another instance."""
    instance = meeting.running
    if instance is None:
        return
    for stay in [*instance.present(), *instance.present("in_waiting_room")]:
        _go_out(zoom, instance, stay, at, reason)
    instance.ended_at = max(at, instance.started_at)
    instance.ended_mark = zoom.clock.now()
    events.meeting_ended(zoom, instance, instance.ended_at)


def open_doors(zoom: Zoom, meeting: Meeting, at: datetime) -> None:
    """The settings changed: who waits for the host may be let in now."""
    if meeting.waiting_for_host and meeting.running is None and _may_start_without_host(meeting, at):
        _let_waiting_in(zoom, _start(zoom, meeting, at), at)


def stays_of(meeting: Meeting, registrant_id: str) -> list[Stay]:
    """Where this registrant is now: inside, in the waiting room or before the door."""
    inside = meeting.running.stays if meeting.running else []
    everywhere = [*inside, *meeting.waiting_for_host]
    return [stay for stay in everywhere if stay.registrant_id == registrant_id and stay.left_at is None]


def _ensure_may_enter(meeting: Meeting, visitor: Visitor) -> None:
    registrant = visitor.registrant
    if registrant is None and meeting.has_registration:
        raise DoorClosedError("registration_required", "Χρειάζεται εγγραφή: μπαίνει κανείς μόνο με προσωπικό σύνδεσμο.")
    if registrant is not None and registrant.status != "approved":
        raise DoorClosedError(f"registrant_{registrant.status}", "Ο προσωπικός σύνδεσμος δεν ισχύει.")
    if meeting.settings["meeting_authentication"] and not visitor.signed_in:
        raise DoorClosedError("meeting_authentication", "Η συνεδρίαση δέχεται μόνο όσους έχουν λογαριασμό Zoom.")
    if registrant is None:
        return
    if meeting.running and registrant.id in meeting.running.removed:
        raise DoorClosedError("removed", "Σας έβγαλε ο διοργανωτής.")
    is_here = [stay for stay in stays_of(meeting, registrant.id) if stay.place != "waiting_for_host"]
    if is_here and not meeting.settings["allow_multiple_devices"]:
        raise DoorClosedError("link_in_use", "Ο σύνδεσμος χρησιμοποιείται ήδη από άλλη συσκευή.")


def _may_start_without_host(meeting: Meeting, at: datetime) -> bool:
    settings = meeting.settings
    if not settings["join_before_host"] or settings["waiting_room"]:
        return False
    if not settings["jbh_time"] or meeting.start_time is None:
        return True
    return at >= meeting.start_time - timedelta(minutes=settings["jbh_time"])


def _wait_for_host(zoom: Zoom, meeting: Meeting, visitor: Visitor, at: datetime) -> Stay:
    registrant_id = visitor.registrant.id if visitor.registrant else ""
    for waiting in meeting.waiting_for_host:
        if registrant_id and waiting.registrant_id == registrant_id:
            return waiting
    stay = _new_stay(zoom, visitor, at, "waiting_for_host")
    meeting.waiting_for_host.append(stay)

    def tell() -> None:
        with zoom.lock:
            if stay in meeting.waiting_for_host:
                events.waits_for_host(zoom, meeting, "jbh_waiting", stay, at + WAITING_TOLD_AFTER)

    zoom.agenda.after(WAITING_TOLD_AFTER, tell)
    return stay


def _stop_waiting_for_host(meeting: Meeting, visitor: Visitor) -> None:
    registrant_id = visitor.registrant.id if visitor.registrant else None
    meeting.waiting_for_host = [one for one in meeting.waiting_for_host if one.registrant_id != registrant_id]


def _let_waiting_in(zoom: Zoom, instance: Instance, at: datetime) -> None:
    meeting = instance.meeting
    waiting, meeting.waiting_for_host = meeting.waiting_for_host, []
    for stay in waiting:
        events.waits_for_host(zoom, meeting, "jbh_joined", stay, at)
        stay.came_at, stay.place = at, "in_meeting"
        try:
            _go_in(zoom, instance, stay, at)
        except DoorClosedError:  # full: the client shows so, nothing is told to anybody
            continue


def _start(zoom: Zoom, meeting: Meeting, at: datetime) -> Instance:
    if len(_running_of_host(zoom, meeting)) >= meeting.host.parallel_meetings:
        raise DoorClosedError("host_busy", "Ο διοργανωτής βρίσκεται σε άλλη συνεδρίαση.")
    instance = Instance(meeting, ids.instance_uuid(zoom.switches.awkward_uuids), at)
    meeting.instances.append(instance)
    events.meeting_started(zoom, instance)
    return instance


def _running_of_host(zoom: Zoom, meeting: Meeting) -> list[Meeting]:
    return [one for one in zoom.meetings.values() if one.host is meeting.host and one.running and one.id != meeting.id]


def _end_others_of_host(zoom: Zoom, meeting: Meeting, at: datetime) -> None:
    """Starting one too many ends an earlier one: everybody there is thrown out."""
    others = _running_of_host(zoom, meeting)
    if len(others) >= meeting.host.parallel_meetings:
        end(zoom, others[0], at, HOST_RESTARTED)


def _go_in(zoom: Zoom, instance: Instance, stay: Stay, at: datetime) -> Stay:
    if instance.meeting.settings["waiting_room"]:
        stay.place = "in_waiting_room"
        instance.stays.append(stay)
        events.participant(zoom, instance, "joined_waiting_room", stay, at)
        return stay
    _ensure_room(instance)
    instance.stays.append(stay)
    events.participant(zoom, instance, "joined", stay, at)
    return stay


def _ensure_room(instance: Instance) -> None:
    if len(instance.present()) >= instance.meeting.host.capacity:
        raise DoorClosedError("full", "Η συνεδρίαση έχει τον μέγιστο αριθμό συμμετεχόντων.")


def _go_out(zoom: Zoom, instance: Instance, stay: Stay, at: datetime, reason: str) -> None:
    stay.left_at = max(at, stay.came_at)
    said = LEFT_WAITING_ROOM if reason == LEFT and stay.place == "in_waiting_room" else reason
    events.participant_left(zoom, instance, stay, stay.left_at, said)


def _new_stay(zoom: Zoom, visitor: Visitor, at: datetime, place: Place = "in_meeting") -> Stay:
    registrant = visitor.registrant
    stay = Stay(zoom.next_user_id(), visitor.name, visitor.email, ids.participant_guid(), place, at)
    stay.registrant_id = registrant.id if registrant else ""
    return stay


def _instance_of(meeting: Meeting, stay: Stay) -> Instance:
    return next(instance for instance in meeting.instances if stay in instance.stays)
