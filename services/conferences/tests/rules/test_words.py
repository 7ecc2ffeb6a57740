"""Addresses, names, aliases, capacity, and what a meeting must keep."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from conferences.errors import CapacityBelowParticipants, NameRequired
from conferences.rules import addresses, capacity, meetings, names
from conferences.rules.periods import Period

START = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        (" Eleni@Example.GR ", "Eleni@example.gr"),
        ("=1+1@example.gr", "=1+1@example.gr"),
        ("ελένη@παράδειγμα.gr", "ελένη@παράδειγμα.gr"),
        ("not an address", None),
        ("x@localhost", None),
        ("", None),
        ("a@b.gr\0", None),
        ("a" * 300 + "@example.gr", None),
    ],
)
def test_addresses_as_people_type_them(typed: str, cleaned: str | None) -> None:
    assert addresses.clean(typed) == cleaned


def test_case_does_not_make_another_mailbox() -> None:
    assert addresses.fold("Eleni@example.gr ") == addresses.fold("ELENI@EXAMPLE.GR")


@pytest.mark.parametrize(
    ("address", "masked"), [("m.papadopoulou@digital.example", "m***u@digital.example"), ("ab@x.gr", "***@x.gr")]
)
def test_a_masked_address_cannot_be_written_to(address: str, masked: str) -> None:
    assert addresses.masked(address) == masked


@pytest.mark.parametrize(
    ("known", "typed", "called"),
    [
        ("", "  Ελένη \n Νικολάου ", "Ελένη Νικολάου"),
        ("Ελένη", "", "Ελένη"),
        ("Ελένη", "=1+1", "=1+1"),
        ("", "α" * 90, "α" * 64),
    ],
)
def test_how_a_guest_is_called(known: str, typed: str, called: str) -> None:
    assert names.ensure_named(known, typed) == called


def test_a_guest_without_a_name_is_asked_for_one() -> None:
    with pytest.raises(NameRequired):
        names.ensure_named("", "\u200b \x07")


def test_capacity_below_the_number_of_participants_is_refused() -> None:
    capacity.ensure_holds(300, 300)
    with pytest.raises(CapacityBelowParticipants):
        capacity.ensure_holds(300, 301)


def meeting(**changes: Any) -> dict[str, Any]:
    body = meetings.body(
        number=277123, conference_id=UUID(int=7), generation=2, period=Period(START, START + timedelta(minutes=90))
    )
    return body | {"settings": body["settings"] | changes}


def test_what_is_asked_of_a_meeting() -> None:
    body = meeting()

    assert body["topic"] == "Τηλεδιάσκεψη 277123"
    assert body["agenda"] == "epresence:00000000-0000-0000-0000-000000000007:2"
    assert (body["start_time"], body["duration"], body["type"]) == ("2026-11-25T08:00:00Z", 90, 2)
    assert meetings.lost_settings(body) == {}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("approval_type", 2),
        ("join_before_host", False),
        ("waiting_room", True),
        ("meeting_authentication", True),
        ("allow_multiple_devices", False),
        ("use_pmi", True),
        ("auto_start_meeting_summary", True),
    ],
)
def test_a_setting_silently_dropped_is_noticed(name: str, kept: Any) -> None:
    assert meetings.lost_settings(meeting(**{name: kept})) == {name: meetings.SETTINGS[name]}


def test_a_meeting_turned_into_a_personal_room_is_noticed() -> None:
    assert meetings.lost_settings(meeting() | {"type": 4})


def test_a_room_is_shut_when_nobody_is_in_and_nobody_can_open_it() -> None:
    assert meetings.is_shut({"status": "waiting", "settings": {"join_before_host": False}})
    assert not meetings.is_shut({"status": "waiting", "settings": {"join_before_host": True}})
    assert not meetings.is_shut({"status": "started", "settings": {"join_before_host": False}})
