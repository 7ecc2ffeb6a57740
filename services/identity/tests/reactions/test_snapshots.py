"""What rebuilds our copies, and only them; and what we tell again when others ask."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from chassis import snapshots, tombstones
from chassis.ids import new_id
from chassis.testing.copies import rebuilt
from identity import events
from identity.models import Institution, Membership, OwnedConference, Person
from identity.rules.accounts import DisabledReason, Status
from identity.rules.employment import Employment
from identity.rules.invitations import Role

from ..factories import NOW, make_email, make_institution, make_membership, make_person

EVENTS = Path(__file__).parents[4] / "contracts" / "events"
COPIES = {
    "orgs.institution": ("institution_id", Institution),
    "orgs.membership": ("person_id", Membership),
    "conferences.conference": ("conference_id", OwnedConference),
}


def examples(aggregate):
    return json.loads((EVENTS / f"{aggregate}.changed.v1.json").read_text("utf-8"))["examples"]


@pytest.mark.parametrize("aggregate", COPIES)
def test_snapshots_rebuild_copies_and_nothing_else(session, deliver, joined, aggregate):
    key, model = COPIES[aggregate]
    make_person(session, joined)
    ahead = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    told = [
        (f"{aggregate}.changed.v1", data[key], number, data | ({"ends_at": ahead} if "ends_at" in data else {}))
        for number, data in enumerate(examples(aggregate), 1)
    ]

    copies = rebuilt(session, deliver, told, (model,), untouched=(Person,))

    assert copies.after == copies.before
    assert all(copies.before)
    assert copies.side_effects == []


def test_a_conference_long_over_is_not_copied_again(session, deliver):
    data = examples("conferences.conference")[0] | {"ends_at": (datetime.now(UTC) - timedelta(days=9)).isoformat()}

    deliver("conferences.conference.snapshot.v1", data, subject=data["conference_id"])

    assert session.scalars(select(OwnedConference)).all() == []


def test_a_snapshot_lowers_no_flag(session, deliver, joined):
    """A membership that happens to be without a role would: nobody is told anything by a copy that comes back."""
    person = make_person(session, joined, employment_flagged_at=NOW)
    make_membership(session, person.id, Role.unit_coordinator)
    data = {**examples("orgs.membership")[0], "person_id": str(person.id), "role": "user"}

    deliver("orgs.membership.snapshot.v1", data, subject=person.id, sequence=2)
    assert person.employment_flagged_at == NOW

    deliver("orgs.membership.changed.v1", data, subject=person.id, sequence=3)
    assert person.employment_flagged_at is None


@pytest.mark.parametrize("asker", ["orgs", "conferences", "notifications"])
def test_everybody_is_told_again_but_the_erased(session, deliver, run_timer, published, joined, asker):
    make_institution(session)
    make_person(session, joined, phone="+302101234567", employment_bodies=["2047"])
    make_person(session, joined, status=Status.awaiting_activation, employment=Employment.pending)
    make_person(session, joined, status=Status.disabled, disabled_reason=DisabledReason.not_employed)
    make_person(session, joined, employment_flagged_at=NOW, language="en")
    unproven = make_person(session, joined)
    make_email(unproven, "claimed@example.org", proof=None, primary=False)
    session.flush()
    dying = make_person(session, joined)
    tombstones.bury(session, dying.id, 9)
    living = session.scalars(select(Person).where(Person.id != dying.id).order_by(Person.id)).all()
    request = {"request_id": str(new_id()), "aggregate": "identity.person"}

    deliver(f"{asker}.projection.requested.v1", request, subject=request["request_id"])
    run_timer(snapshots.TIMER, f"{asker} identity.person")

    told = published(session, "identity.person.snapshot.v1")
    assert [(fact.subject, fact.sequence, fact.data, fact.to) for fact in told] == [
        (str(row.id), row.version, events.state_of(row), asker) for row in living
    ]
