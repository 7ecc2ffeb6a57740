"""What notifications tell of invitation mails: once, twice, out of order, of others. Input are the events' examples."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from chassis.ids import new_id
from conferences import presenters
from conferences.models import InvitationMail

from ..factories import make_conference, make_participant
from .test_projections import examples

SENT, FAILED = "notifications.message.sent.v1", "notifications.message.failed.v1"
INVITED_AT = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
QUEUED = {"state": "queued", "at": INVITED_AT}


@pytest.fixture
def guest(session, coordinator):
    """Invited by the third fact about the place."""
    conference = make_conference(session, owner=coordinator)
    return make_participant(session, conference, invited_at=INVITED_AT, invited_sequence=3, facts=3)


@pytest.fixture
def told(deliver, guest):
    def tell(type_: str, *, about_sequence: int = 3, **changes: Any) -> str:
        example = {**examples(type_)[0], "about": str(guest.id), "about_sequence": about_sequence}
        return deliver(type_, {**example, **changes})

    return tell


@pytest.fixture
def mail(session, guest):
    return lambda: presenters.participant(guest, None, session.get(InvitationMail, guest.id))["mail"]


@pytest.mark.parametrize(("type_", "state"), [(SENT, "sent"), (FAILED, "failed")])
def test_what_became_of_the_mail_is_kept_however_often_it_is_told(told, mail, type_, state):
    assert mail() == QUEUED

    for _ in range(2):
        assert told(type_) == "done"

    assert mail() == {"state": state, "at": datetime(2026, 11, 25, 6, 0, 1, tzinfo=UTC)}


def test_an_older_mail_says_nothing_of_the_newer_one(told, mail):
    told(FAILED, about_sequence=2)
    waiting = mail()
    told(SENT)
    told(FAILED, about_sequence=2, occurred_at="2026-11-25T07:00:00Z")  # its server took an hour to refuse it

    assert (waiting, mail()["state"]) == (QUEUED, "sent")


def test_who_is_invited_again_waits_again(session, told, mail, guest):
    told(FAILED)

    guest.facts, guest.invited_sequence = 4, 4
    waiting = mail()
    told(SENT, about_sequence=4)

    assert (waiting, mail()["state"]) == (QUEUED, "sent")


@pytest.mark.parametrize("template", ["conference_cancelled", "conference_removed"])
def test_other_mails_to_the_same_participant_are_no_invitations(told, mail, template):
    told(SENT, template=template, about_sequence=4)

    assert mail() == QUEUED


def test_mails_to_nobody_of_ours_and_of_before_the_field_change_nothing(session, deliver, told, mail, guest):
    outcomes = [told(SENT, about=str(new_id()))]
    undated = {**examples(SENT)[0], "about": str(guest.id)}
    del undated["about_sequence"]
    outcomes.append(deliver(SENT, undated))

    assert outcomes == ["done", "done"]
    assert mail() == QUEUED
    assert guest.id not in session.scalars(select(InvitationMail.participation_id)).all()


def test_whoever_was_never_invited_has_no_mail(session, told, mail, guest):
    told(SENT)

    guest.invited_at = guest.invited_sequence = None

    assert mail() is None
