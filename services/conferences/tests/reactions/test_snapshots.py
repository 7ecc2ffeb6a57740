"""What rebuilds our copies, and only them; and what we tell again when others ask."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from chassis import snapshots
from chassis.ids import new_id
from chassis.testing.copies import rebuilt
from conferences import events
from conferences.models import (
    Collaboration,
    Conference,
    Institution,
    InvitationMail,
    Membership,
    Participation,
    Person,
    PersonAddress,
    Unit,
)

from ..factories import make_conference, make_participant, make_person, this_hour

EVENTS = Path(__file__).parents[4] / "contracts" / "events"
COPIES = {
    "identity.person": (Person, PersonAddress),
    "orgs.membership": (Membership,),
    "orgs.collaboration": (Collaboration,),
    "orgs.institution": (Institution,),
    "orgs.unit": (Unit,),
}
MAIL_ID, PARTICIPATION_ID = str(new_id()), str(new_id())


@pytest.mark.parametrize("aggregate", COPIES)
def test_snapshots_rebuild_copies_and_attach_nobody(session, deliver, institutions, aggregate):
    for model in COPIES[aggregate]:
        for row in session.scalars(select(model)).all():
            session.delete(row)
    type_ = f"{aggregate}.changed.v1"
    examples = json.loads((EVENTS / f"{type_}.json").read_text("utf-8"))["examples"]
    told = [(type_, str(new_id()), number, example) for number, example in enumerate(examples, 1)]

    copies = rebuilt(session, deliver, told, COPIES[aggregate], untouched=(Participation,))

    assert copies.after == copies.before
    assert all(copies.before)
    assert copies.side_effects == []


def test_a_snapshot_of_a_person_gives_no_places(session, deliver, coordinator):
    """Whose a place is follows from what happens; a copy that comes back is no event."""
    place = make_participant(session, make_conference(session, owner=coordinator), email="late@example.org")
    example = json.loads((EVENTS / "identity.person.changed.v1.json").read_text("utf-8"))["examples"][0]
    late = {"email": "late@example.org", "primary": True, "proof": "link"}

    deliver("identity.person.snapshot.v1", {**example, "emails": [late]}, subject=example["person_id"])

    assert session.get_one(Participation, place.id).person_id is None
    assert session.get_one(PersonAddress, "late@example.org").person_id is not None


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_what_became_of_invitations_is_rebuilt(session, deliver, state):
    data = {
        "message_id": MAIL_ID,
        "template": "conference_invitation",
        "about": PARTICIPATION_ID,
        "about_sequence": 4,
        "occurred_at": datetime(2026, 11, 25, tzinfo=UTC).isoformat(),
    }
    deliver(f"notifications.message.{state}.v1", data | ({"reason": "refused"} if state == "failed" else {}))
    (mail,) = session.scalars(select(InvitationMail)).all()
    before = (mail.participation_id, mail.sequence, mail.state, mail.at)
    session.delete(mail)
    session.flush()

    deliver("notifications.message.snapshot.v1", data | {"state": state})

    (mail,) = session.scalars(select(InvitationMail)).all()
    assert (mail.participation_id, mail.sequence, mail.state, mail.at) == before


@pytest.mark.parametrize("asker", ["identity", "orgs"])
def test_every_conference_is_told_again_to_whoever_asks(session, deliver, run_timer, published, coordinator, asker):
    for values in ({}, {"listed": True}, {"state": "cancelled"}, {"state": "ended", "ended_at": this_hour()}):
        make_conference(session, owner=coordinator, **values)
    person = make_person(session)
    make_conference(session, owner=person)
    request = {"request_id": str(new_id()), "aggregate": "conferences.conference"}

    deliver(f"{asker}.projection.requested.v1", request, subject=request["request_id"])
    run_timer(snapshots.TIMER, f"{asker} conferences.conference")

    told = published(session, "conferences.conference.snapshot.v1")
    rows = session.scalars(select(Conference).order_by(Conference.id)).all()
    assert [(fact.subject, fact.sequence, fact.data) for fact in told] == [
        (str(row.id), row.version, events.conference_fact("changed", row).data) for row in rows
    ]
    assert {(fact.to, fact.public) for fact in told} == {(asker, False)}
