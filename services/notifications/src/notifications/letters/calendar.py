"""Calendar entries (iTIP, RFC 5546): one UID for a conference's life, REQUEST puts it in, CANCEL takes it out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar, Event, vCalAddress

from notifications.letters.words import one_line

PRODUCT = "-//e:Presence//notifications//EL"


def request(
    facts: Mapping[str, Any], *, made_at: datetime, organizer: str, attendee: str, description: str
) -> tuple[str, bytes]:
    """`facts["link"]`, our own page, is the place: no provider's address ever leaves in a mail."""
    event = _event(facts, made_at=made_at, organizer=organizer, attendee=attendee)
    event.add("status", "CONFIRMED")
    event.add("location", facts["link"])
    event.add("url", facts["link"])
    event.add("description", description)
    return "REQUEST", _calendar("REQUEST", event)


def cancel(facts: Mapping[str, Any], *, made_at: datetime, organizer: str, attendee: str) -> tuple[str, bytes]:
    event = _event(facts, made_at=made_at, organizer=organizer, attendee=attendee)
    event.add("status", "CANCELLED")
    return "CANCEL", _calendar("CANCEL", event)


def _event(facts: Mapping[str, Any], *, made_at: datetime, organizer: str, attendee: str) -> Event:
    conference = facts["conference"]
    event = Event()
    event.add("uid", conference["uid"])
    event.add("sequence", conference["sequence"])
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", datetime.fromisoformat(conference["starts_at"]).astimezone(UTC))
    event.add("dtend", datetime.fromisoformat(conference["ends_at"]).astimezone(UTC))
    event.add("summary", one_line(conference["title"]))
    event.add("organizer", _address(organizer, CN=facts["coordinator"]["name"]))
    # Answers would reach a mailbox that nobody reads: none is asked for.
    event.add("attendee", _address(attendee, CN=facts["name"], ROLE="REQ-PARTICIPANT", RSVP="FALSE"))
    return event


def _address(email: str, **parameters: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    for name, value in parameters.items():
        if plain := one_line(value).replace('"', "'"):  # the grammar has no quote within a quoted parameter
            address.params[name] = plain
    return address


def _calendar(method: str, event: Event) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
