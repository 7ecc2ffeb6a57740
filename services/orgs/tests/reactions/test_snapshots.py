"""What rebuilds our copies, and only them; and what we tell again when others ask."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from chassis import snapshots
from chassis.clock import now
from chassis.ids import new_id
from chassis.testing.copies import rebuilt
from orgs import events
from orgs.models import Collaboration, Institution, Membership, Person, PlannedConference, RoleRequest, Unit
from orgs.rules.collaborations import State
from orgs.rules.memberships import Role

from ..factories import make_collaboration, make_institution, make_member, make_membership, make_role_request, make_unit

EVENTS = Path(__file__).parents[4] / "contracts" / "events"


def people():
    return json.loads((EVENTS / "identity.person.changed.v1.json").read_text("utf-8"))["examples"]


def test_snapshots_rebuild_the_copies_of_people_and_nothing_else(session, deliver):
    told = [("identity.person.changed.v1", data["person_id"], number, data) for number, data in enumerate(people(), 1)]

    copies = rebuilt(session, deliver, told, (Person,), untouched=(Membership, RoleRequest))

    assert copies.after == copies.before
    assert all(copies.before)
    assert copies.side_effects == []


def test_snapshots_rebuild_what_is_planned_and_nothing_else(session, deliver):
    ahead = (now() + timedelta(days=1)).isoformat()
    examples = json.loads((EVENTS / "conferences.conference.changed.v1.json").read_text("utf-8"))["examples"]
    told = [
        ("conferences.conference.changed.v1", data["conference_id"], number, {**data, "ends_at": ahead})
        for number, data in enumerate(examples, 1)
    ]

    copies = rebuilt(session, deliver, told, (PlannedConference,), untouched=(Institution, Unit))

    assert copies.after == copies.before
    assert all(copies.before)
    assert copies.side_effects == []


def test_a_snapshot_withdraws_no_role_request(session, deliver):
    """The same said as something that happened would: the register denies the applicant."""
    institution = make_institution(session)
    person_id = make_member(session, institution)
    request = make_role_request(session, institution, person_id=person_id)
    data = {**people()[0], "person_id": str(person_id), "employment": "none", "employment_bodies": []}

    deliver("identity.person.snapshot.v1", data, subject=person_id, sequence=2)
    assert (session.get_one(Person, person_id).employment, request.state) == ("none", "open")

    deliver("identity.person.changed.v1", data, subject=person_id, sequence=3)
    assert request.state == "withdrawn"


def test_what_a_copy_lacked_before_an_upgrade_is_filled_in(session, deliver):
    institution = make_institution(session)
    person_id = make_member(session, institution, employment_bodies=[], sequence=7)
    data = {**people()[0], "person_id": str(person_id), "employment_bodies": ["2047"]}

    deliver("identity.person.snapshot.v1", data, subject=person_id, sequence=7)

    assert session.get_one(Person, person_id).employment_bodies == ["2047"]


@pytest.mark.parametrize("asker", ["identity", "conferences", "notifications"])
def test_every_institution_unit_and_membership_is_told_again(session, deliver, run_timer, published, asker):
    for _ in range(2):
        institution = make_institution(session)
        make_unit(session, institution)
        make_membership(session, institution, role=Role.institution_coordinator)
        make_membership(session, institution)
        two = [make_member(session, institution, role=Role.unit_coordinator) for _ in range(2)]
        make_collaboration(session, institution, owner=two[0], collaborator=two[1])
        make_collaboration(session, institution, owner=two[1], collaborator=two[0], state=State.ended)
    units = select(Unit, Institution).join(Institution, Institution.id == Unit.institution_id).order_by(Unit.id)
    institutions = session.scalars(select(Institution).order_by(Institution.id)).all()
    memberships = session.scalars(select(Membership).order_by(Membership.person_id)).all()
    collaborations = session.scalars(select(Collaboration).order_by(Collaboration.id)).all()
    expected = {
        "orgs.collaboration": [events.collaboration_changed(row) for row in collaborations],
        "orgs.institution": [events.institution_changed(row) for row in institutions],
        "orgs.unit": [events.unit_changed(unit, institution) for unit, institution in session.execute(units)],
        "orgs.membership": [events.membership_changed(row) for row in memberships],
    }

    for aggregate, facts in expected.items():
        request = {"request_id": str(new_id()), "aggregate": aggregate}
        deliver(f"{asker}.projection.requested.v1", request, subject=request["request_id"])
        run_timer(snapshots.TIMER, f"{asker} {aggregate}")

        told = published(session, f"{aggregate}.snapshot.v1")
        assert [(fact.subject, fact.sequence, fact.data, fact.to) for fact in told] == [
            (str(fact.subject), fact.sequence, fact.data, asker) for fact in facts
        ]
        for row in session.scalars(select(snapshots.OutboxRow)).all():
            session.delete(row)  # the relay sent it
        session.flush()
