"""Somebody's account was deleted: nothing of where they belonged is left, and nothing brings it back (S6)."""

from uuid import uuid4

from sqlalchemy import func, select, update

from chassis import audit, clock, forgetting, tombstones
from chassis.audit import Act, AuditDetail
from chassis.db import registry_of
from chassis.timers import TimerRow
from orgs.models import Collaboration, Membership, Offer
from orgs.usecases import erasing, memberships
from orgs.usecases.memberships import OfferedRole

from ..factories import make_collaboration, make_institution, make_membership

ERASED = "identity.person.erased.v1"


def fact(person_id):
    return {
        "person_id": str(person_id), "erased_at": "2026-11-25T06:00:00+00:00", "reason": "requested",
        "language": "el", "withdrawn_ids": [], "sealed": None,
    }  # fmt: skip


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def over(session):
    """The second look is due: requests of before the burial are over."""
    past = clock.now() - forgetting.QUIET
    session.execute(update(TimerRow).values(payload={"since": past.isoformat()}, due_at=past))


def test_membership_and_offers_go_at_once_and_the_end_is_told(session, deliver, run_timer, published):
    institution = make_institution(session)
    gone, stays = make_membership(session, institution).person_id, make_membership(session, institution).person_id
    offered = OfferedRole("unit_coordinator", institution.id, institution.general_unit_id)
    memberships.remember_offer(session, invitation_id=uuid4(), person_id=gone, offered=offered)
    make_collaboration(session, institution, owner=gone, collaborator=stays)
    make_collaboration(session, institution, owner=stays, collaborator=gone)
    audit.record(session, Act("membership.changed", stays, gone, {"reason": "typed by somebody"}))
    audit.write(session)

    deliver(ERASED, fact(gone), subject=gone, sequence=7)
    assert session.scalars(select(Membership.person_id)).all() == [stays]
    assert count(session, Collaboration) == 0
    assert count(session, Offer) == 0
    over(session)
    run_timer(forgetting.TIMER, gone)

    (told,) = published(session, "orgs.person.erased.v1")
    assert (told.subject, told.sequence) == (str(gone), 7)
    assert count(session, AuditDetail) == 0


def test_late_facts_about_the_erased_make_no_membership(session, deliver):
    institution, gone = make_institution(session), uuid4()
    deliver(ERASED, fact(gone), subject=gone, sequence=7)
    invitation = {"id": str(uuid4()), "inviter_id": None, "institution_id": str(institution.id), "offer": None}
    offer = {"role": "unit_coordinator", "institution_id": str(institution.id), "unit_id": None}

    outcomes = [
        deliver(
            "identity.person.activated.v1",
            {"person_id": str(gone), "institution_ids": [str(institution.id)], "invitation": invitation},
            subject=gone,
        ),
        deliver(
            "identity.invitation.accepted.v1",
            {"invitation_id": str(uuid4()), "person_id": str(gone), "institution_id": None, "offer": offer},
        ),
    ]

    assert outcomes == ["done", "done"]
    assert (count(session, Membership), count(session, Offer)) == (0, 0)
    assert tombstones.is_buried(session, gone)


def test_every_table_that_names_a_person_is_thought_of():
    own = {"audit", "audit_detail", "tombstone"}
    named = {
        f"{table.name}.{column.name}"
        for table in registry_of("orgs").metadata.sorted_tables
        if table.name not in own
        for column in table.columns
        if column.name.endswith("person_id")
    }

    assert named == {f"{column.class_.__tablename__}.{column.key}" for column in erasing.THEIRS}
