"""What rebuilds our copies, and sends no mail; and what we tell again when others ask."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from chassis import snapshots
from chassis.ids import new_id
from chassis.testing.copies import rebuilt
from notifications.models import Institution, Membership, Message, Person
from notifications.rules.messages import State, Template

from ..facts import INVITED, PERSON, examples, invited, person

WHEN = datetime(2026, 11, 25, 8, tzinfo=UTC)


def test_snapshots_rebuild_addresses_and_send_no_mail(session, deliver):
    told = [(PERSON, data["person_id"], number, data) for number, data in enumerate(examples(PERSON), 1)]

    copies = rebuilt(session, deliver, told, (Person,), untouched=(Message,))

    assert copies.after == copies.before
    assert all(copies.before)
    assert copies.side_effects == []


@pytest.mark.parametrize(
    ("aggregate", "key", "model"),
    [("orgs.membership", "person_id", Membership), ("orgs.institution", "institution_id", Institution)],
)
def test_snapshots_rebuild_who_belongs_where_with_which_role(session, deliver, aggregate, key, model):
    type_ = f"{aggregate}.changed.v1"
    told = [(type_, data[key], number, data) for number, data in enumerate(examples(type_), 1)]

    copies = rebuilt(session, deliver, told, (model,), untouched=(Message,))

    assert copies.after == copies.before
    assert len(copies.before[0]) == len(told)
    assert copies.side_effects == []


def test_a_snapshot_fills_in_what_an_earlier_release_did_not_keep(session, deliver):
    member, somebody = examples("orgs.membership.changed.v1")[1], examples(PERSON)[0]
    session.add(Membership(person_id=UUID(member["person_id"]), role="user", platform_administrator=True, sequence=4))
    session.add(Person(person_id=UUID(somebody["person_id"]), email=somebody["email"], sequence=4))

    deliver("orgs.membership.snapshot.v1", member, subject=member["person_id"], sequence=4)
    deliver("identity.person.snapshot.v1", somebody, subject=somebody["person_id"], sequence=4)

    membership, known = session.scalars(select(Membership)).one(), session.scalars(select(Person)).one()
    assert str(membership.institution_id) == member["institution_id"]
    assert (known.surname, known.status) == (somebody["surname"], "active")


def test_a_snapshot_about_somebody_erased_is_refused(session, deliver):
    person_id = uuid4()
    erased = {**examples("identity.person.erased.v1")[0], "person_id": str(person_id), "sealed": None}
    deliver("identity.person.erased.v1", erased, subject=person_id, sequence=5)

    deliver("identity.person.snapshot.v1", person(person_id, "m@example.org"), subject=person_id, sequence=9)

    assert session.get(Person, person_id) is None


@pytest.mark.parametrize(
    ("state", "times"),
    [
        (State.sent, {"sent_at": WHEN}),
        (State.failed, {"failed_at": WHEN}),
        (State.failed, {"due_at": WHEN}),  # given up before it was noted when
    ],
)
def test_what_became_of_invitations_is_told_again(session, deliver, run_timer, published, state, times):
    invitation, waiting = invited(), invited()
    for data in (invitation, waiting):
        deliver(INVITED, data, subject=data["participation_id"], sequence=3)
    ours = Message.about == UUID(invitation["participation_id"])
    session.execute(update(Message).where(ours).values(state=state, attempts=2, data={}, **times))
    message = session.scalars(select(Message).where(ours)).one()
    request = {"request_id": str(new_id()), "aggregate": "notifications.message"}

    deliver("conferences.projection.requested.v1", request, subject=request["request_id"])
    run_timer(snapshots.TIMER, "conferences notifications.message")

    (told,) = published(session, "notifications.message.snapshot.v1")
    assert (told.subject, told.sequence, told.to) == (str(message.id), 2, "conferences")
    assert told.data == {
        "message_id": str(message.id),
        "template": Template.conference_invitation,
        "about": invitation["participation_id"],
        "about_sequence": 3,
        "occurred_at": WHEN.isoformat(),
        "state": state,
    }
