"""What the keys of conferences are needed for: links at the provider, written anew; links in mails, counted."""

import base64
import os

import pytest
from sqlalchemy import select

from chassis import timing
from chassis.clock import now
from chassis.crypto import digest
from chassis.db import transaction
from chassis.ids import new_id
from chassis.rotation import TIMER
from conferences import settings as surroundings
from conferences import tickets
from conferences.keys import KEYS
from conferences.models import Booking, Host, Registrant
from conferences.rules.states import State
from conferences.settings import Settings
from conferences.timers import TIMERS

from ..factories import make_conference, make_participant

NEW = f"t2:{base64.urlsafe_b64encode(os.urandom(32)).decode()}"


@pytest.fixture
def hold(settings):
    """`hold("new", "old")`: this process holds these ticket keys from now on."""
    old = settings.ticket_keys

    def change(*order: str):
        keys = ",".join({"old": old.get_secret_value(), "new": NEW}[word] for word in order)
        surroundings.use(Settings(**settings.model_dump() | {"ticket_keys": type(old)(keys)}))
        return surroundings.current()

    yield change
    surroundings.use(settings)


@pytest.fixture
def host(session):
    host = Host(id=new_id(), email="host@epresence.example", zoom_user_id="host", capacity=300)
    session.add(host)
    session.flush()
    return host


def rotate(session) -> None:
    KEYS.start(session, now())
    session.flush()
    timer = timing.take(TIMERS, timing.LEASE, name=TIMER, subject="registrant")
    timing.run(TIMERS, timer)
    session.expire_all()


def test_a_link_at_the_provider_is_written_anew_and_still_leads_there(session, hold, coordinator, host):
    old = hold("old", "new")
    conference = make_conference(session, owner=coordinator, host=host)
    guest = make_participant(session, conference)
    booking = session.scalars(select(Booking).where(Booking.conference_id == conference.id)).one()
    link = "https://zoom.example/j/1?tk=x"
    session.add(
        Registrant(
            participation_id=guest.id,
            booking_id=booking.id,
            turn=1,
            alias="p-1.1@join.example",
            display_name="",
            join_url=old.join_links.encrypt(link),
        )
    )
    session.flush()
    hold("new", "old")
    assert KEYS.needing(session, "t1")["registrant.join_url"] == 1

    rotate(session)

    assert "registrant.join_url" not in KEYS.needing(session, "t1")
    row = session.scalars(select(Registrant)).one()
    assert hold("new").join_links.decrypt(row.join_url) == link


def test_a_ticket_key_is_needed_until_the_last_conference_of_its_links_is_over(session, hold, coordinator, host):
    hold("old", "new")
    conference = make_conference(session, owner=coordinator, host=host)
    early = make_participant(session, conference)
    ring = hold("new", "old").tickets
    late = make_participant(session, conference)
    before = tickets.secret_of(ring, early)

    assert KEYS.counts(session)["links in mails"] == {"t1": 1, "t2": 1}
    assert digest(before) == early.ticket_digest, "the link in the old mail is the one that would be sent again"
    assert KEYS.needing(session, "t1") == {"links in mails": 1}
    assert digest(tickets.secret_of(hold("new").tickets, late)) == late.ticket_digest

    hold("new", "old")
    conference.state, conference.ended_at = State.ended, now()
    session.flush()
    assert KEYS.needing(session, "t1") == {}


def test_conferences_is_not_ready_without_the_key_of_its_links(database, hold):
    with transaction() as session:
        hold("old")
        assert KEYS.missing(session) is None
        hold("new", "old")
        assert KEYS.missing(session) is None
        hold("new")
        assert KEYS.missing(session) == "keys"
