"""The client against a server that speaks the provider's wire format, with its quirks."""

from datetime import timedelta
from uuid import UUID

import pytest

from chassis.clock import now
from conferences.clients.zoom import Zoom
from conferences.clients.zoom_errors import ZoomLimited, ZoomRefused, ZoomUnavailable
from conferences.rules import meetings
from conferences.rules.periods import Period

from ..factories import this_hour
from ..provider import HOSTS

USER = HOSTS[0]["zoom_user_id"]


@pytest.fixture
def zoom(settings, provider):
    return Zoom(settings)


@pytest.fixture
def meeting_id(zoom):
    return create(zoom)


def create(zoom: Zoom, number: int = 1) -> int:
    start = this_hour() + timedelta(hours=1)
    body = meetings.body(
        number=number, conference_id=UUID(int=number), generation=1, period=Period(start, start + timedelta(hours=1))
    )
    return int(zoom.create_meeting(USER, body)["id"])


def test_one_token_serves_many_calls_and_a_revoked_one_is_replaced(zoom, provider, meeting_id):
    first = zoom._tokens.current()
    zoom.read_meeting(meeting_id)
    assert zoom._tokens.current() is first

    provider.ask("DELETE", "/zoom/tokens")

    assert zoom.read_meeting(meeting_id)["id"] == meeting_id
    assert zoom._tokens.current() is not first


def test_wrong_credentials_are_a_refusal_not_an_outage(settings, provider):
    zoom = Zoom(settings.model_copy(update={"zoom_client_id": "somebody-else"}))

    with pytest.raises(ZoomRefused) as refusal:
        zoom.read_meeting(81234567890)

    assert refusal.value.status == 400


def test_a_missing_scope_is_a_refusal(zoom, provider, meeting_id):
    provider.switch(scopes=["meeting:read:meeting:admin"])
    provider.ask("DELETE", "/zoom/tokens")

    with pytest.raises(ZoomRefused) as refusal:
        zoom.delete_meeting(meeting_id)

    assert refusal.value.code == 4711


def test_what_is_not_there_is_missing(zoom, provider):
    with pytest.raises(ZoomRefused) as refusal:
        zoom.read_meeting(81234567890)

    assert refusal.value.is_missing


@pytest.mark.parametrize("mode", ["error", "drop", "malformed"])
def test_an_outage_is_an_outage(zoom, provider, meeting_id, mode):
    provider.fault(mode)

    with pytest.raises(ZoomUnavailable):
        zoom.read_meeting(meeting_id)


def test_a_hosts_daily_limit_names_the_next_day_though_no_header_does(zoom, provider):
    for number in range(1, 101):
        create(zoom, number)

    with pytest.raises(ZoomLimited) as limit:
        create(zoom, 101)

    assert limit.value.until is not None
    assert now() < limit.value.until <= now() + timedelta(days=1)
    assert (limit.value.until.hour, limit.value.until.minute) == (0, 0)


def test_lists_are_read_to_their_last_page(zoom, provider, meeting_id):
    for batch in range(11):
        zoom.add_registrants(meeting_id, [(f"p-{batch * 30 + n}.1@alias.example", "Α") for n in range(30)])

    assert len(list(zoom.registrants_of(meeting_id))) == 330


def test_greek_and_emoji_arrive_as_typed(zoom, provider, meeting_id):
    answer = zoom.add_registrant(meeting_id, "p-1.1@alias.example", "Ελένη Νικολάου 🙂")

    assert answer["join_url"].startswith("http")
    (meeting,) = provider.meetings()
    assert [one["name"].strip() for one in meeting["registrants"]] == ["Ελένη Νικολάου 🙂"]
